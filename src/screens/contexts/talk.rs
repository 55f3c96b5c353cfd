//! What the contexts ask for.

use rolldeck_core::text::Clean;

/// About the contexts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextsEffect {
    /// Read (again) which there are.
    Read,
    /// Go to this one: what is shown now is parked, and what was parked there comes back.
    Switch(Clean),
}
