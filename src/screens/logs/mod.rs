//! Logs: one view over many streams.

mod buffer;
mod columns;
mod counted;
mod detail;
mod draw;
mod field;
mod files;
mod keys;
mod legend;
mod lines;
mod look;
mod open;
mod over;
mod panel;
mod room;
mod saving;
mod settings;
mod tags;
mod talk;
#[cfg(test)]
mod tests;
mod times;
mod window;

pub(crate) use open::{named, of_object};
pub use room::Logs;
pub use settings::LogsSettings;
pub use talk::{
    DownloadEffect, DownloadReply, FilesOf, Kept as KeptLog, LogFile, LogsEffect, LogsId, LogsReply, NoFiles,
};
pub use times::TimeStyle;
