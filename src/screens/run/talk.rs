//! What a run asks for, and what it is told.

use rolldeck_core::{
    shell::{Place, RunOutput},
    text::Clean,
};

/// What is asked of the runner.
#[derive(Clone, Debug)]
pub enum RunEffect {
    /// Run this line in each of these, through `sh -c`. A run that is under way ends.
    Start(Vec<Place>, String),
    /// End what is under way.
    Stop,
}

/// What is told of one place: what came out, or why nothing was run.
pub type RunReply = (Place, Result<RunOutput, Clean>);
