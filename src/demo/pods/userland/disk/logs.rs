//! The log files of a container: each line of them computed, so that any part of any of them can be read at any time.
//!
//! They lie in the mounts of the volume `logs`. What grows is rotated: some are renamed and begun anew, one is copied and
//! truncated, and of the days before each leaves one that is packed.

use std::io::Write;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use flate2::{Compression, write::GzEncoder};

use super::Host;
use crate::pods::{
    chance::Chance,
    logs::{Line, SHANGHAI, Source},
    voice::{Level, Style, collection},
};

/// A packed file holds no more than the newest lines of its day.
const LINES: u64 = 1000;
/// And no more than these bytes.
const BYTES: usize = 1024 * 1024;
/// How many days are kept.
const DAYS: i64 = 2;
/// Seconds between two collections.
const COLLECTIONS: i64 = 9;

/// Which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    App,
    Error,
    Gc,
    Access,
    Audit,
    Waybills,
}

/// How a log is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// It gets another name, and a new one is begun.
    Renamed,
    /// It is copied, and then emptied.
    Truncated,
}

/// A log, its seconds from one rotation to the next, and how many rotated ones are kept beside it.
type Row = (What, &'static str, Turn, i64, i64);

const APP: Row = (What::App, "app.log", Turn::Renamed, 600, 2);
const ERROR: Row = (What::Error, "error.log", Turn::Renamed, 3600, 1);
const GC: Row = (What::Gc, "gc.log", Turn::Renamed, 3600, 1);
const ACCESS: Row = (What::Access, "access.log", Turn::Truncated, 420, 1);
const AUDIT: Row = (What::Audit, "audit.json", Turn::Renamed, 1800, 1);
const WAYBILLS: Row = (What::Waybills, "运单.log", Turn::Renamed, 3600, 1);

/// A log file: the lines of a span of time, and packed if it is of a day before.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LogFile {
    what: What,
    source: Source,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    packed: bool,
    /// Which file it is, whatever its name.
    pub(crate) inode: u64,
}

/// All log files of a container as they are named now, by path.
pub(super) fn files(host: &Host) -> Vec<(String, LogFile)> {
    let rows: &[Row] = match host.speaker().style {
        Style::Java => &[APP, ERROR, GC, ACCESS, AUDIT, WAYBILLS],
        Style::Access => &[ACCESS, ERROR],
        Style::Json | Style::Colour => &[APP, ERROR, ACCESS, AUDIT, WAYBILLS],
    };
    let mut files = Vec::new();
    for folder in folders(host) {
        for row in rows {
            one(host, &folder, *row, &mut files);
        }
    }
    files
}

/// A file that is no text: its bytes, and what a terminal must never be told.
pub(super) fn binaries(host: &Host) -> Vec<(String, Vec<u8>)> {
    let mut chance = Chance::new(17).named(&host.speaker().pod);
    let mut bytes = b"JAVA PROFILE 1.0.2\0\0\0\0\x08".to_vec();
    bytes.extend_from_slice(b"\x1b[2J\x1b]0;owned\x07\x1b]52;c;aGFjaw==\x07\x1b[6n\xff\xfe\xc3\x28\n");
    while bytes.len() < 48 * 1024 {
        bytes.extend_from_slice(&chance.below(u64::MAX).to_le_bytes());
    }
    folders(host).into_iter().map(|folder| (format!("{folder}/heap.hprof"), bytes.clone())).collect()
}

/// Where the logs are: in the mounts of the volume `logs`, or, in a pod without one, in the usual places.
pub(super) fn folders(host: &Host) -> Vec<String> {
    let pods = &host.pod["spec"]["volumes"];
    if pods.as_array().into_iter().flatten().any(|volume| volume["name"] == "logs") {
        let mounts = host.spec()["volumeMounts"].as_array().into_iter().flatten();
        let mounts = mounts.filter(|mount| mount["name"] == "logs").filter_map(|mount| mount["mountPath"].as_str());
        return mounts.map(|path| super::Disk::absolute("/", path)).collect();
    }
    ["/data/logs", "/var/log"].map(|root| format!("{root}/{}", host.speaker().app)).to_vec()
}

