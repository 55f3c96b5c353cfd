//! The screen before this one: kept as it was, also after it was left.

use super::{State, update::Speaker};
use crate::{Effect, Room, Screen};

/// So many rooms may stand on each other; the lowest goes first.
const DEEPEST: usize = 12;

/// The other place: the rooms below `base`, and these on them. They are left (what they read or watched has ended), and are
/// entered anew when one comes back.
#[derive(Default)]
pub(super) struct Other {
    base: usize,
    pub(super) rooms: Vec<Box<dyn Screen>>,
}

impl State {
    /// Opens a room on top.
    pub(crate) fn open(&mut self, mut room: Box<dyn Screen>) -> Vec<Effect> {
        room.resize(&self.shared.ctx(), self.body());
        let effects = room.entered(&self.shared.ctx());
        if room.room() != Room::Help {
            self.other = Some(Other { base: self.above.len(), rooms: Vec::new() });
        }
        self.above.push(room);
        self.dirty = true;
        effects
    }

    /// Leaves the nth room over the fleet and those that stand on it, and keeps them for [`Self::last_view`].
    pub(super) fn leave_from(&mut self, n: usize) -> Vec<Effect> {
        let mut rooms = self.above.split_off(n.min(self.above.len()));
        let effects = rooms.iter_mut().rev().flat_map(|room| room.left()).collect();
        rooms.retain(|room| room.room() != Room::Help);
        if !rooms.is_empty() {
            self.other = Some(Other { base: self.above.len(), rooms });
        }
        self.dirty = true;
        effects
    }

    /// Leaves every room for good: they are about what is not in view any more.
    pub(super) fn close(&mut self) -> Vec<Effect> {
        let effects = self.leave_from(0);
        self.other = None;
        effects
    }

    /// One room wants to be left.
    pub(super) fn back(&mut self, speaker: Speaker) -> Vec<Effect> {
        match speaker {
            Speaker::Above(n) if n + 1 == self.above.len() => self.leave_from(n),
            Speaker::Above(n) if n < self.above.len() => {
                self.dirty = true;
                if let Some(other) = self.other.as_mut().filter(|other| other.base > n) {
                    other.base -= 1;
                }
                self.above.remove(n).left()
            }
            _ => Vec::new(),
        }
    }

    /// Goes to the place before this one, and keeps this one in its stead.
    pub(super) fn last_view(&mut self) -> Vec<Effect> {
        let Some(Other { base, rooms }) = self.other.take() else {
            self.say(false, "there is no view before this one".into());
            return Vec::new();
        };
        let base = base.min(self.above.len());
        let mut effects = self.leave_from(base);
        let kept = self.other.take().map(|other| other.rooms).unwrap_or_default();
        for mut room in rooms {
            room.resize(&self.shared.ctx(), self.body());
            effects.extend(room.entered(&self.shared.ctx()));
            self.above.push(room);
        }
        self.other = Some(Other { base, rooms: kept });
        self.dirty = true;
        effects
    }

    /// Makes room for one more.
    pub(super) fn bound(&mut self) -> Vec<Effect> {
        if self.above.len() < DEEPEST {
            return Vec::new();
        }
        self.back(Speaker::Above(0))
    }
}
