//! The program against a small server of the test's own: no cluster, no network, no root.

mod credentials;
mod failures;
mod fleet;
mod links;
mod server;
mod terminal;

use crate::support::{Console, Home, Launch};
use server::Server;

/// The program on this server, with all namespaces in view.
fn open(server: &Server, home: &Home) -> Console {
    let file = home.kubeconfig(&server.cluster(), "token: t");
    Launch::new(home).kubeconfig(&file).args(["-A"]).start()
}

/// Waits until the recorded fleet is shown.
fn wait_fleet(console: &mut Console) {
    console.wait_for("the four apps of the recording", |screen| {
        [["web", "v1.1.0"], ["broken", "v2.0.0-bad"], ["ledger", "v1.2.0"], ["agent", "v1.0.0"]]
            .iter()
            .all(|app| screen.row(app).is_some())
    });
}
