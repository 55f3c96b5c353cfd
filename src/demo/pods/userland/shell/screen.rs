//! Programs that take the whole screen.

use std::time::Duration;

use super::run::Shell;
use crate::pods::userland::{Channel, commands::Task};

/// How often `top` looks anew.
const LOOK: Duration = Duration::from_secs(3);

impl Shell {
    /// `top`: in the alternate screen, looked at anew from time to time, until q.
    pub(super) async fn top(&mut self) -> i32 {
        let (session, clock) = (self.session.clone(), self.disk.host.clock.clone());
        let _reading = session.reading().await;
        session.write(Channel::Out, b"\x1b[?1049h\x1b[?25l").await;
        loop {
            let (columns, rows) = session.size();
            let Some(Task::Done(done)) = self.start("top", &["-b".to_owned()]) else { break };
            let text = String::from_utf8_lossy(&done.out).into_owned();
            let mut screen = String::from("\x1b[H\x1b[2J");
            for (at, line) in text.lines().take(usize::from(rows)).enumerate() {
                let line: String = line.chars().take(usize::from(columns)).collect();
                let line = if line.trim_start().starts_with("PID") { format!("\x1b[7m{line}\x1b[0m") } else { line };
                screen += &format!("\x1b[{};1H{line}", at + 1);
            }
            if !session.write(Channel::Out, screen.as_bytes()).await {
                break;
            }
            tokio::select! {
                key = session.key() => if matches!(key.as_deref(), None | Some("q" | "\x03")) { break },
                () = session.resized((columns, rows)) => {}
                () = clock.sleep(LOOK) => {}
            }
        }
        session.write(Channel::Out, b"\x1b[?1049l\x1b[?25h").await;
        0
    }
}
