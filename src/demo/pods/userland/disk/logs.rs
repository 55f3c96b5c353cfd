//! The files under `/data/logs/APP`: today's, which grow, and those of the days before, packed.

use std::io::Write;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use flate2::{Compression, write::GzEncoder};

use super::Host;
use crate::pods::{
    chance::Chance,
    logs::{Line, SHANGHAI, Source},
    voice::{Level, Style, collection},
};

/// A file holds no more than the newest lines of its day.
const LINES: u64 = 4000;
/// And no more than these bytes.
const BYTES: usize = 1024 * 1024;
/// How many days are kept.
const DAYS: i64 = 3;
/// Seconds between two collections.
const COLLECTIONS: i64 = 9;

/// Which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    App,
    Error,
    Gc,
    Access,
}

/// A log file: of one day, and packed unless that is today.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LogFile {
    what: What,
    source: Source,
    day: NaiveDate,
    packed: bool,
}

/// All log files of a container, by path.
pub(super) fn files(host: &Host) -> Vec<(String, LogFile)> {
    let speaker = host.speaker();
    let folder = format!("/data/logs/{}", speaker.app);
    let whats: &[(What, &str)] = match speaker.style {
        Style::Java => &[(What::App, "app"), (What::Error, "error"), (What::Gc, "gc"), (What::Access, "access")],
        Style::Access => &[(What::Access, "access"), (What::Error, "error")],
        Style::Json | Style::Colour => &[(What::App, "app"), (What::Error, "error"), (What::Access, "access")],
    };
    let today = day(host.now());
    let born = day(born(host));
    let mut files = Vec::new();
    for (what, name) in whats {
        let file = |day, packed| LogFile { what: *what, source: source(host, *what), day, packed };
        files.push((format!("{folder}/{name}.log"), file(today, false)));
        for ago in 1..=DAYS {
            let day = today - TimeDelta::days(ago);
            if day >= born {
                files.push((format!("{folder}/{name}.log.{day}.gz"), file(day, true)));
            }
        }
    }
    files
}

/// The day in Shanghai.
fn day(at: DateTime<Utc>) -> NaiveDate {
    (at + TimeDelta::seconds(SHANGHAI)).date_naive()
}

/// When the pod, and with it the folder of its logs, was made.
fn born(host: &Host) -> DateTime<Utc> {
    let made = host.pod["metadata"]["creationTimestamp"].as_str();
    let made = made.and_then(|text| DateTime::parse_from_rfc3339(text).ok()).map(|at| at.to_utc());
    made.unwrap_or(host.source.life.started).min(host.source.life.started)
}

fn source(host: &Host, what: What) -> Source {
    let mut source = host.source.clone();
    source.life.started = born(host);
    source.life.ended = None;
    let name = if what == What::Access { "access" } else { "app" };
    source.chance = Chance::new(source.chance.bits()).named(name);
    if source.speaker.style == Style::Colour {
        source.speaker.style = Style::Json;
    }
    if what == What::Access {
        source.speaker.style = Style::Access;
        source.rate *= 1.6;
    }
    source
}

impl LogFile {
    /// Whether lines still come.
    pub(crate) fn grows(&self) -> bool {
        !self.packed
    }

    /// Its bytes at a time.
    pub(crate) fn read(&self, now: DateTime<Utc>) -> Vec<u8> {
        let text = self.text(now);
        if self.packed { pack(&text) } else { text.into_bytes() }
    }

    /// Its size and when it was last written.
    pub(crate) fn size(&self, host: &Host) -> (u64, DateTime<Utc>) {
        let now = host.now();
        (self.read(now).len() as u64, self.end().min(now))
    }

    /// The lines that came after `from` until `to`.
    pub(crate) fn since(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<u8> {
        let (begin, _) = self.bounds();
        let lines = match self.what {
            What::Gc => self.collections(from.max(begin), to),
            _ => self.source.between(from.max(begin), to, usize::MAX),
        };
        join(self.kept(lines)).into_bytes()
    }

    fn end(&self) -> DateTime<Utc> {
        self.bounds().1
    }

    /// The day, in UTC.
    fn bounds(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let midnight = self.day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc() - TimeDelta::seconds(SHANGHAI);
        (midnight, midnight + TimeDelta::days(1) - TimeDelta::nanoseconds(1))
    }

    fn text(&self, now: DateTime<Utc>) -> String {
        let (begin, end) = self.bounds();
        let to = end.min(now);
        let lines = match self.what {
            What::Gc => self.collections(begin.max(to - TimeDelta::seconds(COLLECTIONS * 2000)), to),
            _ => self.source.newest(to, Some(begin), LINES, BYTES),
        };
        join(self.kept(lines))
    }

    /// What of the lines belongs into this file.
    fn kept(&self, lines: Vec<Line>) -> Vec<Line> {
        match self.what {
            What::Error => lines.into_iter().filter(|line| line.level >= Level::Warn).collect(),
            _ => lines,
        }
    }

    fn collections(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Line> {
        let started = self.source.life.started;
        let first = (from.max(started).timestamp() - started.timestamp()) / COLLECTIONS;
        let last = (to.timestamp() - started.timestamp()) / COLLECTIONS;
        (first.max(0)..=last)
            .filter_map(|number| {
                let chance = self.source.chance.named("gc").at(number);
                let at = started + TimeDelta::milliseconds(number * COLLECTIONS * 1000 + (chance.bits() % 8000) as i64);
                let heap = self.source.speaker.limit * 3 / 4;
                let text = collection(at, number, heap, chance, self.source.mood(at));
                (at > from && at <= to).then_some(Line { at, level: Level::Info, text })
            })
            .collect()
    }
}

fn join(lines: Vec<Line>) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
    for line in lines {
        text += &line.text;
        text.push('\n');
    }
    text
}

fn pack(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory does not fail.
    let _ = packer.write_all(text.as_bytes());
    packer.finish().unwrap_or_default()
}
