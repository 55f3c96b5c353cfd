//! The terminal: raw mode and its undoing, keys in, frames out without ever blocking a key.

mod background;
mod canvas;
mod clipboard;
mod colour;
mod frames;
mod input;
mod screen;
mod session;

pub use background::QUESTION;
pub use clipboard::copy;
#[cfg(test)]
pub use colour::rgb;
pub use colour::{Depth, light_background};
pub use input::{Input, Signals};
pub use screen::Screen;
pub use session::{Session, TerminalError, install_panic_hook};
