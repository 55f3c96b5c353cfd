//! What a container's sources say while there is nothing to read: it does not run yet, or nothing matches.

use rolldeck_core::logs::{Ended, SourceId, SourceState};

use super::{
    container::Container,
    reach::Reach,
    set::{Said, now},
};
use crate::logs::subject::Status;

impl<R: Reach> Container<R> {
    /// Waits until the container runs, and says how it stands meanwhile. Whether it had never run before; `None`: it never will, or
    /// nobody listens.
    pub(super) async fn starts(&mut self) -> Option<bool> {
        let mut waited = false;
        loop {
            let status = self.status.borrow_and_update().clone();
            let state = match status {
                Status::NotStarted(why) => {
                    waited = true;
                    SourceState::Waiting(why)
                }
                Status::There(instance) => match instance.ended {
                    None => return Some(waited),
                    Some((at, code)) => SourceState::Ended(at.unwrap_or_else(now), Ended::Exited(code)),
                },
                Status::Gone => {
                    self.tell_all(&SourceState::Ended(now(), Ended::PodGone)).await?;
                    return None;
                }
            };
            self.tell_all(&state).await?;
            let to = self.to.clone();
            tokio::select! {
                changed = self.status.changed() => changed.ok()?,
                () = to.closed() => return None,
            }
        }
    }

    /// Tells of everything that was picked how it stands.
    pub(super) async fn tell_all(&mut self, state: &SourceState) -> Option<()> {
        for path in self.paths.clone() {
            let id = match self.ids.get(&path) {
                Some(id) => Some(*id),
                None => self.source(&path).await?,
            };
            if let Some(id) = id {
                self.ids.insert(path, id);
                self.tell(id, state.clone()).await?;
            }
        }
        for (pattern, _) in self.patterns.clone() {
            self.stand_for(&pattern, state.clone()).await?;
        }
        Some(())
    }

    /// Tells how the patterns stand that nothing matches yet.
    pub(super) async fn tell_awaited(&mut self, state: &SourceState) -> Option<()> {
        for id in self.awaited.values().copied().collect::<Vec<_>>() {
            self.tell(id, state.clone()).await?;
        }
        Some(())
    }

    /// A pattern that none of these files matches, nor one that is known, is waited for; one that was waited for, and is matched, is
    /// found.
    pub(super) async fn await_others(&mut self, new: &[String]) -> Option<()> {
        for (text, pattern) in self.patterns.clone() {
            let is_matched = self.ids.keys().chain(new).any(|path| pattern.matches(path));
            match (is_matched, self.awaited.get(&text)) {
                (true, Some(_)) => {
                    if let Some(id) = self.awaited.remove(&text) {
                        self.tell(id, SourceState::Ended(now(), Ended::Found)).await?;
                    }
                }
                (true, None) => {}
                (false, _) => {
                    self.stand_for(&text, SourceState::Waiting("no file matches yet".into())).await?;
                }
            }
        }
        Some(())
    }

    async fn stand_for(&mut self, pattern: &str, state: SourceState) -> Option<()> {
        let id = match self.awaited.get(pattern) {
            Some(id) => Some(*id),
            None => self.source(pattern).await?,
        };
        let Some(id) = id else { return Some(()) };
        self.awaited.insert(pattern.to_owned(), id);
        self.tell(id, state).await
    }

    async fn tell(&self, id: SourceId, state: SourceState) -> Option<()> {
        self.to.send(Said::State(id, state)).await.ok()
    }
}
