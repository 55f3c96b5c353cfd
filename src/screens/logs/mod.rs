//! Logs: one view over many streams.

mod download_talk;
mod talk;

pub use download_talk::{
    Compress, Download, DownloadEffect, DownloadReply, Problem, Progress, Saved as DownloadSaved, WholeFrom,
};
pub use talk::{
    Begin, FilesOf, Kept as KeptLog, LogFile, LogsEffect, LogsId, LogsOf, LogsReply, NoFiles, PickedFile, Reading,
    Rotated, SourceState,
};
