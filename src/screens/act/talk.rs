//! What the question asks of the outside, and what it hears.

use rolldeck_core::act::{Act, Facts, Outcome, PodId, Target};

/// What is to be done for an act.
#[derive(Clone, Debug)]
pub enum ActEffect {
    /// Ask what the user may do to these pods, and which budgets cover them. Nothing is written.
    Ask(Vec<Target>),
    /// Do it. The operator has confirmed it. Each pod answers by itself.
    Do(Act),
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum ActReply {
    /// What was asked before.
    Facts(Facts),
    /// What became of one pod.
    Ended(PodId, Outcome),
}
