//! What a preflight looks at around the apps of a plan. Only reads.

mod look;
mod room;
#[cfg(test)]
mod tests;
