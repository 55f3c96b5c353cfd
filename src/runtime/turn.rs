//! What one turn of the loop waits for.

use std::{future, io, time::Duration};

use rolldeck_screens::Message;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::post::Posted;
use crate::terminal::{Input, Screen, Signals};

/// How long a turn takes messages before it draws: less than a frame.
pub const BUDGET: Duration = Duration::from_millis(8);

/// What woke the loop.
#[derive(Debug)]
pub enum Wake {
    /// The terminal spoke; `None`: it is gone.
    Input(Option<Message>),
    /// A runner spoke.
    Posted(Posted),
    /// A signal that ends the program.
    Signal(&'static str),
    /// The frame on its way was written, or the terminal is gone.
    Written(io::Result<()>),
    /// The time has come.
    Time,
}

/// Waits for what comes first; keys before the cluster. Without a terminal only for the rest.
pub async fn wake(
    terminal: Option<(&mut Input, &mut Screen)>,
    signals: &mut Signals,
    queue: &mut mpsc::Receiver<Posted>,
    at: Option<Instant>,
) -> Wake {
    tokio::select! {
        biased;
        signal = signals.next() => Wake::Signal(signal),
        wake = from_terminal(terminal) => wake,
        () = until(at) => Wake::Time,
        Some(posted) = queue.recv() => Wake::Posted(posted),
    }
}

async fn from_terminal(terminal: Option<(&mut Input, &mut Screen)>) -> Wake {
    let Some((input, screen)) = terminal else { return future::pending().await };
    tokio::select! {
        biased;
        message = input.next() => Wake::Input(message),
        written = screen.written() => Wake::Written(written),
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => future::pending().await,
    }
}
