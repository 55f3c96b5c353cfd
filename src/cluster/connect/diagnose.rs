//! From a failed request to what failed.

use std::{error::Error, io};

use rolldeck_core::text::Clean;
use rustls::{AlertDescription, CertificateError};

use super::{ConnectError, context::with_sources, transport::CONNECT_TIMEOUT};

/// What a request that got no answer says about the way to the server.
pub(super) fn diagnose(error: &(dyn Error + 'static), server: &Clean) -> ConnectError {
    let server = server.clone();
    if let Some(tls) = find::<rustls::Error>(error) {
        return of_tls(tls, server);
    }
    let text = with_sources(error);
    if let Some(end) = text.find("dns error") {
        let why = text[end..].trim_start_matches("dns error").trim_start_matches(": ");
        return ConnectError::Dns { server, why: Clean::new(why) };
    }
    match find_io_kind(error) {
        Some(io::ErrorKind::ConnectionRefused) => ConnectError::Refused { server },
        Some(io::ErrorKind::TimedOut) if !text.contains("--request-timeout") => {
            ConnectError::Timeout { server, seconds: CONNECT_TIMEOUT.as_secs() }
        }
        _ => ConnectError::Unreachable { server, why: Clean::new(&text) },
    }
}

fn of_tls(error: &rustls::Error, server: Clean) -> ConnectError {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => ConnectError::NotTls { server },
        Tls::InvalidCertificate(why) => of_certificate(why, server),
        Tls::AlertReceived(AlertDescription::CertificateExpired) => {
            ConnectError::Tls { server, why: "the server says that our client certificate has expired".into() }
        }
        Tls::AlertReceived(
            AlertDescription::BadCertificate | AlertDescription::UnknownCA | AlertDescription::CertificateUnknown,
        ) => ConnectError::Tls { server, why: "the server does not accept our client certificate".into() },
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            ConnectError::Tls { server, why: "the server asks for a client certificate, and the user has none".into() }
        }
        other => ConnectError::Tls { server, why: Clean::from(other.to_string()) },
    }
}

fn of_certificate(why: &CertificateError, server: Clean) -> ConnectError {
    let day = |at: &rustls::pki_types::UnixTime| {
        chrono::DateTime::from_timestamp(i64::try_from(at.as_secs()).unwrap_or_default(), 0)
            .map(|at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
            .unwrap_or_default()
    };
    let expired = |server, why: String| ConnectError::ServerCertificateExpired { server, why: Clean::from(why) };
    match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => ConnectError::UnknownAuthority { server },
        CertificateError::NotValidForName => ConnectError::WrongName { server, names: Vec::new() },
        CertificateError::NotValidForNameContext { presented, .. } => {
            ConnectError::WrongName { server, names: presented.iter().map(|name| presented_name(name)).collect() }
        }
        CertificateError::Expired => expired(server, "has expired".into()),
        CertificateError::ExpiredContext { not_after, .. } => expired(server, format!("expired {}", day(not_after))),
        CertificateError::NotValidYet => expired(server, "is not valid yet".into()),
        CertificateError::NotValidYetContext { not_before, .. } => {
            expired(server, format!("is not valid before {}", day(not_before)))
        }
        other => ConnectError::Tls { server, why: Clean::from(other.to_string()) },
    }
}

/// The library writes `DnsName("a.example")` and `IpAddress(127.0.0.1)`.
fn presented_name(name: &str) -> Clean {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')'));
    Clean::new(inner.trim_matches('"'))
}

/// The first error of this type in the chain. An io::Error hides what it wraps from `source()`: it is opened here.
pub(crate) fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    if let Some(found) = error.downcast_ref::<T>() {
        return Some(found);
    }
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.and_then(|inner| find::<T>(inner)).or_else(|| error.source().and_then(find::<T>))
}

/// The kind of the innermost io::Error that has one worth telling.
pub(crate) fn find_io_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    let here = error.downcast_ref::<io::Error>();
    let inner = here
        .and_then(io::Error::get_ref)
        .and_then(|inner| find_io_kind(inner))
        .or_else(|| error.source().and_then(find_io_kind));
    inner.or_else(|| here.map(io::Error::kind).filter(|kind| *kind != io::ErrorKind::Other))
}
