//! One source's way from nothing to live and back, as a state machine: it asks, is told what came, and says what that means.
//!
//! No IO, no clock, no randomness: all three are inputs. Sources of the rules: kubernetes.io/docs/reference/using-api/api-concepts
//! (watches, streaming lists, 410) and KEP-3157 (watch list).

mod state;
mod talk;

pub use state::{Machine, Named};
pub use talk::{Ask, Input, Manner, Moment, Refusal};
