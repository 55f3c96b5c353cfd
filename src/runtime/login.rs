//! A new login, in the terminal as it was before rolldeck took it.

use rolldeck_cluster::connect::{self, ConnectError};
use rolldeck_core::text::Clean;

use crate::terminal::Signals;

/// How a login ended.
pub enum Login {
    /// Every client of the connection uses the new credentials; the user's name.
    Done(Clean),
    /// It failed: the reason was shown, and goes on the screen, too.
    Failed(ConnectError),
    /// Ctrl-c, while the credential plugin waited.
    GivenUp,
    /// A signal that ends the program.
    Ended,
}

/// Logs in anew. The screen must be closed, and nothing may read the keys: a credential plugin asks for what it needs.
pub async fn login(way: &connect::Login, signals: &mut Signals) -> Login {
    eprintln!("rolldeck: logging in again; ctrl-c goes back");
    tokio::select! {
        outcome = way.again() => match outcome {
            Ok(user) => Login::Done(user),
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
