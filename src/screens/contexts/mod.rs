//! The contexts of the kubeconfigs: where one is, where one was, and the way to another.

mod room;
mod talk;
#[cfg(test)]
mod tests;

pub use room::Contexts;
pub(crate) use room::holds;
pub use talk::ContextsEffect;
