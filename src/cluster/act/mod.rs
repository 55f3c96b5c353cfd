//! What is asked before an act: the user's rights, the budgets, whether a pod is ending already. Nothing is written.

mod budget;
mod facts;
#[cfg(test)]
mod tests;

pub use facts::facts;
