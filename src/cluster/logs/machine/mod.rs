//! One container's log over cuts, rotations and restarts, as a state machine: it asks, is told what came, and says how it stands.
//!
//! No IO, no clock, no randomness: all three are inputs. Which instance a kubelet serves is the rule of kubernetes,
//! pkg/kubelet/kubelet_pods.go, `validateContainerLogStatus`.

mod refusal;
mod seams;
mod state;
mod talk;
#[cfg(test)]
mod tests;

pub(crate) use refusal::{Cause, cause, is_removed};
pub(crate) use state::Machine;
pub(crate) use talk::{Ask, Input, Moment, Of};
