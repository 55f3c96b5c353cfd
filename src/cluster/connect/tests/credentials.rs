//! Certificates and tokens.

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::{Value, json};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};

use super::kubeconfig::Home;
use crate::connect::{
    ConnectError, Options,
    replay::{Replay, Reply, kubernetes},
};

/// An authority of the test's own.
pub(super) struct Authority {
    pem: String,
    der: tokio_rustls::rustls::pki_types::CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    pub(super) fn data(&self) -> String {
        STANDARD.encode(&self.pem)
    }

    fn leaf(&self, name: &str, until: Option<i32>) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        if let Some(year) = until {
            params.not_before = date_time_ymd(year - 1, 1, 1);
            params.not_after = date_time_ymd(year, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A server for this name; with `clients`, it wants certificates of this authority.
    pub(super) fn server(&self, name: &str, until: Option<i32>, clients: bool) -> ServerConfig {
        let (certificate, key) = self.leaf(name, until);
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let builder = ServerConfig::builder();
        let builder = if clients {
            let mut roots = RootCertStore::empty();
            roots.add(self.der.clone()).unwrap();
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder(roots.into()).build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        builder.with_single_cert(vec![certificate.der().clone()], key).unwrap()
    }

    pub(super) fn client(&self, until: Option<i32>) -> (String, String) {
        let (certificate, key) = self.leaf("sam", until);
        (certificate.pem(), key.serialize_pem())
    }
}

fn secure(server: &Replay, authority: &Authority) -> Value {
    json!({ "server": format!("https://{}", server.address), "certificate-authority-data": authority.data() })
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_the_server() {
    let authority = Authority::new();
    let server = Replay::start(Some(authority.server("127.0.0.1", None, true)), kubernetes).await;
    let (certificate, key) = authority.client(None);
    let home =
        Home::with(secure(&server, &authority), json!({ "client-certificate": "me.crt", "client-key": "me.key" }));
    home.write(".kube/me.crt", &certificate);
    home.write(".kube/me.key", &key);
    let (cluster, _) = home.connect(&Options::default()).await.unwrap();
    assert_eq!((cluster.user.as_str(), cluster.context.as_str()), ("sam", "shop"));
    assert_eq!(cluster.server.as_str(), format!("https://{}", server.address));
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate_is_told_apart() {
    let authority = Authority::new();
    let server = Replay::start(Some(authority.server("127.0.0.1", None, true)), kubernetes).await;
    let (error, message) = Home::with(secure(&server, &authority), json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::Tls { .. }), "{error:?}");
    assert!(message.contains("asks for a client certificate"), "{message}");
}

#[tokio::test]
async fn an_expired_client_certificate_is_told_with_its_date() {
    let authority = Authority::new();
    let refuse = |_: &_| Reply::Json(401, json!({ "kind": "Status", "message": "Unauthorized" }));
    let server = Replay::start(Some(authority.server("127.0.0.1", None, false)), refuse).await;
    let (certificate, key) = authority.client(Some(2024));
    let user =
        json!({ "client-certificate-data": STANDARD.encode(certificate), "client-key-data": STANDARD.encode(key) });
    let (error, message) = Home::with(secure(&server, &authority), user).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::ClientCertificateExpired { .. }), "{error:?}");
    assert!(message.contains("sam-admin expired 2024-01-01 00:00:00 UTC"), "{message}");
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_not_trusted() {
    let authority = Authority::new();
    let server = Replay::start(Some(authority.server("127.0.0.1", None, false)), kubernetes).await;
    let (error, _) = Home::with(secure(&server, &Authority::new()), json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::UnknownAuthority { .. }), "{error:?}");
}

#[tokio::test]
async fn a_certificate_for_another_name_names_it() {
    let authority = Authority::new();
    let server = Replay::start(Some(authority.server("east.example", None, false)), kubernetes).await;
    let (error, message) = Home::with(secure(&server, &authority), json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::WrongName { .. }), "{error:?}");
    assert!(message.contains("is for other names: east.example"), "{message}");
    let mut named = secure(&server, &authority);
    named["tls-server-name"] = json!("east.example");
    assert!(Home::with(named, json!({})).connect(&Options::default()).await.is_ok());
}

#[tokio::test]
async fn an_expired_server_certificate_is_told_with_its_date() {
    let authority = Authority::new();
    let server = Replay::start(Some(authority.server("127.0.0.1", Some(2024), false)), kubernetes).await;
    let (error, message) = Home::with(secure(&server, &authority), json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::ServerCertificateExpired { .. }), "{error:?}");
    assert!(message.contains("expired 2024-01-01 00:00:00 UTC"), "{message}");
}

#[rstest::rstest]
#[case(json!({ "client-certificate": "gone.crt", "client-key": "gone.key" }), "the client certificate", "gone.crt")]
#[case(json!({ "tokenFile": "gone.token" }), "the token file", "gone.token")]
#[tokio::test]
async fn a_credential_file_that_is_missing_is_named(#[case] user: Value, #[case] what: &str, #[case] file: &str) {
    let home = Home::with(json!({ "server": "https://127.0.0.1:1" }), user);
    let (error, message) = home.fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::CredentialFile { .. }), "{error:?}");
    assert!(message.contains(what) && message.contains(&format!(".kube/{file}")), "{message}");
}

#[rstest::rstest]
#[case(json!({ "certificate-authority-data": "%%%" }), json!({}))]
#[case(json!({}), json!({ "client-certificate-data": "bm8=", "client-key-data": "bm8=" }))]
#[tokio::test]
async fn credentials_that_are_no_credentials_are_told(#[case] mut cluster: Value, #[case] user: Value) {
    cluster["server"] = json!("https://127.0.0.1:1");
    let (error, message) = Home::with(cluster, user).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::BadCredentials { .. }), "{error:?}");
    assert!(message.contains("context \"shop\""), "{message}");
}

#[tokio::test]
async fn a_token_file_is_read_and_sent() {
    let server = Replay::start(None, kubernetes).await;
    let home = Home::for_server(server.address, json!({ "tokenFile": "token" }));
    home.write(".kube/token", "s3cret\n");
    home.connect(&Options::default()).await.unwrap();
    assert!(server.seen().iter().all(|seen| seen.header("authorization") == Some("Bearer s3cret")));
}

#[tokio::test]
async fn every_request_names_the_program_for_the_audit_log() {
    let server = Replay::start(None, kubernetes).await;
    let home = Home::for_server(server.address, json!({ "token": "s3cret" }));
    home.connect(&Options::default()).await.unwrap();
    let seen = server.seen();
    assert!(!seen.is_empty());
    let names = |name: Option<&str>| name.is_some_and(|name| name.starts_with("rolldeck/"));
    assert!(seen.iter().all(|seen| names(seen.header("user-agent"))), "{seen:?}");
}
