//! Logs: one view over many streams.

mod talk;

pub use talk::{
    DownloadEffect, DownloadReply, FilesOf, Kept as KeptLog, LogFile, LogsEffect, LogsId, LogsReply, NoFiles,
};
