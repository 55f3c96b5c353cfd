//! A session in a container, as one types and reads in it.

use std::time::Duration;

use rolldeck_cluster::exec::Session;
use rolldeck_core::shell::Input;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(60);

/// Reads until `part` was written; what was read.
pub async fn until(session: &mut Session, part: &str) -> String {
    let mut seen = Vec::new();
    let read = async {
        while let Some(block) = session.output.recv().await {
            seen.extend_from_slice(&block);
            if String::from_utf8_lossy(&seen).contains(part) {
                return true;
            }
        }
        false
    };
    let found = timeout(PATIENCE, read).await.unwrap_or(false);
    let seen = String::from_utf8_lossy(&seen).into_owned();
    assert!(found, "{part:?} was not written, but {seen:?}");
    seen
}

/// Types this.
pub async fn say(session: &Session, text: &str) {
    session.input.send(Input::Bytes(text.as_bytes().to_vec())).await.expect("an open session");
}
