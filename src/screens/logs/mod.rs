//! Logs: one view over many streams.

mod bars;
mod buffer;
mod columns;
mod counted;
mod detail;
mod draw;
mod empty;
mod field;
mod files;
mod hear;
mod keys;
mod legend;
mod lines;
mod look;
mod marks;
mod narrow;
mod open;
mod over;
mod panel;
mod room;
mod said;
mod saving;
mod settings;
mod tags;
mod talk;
#[cfg(test)]
mod tests;
mod times;
mod typing;
mod window;

pub(crate) use open::{named, of_object};
pub use room::Logs;
pub use saving::{Downloads, DownloadsRoom, Saving};
pub use settings::LogsSettings;
pub use talk::{
    DownloadEffect, DownloadReply, FilesOf, Kept as KeptLog, LogFile, LogsEffect, LogsId, LogsReply, NoFiles,
};
pub use times::TimeStyle;
