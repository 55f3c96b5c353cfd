//! Reading a log from any point of it on, in blocks, and what a kubelet has kept of it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Line, Source};

/// Lines that are made at once, and the span of time for it.
const BLOCK: u64 = 500;
const SPAN: TimeDelta = TimeDelta::minutes(5);
/// How far back the last lines are looked for at once.
const BACK: TimeDelta = TimeDelta::minutes(1);
const NANO: TimeDelta = TimeDelta::nanoseconds(1);

/// A kubelet begins a new file after so many bytes: `containerLogMaxSize`.
pub(crate) const LIMIT: u64 = 10 * 1024 * 1024;
/// It looks so often: `containerLogMonitorInterval`.
const LOOK: i64 = 10;
/// What a line and its time take in a file, on the average.
const AVERAGE: f64 = 230.0;
/// Files that it keeps beside the one that grows: `containerLogMaxFiles` less one.
const FILES: usize = 4;
/// Looks that are followed through one burst.
const LOOKS: i64 = 100_000;

/// How far a log was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// All up to this was read.
    pub(crate) at: DateTime<Utc>,
    /// So many that come next were, too.
    skip: u64,
}

impl Cursor {
    /// Reads what comes after a time.
    pub(crate) fn after(at: DateTime<Utc>) -> Self {
        Self { at, skip: 0 }
    }
}

impl Source {
    /// Where a reading begins: at the oldest line that the file has, at `since`, or so many lines before the end.
    pub(crate) fn cursor(&self, now: DateTime<Utc>, since: Option<DateTime<Utc>>, tail: Option<u64>) -> Cursor {
        let oldest = self.rotations(now).last().copied().unwrap_or(self.life.started);
        let begin = since.map_or(oldest, |since| since.max(oldest)) - NANO;
        let Some(mut wanted) = tail else { return Cursor::after(begin) };
        let mut high = self.life.ended.map_or(now, |(end, _)| end.min(now));
        while wanted > 0 && high > begin {
            let low = (high - BACK).max(begin);
            let times: Vec<_> = self.between(low, high, usize::MAX).iter().map(|line| line.at).collect();
            let count = |after: DateTime<Utc>| {
                let bursts =
                    self.bursts.iter().map(|burst| burst.range(after, high)).map(|range| range.end - range.start);
                bursts.sum::<u64>() + (times.len() - times.partition_point(|at| *at <= after)) as u64
            };
            let all = count(low);
            if all >= wanted {
                let (mut few, mut many) = (high, low);
                while few - many > NANO {
                    let middle = many + (few - many) / 2;
                    if count(middle) >= wanted { many = middle } else { few = middle }
                }
                return Cursor { at: many, skip: count(many) - wanted };
            }
            wanted -= all;
            high = low;
        }
        Cursor::after(if wanted == 0 { high } else { begin })
    }

    /// The next lines up to `to`, oldest first; none once there are no more up to then.
    pub(crate) fn block(&self, cursor: &mut Cursor, to: DateTime<Utc>) -> Vec<Line> {
        let over = self.life.ended.map_or(to, |(end, _)| end.min(to));
        while cursor.at < over {
            let mut end = (cursor.at + SPAN).min(over);
            for burst in &self.bursts {
                let range = burst.range(cursor.at, end);
                if range.end - range.start > BLOCK {
                    end = burst.time(range.start + BLOCK - 1);
                }
            }
            let mut lines = self.between(cursor.at, end, usize::MAX);
            for burst in &self.bursts {
                lines.extend(burst.range(cursor.at, end).map(|index| burst.line(index)));
            }
            lines.sort_by_key(|line| line.at);
            cursor.at = end;
            let passed = cursor.skip.min(lines.len() as u64);
            cursor.skip -= passed;
            lines.drain(..usize::try_from(passed).unwrap_or(usize::MAX));
            if !lines.is_empty() {
                return lines;
            }
        }
        cursor.at = cursor.at.max(to);
        Vec::new()
    }

    /// When the next line after `after` comes, if one does within a minute.
    pub(crate) fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let own = self.between(after, after + TimeDelta::minutes(1), 1).first().map(|line| line.at);
        let told = self.bursts.iter().filter_map(|burst| {
            let next = burst.until(after);
            (next < burst.lines).then(|| burst.time(next))
        });
        own.into_iter().chain(told).min()
    }

    /// When the kubelet began a new file, the oldest first: of what was written before the last of these, nothing is in the log
    /// that it serves.
    pub(crate) fn rotations(&self, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let started = self.life.started;
        let now = self.life.ended.map_or(now, |(end, _)| end.min(now));
        let limit = self.bursts.iter().map(|burst| burst.limit).max().unwrap_or(LIMIT).max(1);
        // What an app says by itself fills a file in about the same time again and again.
        let every = ((limit as f64 / (self.rate * AVERAGE)) as i64 / LOOK).max(1) * LOOK;
        let last = (now - started).num_seconds().max(0) / every;
        let first = (last - FILES as i64).max(1);
        let mut all: Vec<DateTime<Utc>> =
            (first..=last).map(|number| started + TimeDelta::seconds(number * every)).collect();
        for burst in &self.bursts {
            let mut since = 0;
            let first = (burst.from - started).num_seconds() / LOOK + 1;
            for look in first..first + LOOKS {
                let at = started + TimeDelta::seconds(look * LOOK);
                if at > now {
                    break;
                }
                let written = burst.until(at);
                if (written - since) * burst.width as u64 >= limit {
                    all.push(at);
                    since = written;
                }
                if written == burst.lines {
                    break;
                }
            }
        }
        all.sort();
        all.dedup();
        all
    }

    /// The spans of the rotated files that are still there, the oldest first: after one time, up to the other.
    pub(crate) fn rotated(&self, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let rotations = self.rotations(now);
        let before = std::iter::once(self.life.started - NANO).chain(rotations.iter().map(|at| *at - NANO));
        let mut spans: Vec<_> = before.zip(rotations.iter().map(|at| *at - NANO)).collect();
        // The first of those that are counted at all may have begun with the container.
        if spans.len() > FILES {
            spans.drain(..spans.len() - FILES);
        }
        spans
    }
}
