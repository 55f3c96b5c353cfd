//! The terminal, lent as it was before rolldeck took it: a credential plugin may ask for what it needs.

use rolldeck_cluster::connect::ConnectError;

use crate::terminal::Signals;

/// How the work that the terminal was lent for ended.
pub enum Lent<T> {
    /// Well.
    Done(T),
    /// It failed: the reason was shown, and goes on the screen, too.
    Failed(ConnectError),
    /// Ctrl-c, while it waited.
    GivenUp,
    /// A signal that ends the program.
    Ended,
}

/// Says what is being done, and waits for its end or for a signal. The screen must be closed, and nothing may read the keys.
pub async fn lend<T>(
    said: &str,
    work: impl Future<Output = Result<T, ConnectError>>,
    signals: &mut Signals,
) -> Lent<T> {
    eprintln!("rolldeck: {said}; ctrl-c goes back");
    tokio::select! {
        outcome = work => match outcome {
            Ok(done) => Lent::Done(done),
            Err(error) => {
                eprintln!("rolldeck: {error}");
                Lent::Failed(error)
            }
        },
        signal = signals.next() => match signal {
            "SIGINT" => Lent::GivenUp,
            _ => Lent::Ended,
        },
    }
}
