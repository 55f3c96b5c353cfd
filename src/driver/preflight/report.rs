//! What a preflight tells as it goes.

use std::sync::Arc;

use rolldeck_core::{batch::Problem, model::AppKey};
use serde_json::Value;

/// How far the preflight of one step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The app.
    pub app: AppKey,
    /// The serial that was asked about.
    pub serial: u64,
    /// Checks that are answered.
    pub done: u8,
    /// Checks in all.
    pub of: u8,
}

/// What the preflight of one step found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The app.
    pub app: AppKey,
    /// The serial that was asked about.
    pub serial: u64,
    /// The object as the dry run returned it, where it passed; as the patch alone makes it, where no dry run could be had.
    pub after: Option<Arc<Value>>,
    /// Errors and warnings found.
    pub problems: Vec<Problem>,
}

/// One of the two.
#[derive(Clone, Debug)]
pub enum Report {
    /// It goes on.
    Progress(Progress),
    /// It is done.
    Checked(Checked),
}
