//! What `rolldeck logs` is told.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, ValueEnum};
use rolldeck_core::{
    logs::{
        Begin, LogsOf,
        download::{Compress, Download},
        nanos,
    },
    text::Clean,
};

use super::{read, save};
use crate::cli::{Failure, batch::finish, duration::timeout, flags::Flags};

const EXAMPLES: &str = "\
Examples:
  rolldeck logs gateway -f                         an app: pods that start join, pods that end stay
  rolldeck logs gateway deploy/cart pod/web-0      several of them, in the order of time
  rolldeck logs app=gateway --since 5m -o json     by a label selector of apps
  rolldeck logs web-0 -c main -p                   the log of the instance before the last restart
  rolldeck logs gateway -o raw | rg ERROR          nothing but the lines
  rolldeck logs gateway --files '/var/log/*.log'   files inside its containers
  rolldeck logs gateway --download /tmp/incident --files '/var/log/app/*.log' --compress zstd

What may be missing is said where it is missing: on standard error, and with -o json among the lines.
A reader that closes its end, such as head, ends it with 0. A download that is interrupted says so in its manifest.
Exit codes: 0 done; 1 not all of it could be read or saved, or it was interrupted; 2 nothing was begun: there is nothing to read, it
may not be read, or the directory cannot be written.";

/// Reads the logs of apps, pods and containers in one order, and follows them
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = EXAMPLES)]
pub struct Logs {
    /// Apps or pods, as NAME or KIND/NAME, or label selectors of apps: app=web
    #[arg(required = true, value_name = "NAME|SELECTOR")]
    pub names: Vec<String>,

    /// Go on with what is written from now on
    #[arg(short, long)]
    pub follow: bool,

    /// Of this container only, instead of all
    #[arg(short, long, value_name = "NAME")]
    pub container: Option<String>,

    /// The log of the instance before the last restart
    #[arg(short, long, conflicts_with_all = ["follow", "why_not"])]
    pub previous: bool,

    /// Why containers do not start: how they ended, their previous log and the events about their pods, together
    #[arg(long)]
    pub why_not: bool,

    /// What is not older: 5m, 1h30m
    #[arg(long, value_name = "TIME", value_parser = timeout, conflicts_with_all = ["since_time", "tail"])]
    pub since: Option<Duration>,

    /// What was written from this moment on: RFC 3339
    #[arg(long, value_name = "TIME", value_parser = moment, conflicts_with = "tail")]
    pub since_time: Option<i64>,

    /// The last so many lines of each container
    #[arg(long, value_name = "N")]
    pub tail: Option<u64>,

    /// Save whole logs in a new directory below this one, with a manifest, instead of writing them: stdout, the instance before, and
    /// what nodes have rotated away where that may be read. A download of the same that was cut is gone on with
    #[arg(long, value_name = "DIR", conflicts_with_all = ["follow", "why_not"])]
    pub download: Option<PathBuf>,

    /// Files inside the containers, by directory or pattern: instead of stdout, and with --download as well as it
    #[arg(long, value_name = "PATTERN", conflicts_with = "why_not")]
    pub files: Vec<String>,

    /// With --download: pack what is saved
    #[arg(long, value_enum, value_name = "HOW", requires = "download")]
    pub compress: Option<Packing>,

    /// With the time of each line
    #[arg(long)]
    pub timestamps: bool,

    /// How to write them; with --download, json writes the manifest
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Output,

    #[command(flatten)]
    pub flags: Flags,
}

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Behind pod and container where there are several
    #[default]
    Text,
    /// The lines alone, byte by byte
    Raw,
    /// An object for each line
    Json,
}

/// How saved files are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Packing {
    /// With gzip.
    Gzip,
    /// With zstd.
    Zstd,
}

fn moment(text: &str) -> Result<i64, String> {
    let read = chrono::DateTime::parse_from_rfc3339(text);
    read.map(|at| nanos(at.to_utc())).map_err(|_| format!("\"{text}\" is no time: write 2026-11-23T14:05:00Z"))
}

impl Logs {
    /// Reads, writes, and says by the exit code how it went.
    ///
    /// # Errors
    /// Where no runtime can be had.
    pub fn run(&self) -> Result<ExitCode, Failure> {
        match &self.download {
            Some(to) => finish(save::save(self, to)),
            None => finish(read::read(self)),
        }
    }

    /// What is to be saved below a directory.
    pub fn download(&self, of: Vec<LogsOf>, to: String) -> Download {
        Download {
            of,
            container: self.container.as_ref().map(|name| Clean::new(name)),
            stdout: !self.previous,
            previous: true,
            places: self.files.clone(),
            begin: self.begin(),
            to,
            compress: match self.compress {
                None => Compress::No,
                Some(Packing::Gzip) => Compress::Gzip,
                Some(Packing::Zstd) => Compress::Zstd,
            },
        }
    }

    /// From where on.
    pub fn begin(&self) -> Begin {
        match (self.since, self.since_time, self.tail) {
            (Some(since), ..) => Begin::Ago(since.as_secs().max(1)),
            (_, Some(at), _) => Begin::At(at),
            (.., Some(lines)) => Begin::Tail(lines),
            _ => Begin::Head,
        }
    }
}
