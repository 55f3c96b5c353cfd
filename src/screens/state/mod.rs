//! The whole of what is shown, and the two functions over it.

use ratatui::Frame;
use rolldeck_core::Time;

use crate::{Effect, Keymap, Message, Session, Theme};

/// Everything that a frame is drawn from.
pub struct State {}

impl State {
    /// The state at the start: the fleet screen, loading. `size` is columns and rows.
    pub fn new(_session: Session, _keymap: Keymap, _theme: Theme, _clock: crate::Clock, _size: (u16, u16)) -> Self {
        todo!()
    }

    /// What to do first.
    pub fn start(&mut self) -> Vec<Effect> {
        todo!()
    }

    /// Whether the last updates changed anything that is on the screen. Cleared by the runtime through [`Self::drawn`].
    pub fn dirty(&self) -> bool {
        todo!()
    }

    /// A frame of this state was written.
    pub fn drawn(&mut self) {
        todo!()
    }

    /// When something on the screen will change by the passing of time alone (an age, a note that goes), if ever.
    pub fn wake_at(&self) -> Option<Time> {
        todo!()
    }
}

/// Takes one message; returns what is to be done.
pub fn update(_state: &mut State, _message: Message) -> Vec<Effect> {
    todo!()
}

/// Draws. Changes nothing.
pub fn draw(_state: &State, _frame: &mut Frame) {
    todo!()
}
