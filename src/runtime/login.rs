//! A new login, in the terminal as it was before rolldeck took it.

use rolldeck_cluster::{
    connect::{Cluster, ConnectError, Options, connect},
    writer::Writer,
};

use crate::terminal::Signals;

/// How a login ended.
pub enum Login {
    /// A new connection.
    Done(Cluster, Writer),
    /// It failed: the reason was shown, and goes on the screen, too.
    Failed(ConnectError),
    /// Ctrl-c, while the credential plugin waited.
    GivenUp,
    /// A signal that ends the program.
    Ended,
}

/// Connects anew. The screen must be closed, and nothing may read the keys: a credential plugin asks for what it needs.
pub async fn login(options: &Options, signals: &mut Signals) -> Login {
    eprintln!("rolldeck: logging in again; ctrl-c goes back");
    tokio::select! {
        connected = connect(options) => match connected {
            Ok((cluster, writer)) => Login::Done(cluster, writer),
            Err(error) => {
                eprintln!("rolldeck: {error}");
                Login::Failed(error)
            }
        },
        signal = signals.next() => match signal {
            "SIGINT" => Login::GivenUp,
            _ => Login::Ended,
        },
    }
}
