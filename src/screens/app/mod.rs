//! The app page: images, strategy, conditions, autoscaler, revisions and events of one app.

mod parts;
mod read;
mod room;
#[cfg(test)]
mod tests;

pub use room::AppPage;
