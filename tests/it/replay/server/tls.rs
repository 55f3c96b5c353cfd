//! The server's certificates: see `tls/make.sh`.

use std::sync::Arc;

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

/// Where a file of `tls/` lies.
pub fn file(name: &str) -> String {
    format!("{}/tests/it/replay/tls/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A server that shows this certificate.
pub fn config(certificate: &str) -> Arc<ServerConfig> {
    let chain = vec![CertificateDer::from_pem_file(file(&format!("{certificate}.pem"))).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(file(&format!("{certificate}.key"))).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate that fits its key");
    Arc::new(config)
}
