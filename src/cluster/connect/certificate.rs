//! When a certificate ends.

use base64::Engine;
use chrono::NaiveDateTime;
use rolldeck_core::Time;

/// `notAfter` of the first certificate of a PEM file, `None` where it cannot be found.
///
/// Walks the DER of RFC 5280 as far as needed: Certificate, TBSCertificate, past version, serial number, algorithm and issuer,
/// to Validity.
pub(super) fn not_after(pem: &[u8]) -> Option<Time> {
    let der = first_certificate(pem)?;
    let (_, certificate, _) = element(&der)?;
    let (_, mut rest, _) = element(certificate)?;
    let (tag, _, after) = element(rest)?;
    if tag == 0xa0 {
        rest = after;
    }
    for _ in 0..3 {
        (_, _, rest) = element(rest)?;
    }
    let (_, validity, _) = element(rest)?;
    let (_, _, end) = element(validity)?;
    let (tag, text, _) = element(end)?;
    moment(tag, std::str::from_utf8(text).ok()?)
}

fn first_certificate(pem: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(pem).ok()?;
    let (_, from) = text.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = from.split_once("-----END CERTIFICATE-----")?;
    let packed: String = body.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(packed).ok()
}

/// Tag, content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let (bytes, after) = rest.split_at_checked(count)?;
        length = bytes.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
        rest = after;
    }
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

/// UTCTime has two digits for the year, 50 and above being 19xx; GeneralizedTime has four.
fn moment(tag: u8, text: &str) -> Option<Time> {
    let full = match tag {
        0x17 if text.get(..2)? < "50" => format!("20{text}"),
        0x17 => format!("19{text}"),
        _ => text.to_owned(),
    };
    NaiveDateTime::parse_from_str(&full, "%Y%m%d%H%M%SZ").ok().map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_of_a_date_are_read() {
        assert_eq!(moment(0x17, "261122140501Z").unwrap().to_rfc3339(), "2026-11-22T14:05:01+00:00");
        assert_eq!(moment(0x18, "20500101000000Z").unwrap().to_rfc3339(), "2050-01-01T00:00:00+00:00");
    }

    proptest! {
        #[test]
        fn bytes_that_are_no_certificate_are_passed_over(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let pem = format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
                base64::engine::general_purpose::STANDARD.encode(&bytes)
            );
            not_after(pem.as_bytes());
        }
    }
}