fn one(host: &Host, folder: &str, (what, name, turn, every, keep): Row, files: &mut Vec<(String, LogFile)>) {
    let (now, born) = (host.now(), born(host));
    // Nothing is rotated on the hour, as if everything began at once.
    let phase = every / 3;
    let span = |number: i64| {
        let begin = DateTime::from_timestamp(number * every + phase, 0).unwrap_or(born);
        (begin.max(born), begin + TimeDelta::seconds(every) - TimeDelta::nanoseconds(1))
    };
    let uid = host.pod["metadata"]["uid"].as_str().unwrap_or_default();
    // In steps, so that numbers differ though hardly any bit does.
    let inode = |part: &str, number: i64| {
        Chance::new(23).named(uid).named(name).named(part).at(number).bits() % 90_000_000 + 1_000_000
    };
    let source = source(host, what);
    let file = |from, to, packed, inode| LogFile { what, source: source.clone(), from, to, packed, inode };
    let current = (now.timestamp() - phase).div_euclid(every);
    let (from, to) = span(current);
    let live = if turn == Turn::Renamed { inode("", current) } else { inode("live", 0) };
    files.push((format!("{folder}/{name}"), file(from, to, false, live)));
    for ago in 1..=keep {
        let (from, to) = span(current - ago);
        if to >= born {
            let part = if turn == Turn::Renamed { "" } else { "copy" };
            files.push((format!("{folder}/{name}.{ago}"), file(from, to, false, inode(part, current - ago))));
        }
    }
    if !matches!(what, What::App | What::Error | What::Access) {
        return;
    }
    for ago in 1..=DAYS {
        let date = day(now) - TimeDelta::days(ago);
        if date >= day(born) {
            let begin = date.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc() - TimeDelta::seconds(SHANGHAI);
            let end = begin + TimeDelta::days(1) - TimeDelta::nanoseconds(1);
            let number = begin.timestamp();
            files.push((format!("{folder}/{name}.{date}.gz"), file(begin, end, true, inode("packed", number))));
        }
    }
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

/// Who writes a log. All containers of a pod see the same files, so it does not depend on the container.
fn source(host: &Host, what: What) -> Source {
    let mut source = host.source.clone();
    source.life.started = born(host);
    source.life.ended = None;
    source.bursts = Vec::new();
    let text = |field: &str| host.pod["metadata"][field].as_str().unwrap_or_default();
    let name = match what {
        What::Access => "access",
        What::Audit => "audit",
        What::Waybills => "waybills",
        What::App | What::Error | What::Gc => "app",
    };
    source.chance = Chance::new(host.seed).named(text("namespace")).named(text("name")).named(name);
    source.speaker.style = match what {
        What::Access => Style::Access,
        What::Audit => Style::Json,
        _ if source.speaker.style == Style::Colour => Style::Json,
        _ => source.speaker.style,
    };
    source.rate *= match what {
        What::Access => 1.6,
        What::Audit => 0.3,
        What::Waybills => 0.5,
        _ => 1.0,
    };
    source
}

impl LogFile {
    /// All of its bytes at a time, from `since` on where only those are asked for.
    pub(super) fn bytes(&self, since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Vec<u8> {
        if self.packed {
            let lines = self.source.newest(self.to, Some(self.from), LINES, BYTES);
            return pack(&join(self.kept(lines)));
        }
        // The instant at which it began is part of it.
        let from = since.unwrap_or(self.from - TimeDelta::nanoseconds(1));
        let to = self.to.min(now);
        let lines = match self.what {
            What::Gc => self.collections(from, to),
            _ => self.source.between(from, to, usize::MAX),
        };
        join(self.kept(lines)).into_bytes()
    }

    /// Whether lines still come at a time.
    pub(super) fn grows(&self, now: DateTime<Utc>) -> bool {
        !self.packed && now < self.to
    }

    /// When it was last written.
    pub(super) fn modified(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.to.min(now)
    }

    /// Which span of time it is of.
    pub(super) fn begins(&self) -> DateTime<Utc> {
        self.from
    }

    /// What of the lines belongs into this file, and how it is written there.
    fn kept(&self, lines: Vec<Line>) -> Vec<Line> {
        match self.what {
            What::Error => lines.into_iter().filter(|line| line.level >= Level::Warn).collect(),
            What::Waybills => lines.into_iter().map(|line| self.waybill(line)).collect(),
            _ => lines,
        }
    }

    /// A line about a waybill, in Chinese.
    fn waybill(&self, line: Line) -> Line {
        let mut chance = self.source.chance.named("waybill").at(line.at.timestamp_micros());
        let number = chance.between(10_000_000, 99_999_999);
        let port = chance.pick(&["上海洋山", "宁波舟山", "深圳盐田", "青岛前湾", "鹿特丹 🚢", "广州南沙"]);
        let deed = chance.pick(&["已揽收", "报关放行", "装船完成", "到港待卸", "签收", "运单信息不完整，退回补录"]);
        let at = (line.at + TimeDelta::seconds(SHANGHAI)).format("%Y-%m-%d %H:%M:%S%.3f");
        Line { text: format!("{at} [运单] YT{number} {port}：{deed}"), ..line }
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
