//! The app page: what an app is, how it does, and all that stands around it.

mod about;
mod compare;
mod config;
mod parts;
mod past;
mod read;
mod room;
pub(crate) mod scaling;
mod storage;
mod summary;
#[cfg(test)]
mod tests;
mod traffic;

pub use room::AppPage;
