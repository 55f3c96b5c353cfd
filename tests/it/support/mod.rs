//! What the tests share.

pub mod console;
pub mod home;
pub mod screen;
pub mod session;
pub mod wait;

pub use console::{Console, Launch};
pub use home::Home;
pub use screen::Screen;
pub use wait::until;
