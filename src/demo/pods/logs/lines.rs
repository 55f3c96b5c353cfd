//! The lines of a source in any window of time. Time is cut into seconds; what is said in one depends on nothing outside it.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::Source;
use crate::pods::voice::{Death, Level, Mood, Said};

/// Seconds that Shanghai is ahead of UTC: the company works by its day.
pub(crate) const SHANGHAI: i64 = 8 * 3600;

/// How long before its end an app that runs out of memory begins to say so.
const AGONY: TimeDelta = TimeDelta::minutes(8);

/// One line of a log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// When it was written, to the nanosecond.
    pub(crate) at: DateTime<Utc>,
    /// How grave it is.
    pub(crate) level: Level,
    /// It, without a line end.
    pub(crate) text: String,
}

/// How busy the company is, from 0.2 (at night) to 1 (in the afternoon).
pub(crate) fn busy(at: DateTime<Utc>) -> f64 {
    let hour = ((at.timestamp() + SHANGHAI).rem_euclid(86_400)) as f64 / 3600.0;
    let wave = ((hour - 14.0) / 24.0 * std::f64::consts::TAU).cos();
    0.6 + 0.4 * wave
}

impl Source {
    /// The first second that may have lines, and the last.
    fn span(&self, until: DateTime<Utc>) -> (i64, i64) {
        let end = self.life.ended.map_or(until, |(end, _)| end.min(until));
        (self.life.started.timestamp(), end.timestamp())
    }

    /// The lines after `from` up to `to`, oldest first, as long as they are no more than `most`.
    pub(crate) fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>, most: usize) -> Vec<Line> {
        let (first, last) = self.span(to);
        let mut lines = Vec::new();
        for second in first.max(from.timestamp())..=last {
            lines.extend(self.second(second).into_iter().filter(|line| line.at > from && line.at <= to));
            if lines.len() >= most {
                break;
            }
        }
        lines.truncate(most);
        lines
    }

    /// The newest lines up to `to`, oldest first: as many as `lines`, no more than `bytes` of text, none before `since`.
    pub(crate) fn newest(
        &self,
        to: DateTime<Utc>,
        since: Option<DateTime<Utc>>,
        lines: u64,
        bytes: usize,
    ) -> Vec<Line> {
        let (first, last) = self.span(to);
        let since = since.unwrap_or(DateTime::<Utc>::MIN_UTC);
        let (mut kept, mut size) = (Vec::new(), 0);
        for second in (first.max(since.timestamp())..=last).rev() {
            for line in self.second(second).into_iter().rev().filter(|line| line.at <= to && line.at >= since) {
                size += line.text.len() + 1;
                if kept.len() as u64 >= lines || size > bytes {
                    kept.reverse();
                    return kept;
                }
                kept.push(line);
            }
        }
        kept.reverse();
        kept
    }

    /// How the app feels.
    pub(crate) fn mood(&self, at: DateTime<Utc>) -> Mood {
        let end = match self.life.ended {
            Some((end, Death::OutOfMemory)) => Some(end),
            _ => self.life.doomed,
        };
        if let Some(end) = end.filter(|end| *end - at < AGONY) {
            let agony = AGONY.min((end - self.life.started) / 2).num_milliseconds().max(1) as f64;
            let left = (end - at).num_milliseconds().max(0) as f64;
            if left < agony {
                return Mood::Leaking(1.0 - left / agony);
            }
        }
        if self.life.unready && at - self.life.started > TimeDelta::seconds(30) { Mood::Waiting } else { Mood::Fine }
    }

    /// All lines of one second of Unix time, oldest first.
    fn second(&self, second: i64) -> Vec<Line> {
        let Some(begin) = DateTime::from_timestamp(second, 0) else { return Vec::new() };
        if self.rate == 0.0 {
            return Vec::new();
        }
        let mut chance = self.chance.at(second);
        let mut said: Vec<(DateTime<Utc>, Said)> = Vec::new();
        if !self.failing_to_start() {
            let wanted = self.rate * busy(begin);
            let number = wanted as u64 + u64::from(chance.fraction() < wanted.fract());
            for index in 0..number {
                let at = begin + TimeDelta::nanoseconds(chance.below(1_000_000_000) as i64);
                if self.works(at) {
                    said.push((at, self.speaker.says(at, self.chance.at(second).at(index as i64), self.mood(at))));
                }
            }
        }
        let within = |at: DateTime<Utc>| at.timestamp() == second;
        let started = self.life.started;
        if second - started.timestamp() < 10 {
            let all = self.speaker.starts(started).into_iter();
            said.extend(
                all.map(|(ms, one)| (started + TimeDelta::milliseconds(ms), one))
                    .filter(|(at, _)| within(*at) && self.lives(*at)),
            );
        }
        if let Some((end, death)) = self.life.ended
            && end.timestamp() - second < 10
        {
            let all = self.speaker.ends(end, death).into_iter();
            said.extend(
                all.map(|(ms, one)| ((end - TimeDelta::milliseconds(ms)).max(started), one))
                    .filter(|(at, _)| within(*at)),
            );
        }
        said.sort_by_key(|(at, _)| *at);
        let mut all: Vec<Line> = said.into_iter().flat_map(|(at, said)| lines(at, said)).collect();
        // What follows a line within microseconds may come before the last line of its trace.
        all.sort_by_key(|line| line.at);
        all
    }

    /// It died too young to have done any work.
    fn failing_to_start(&self) -> bool {
        self.life.ended.is_some_and(|(end, death)| {
            matches!(death, Death::Crash(_)) && end - self.life.started < TimeDelta::seconds(30)
        })
    }

    fn lives(&self, at: DateTime<Utc>) -> bool {
        at >= self.life.started && self.life.ended.is_none_or(|(end, _)| at <= end)
    }

    /// It is up, and not yet on its way out.
    fn works(&self, at: DateTime<Utc>) -> bool {
        at >= self.life.started + TimeDelta::seconds(6)
            && self.life.ended.is_none_or(|(end, _)| at < end - TimeDelta::seconds(2))
    }
}

/// The lines of one thing said, a microsecond apart.
fn lines(at: DateTime<Utc>, said: Said) -> impl Iterator<Item = Line> {
    let level = said.level;
    let room = 999_999_999_u32.saturating_sub(at.nanosecond());
    said.lines.into_iter().enumerate().map(move |(index, text)| {
        let later = (index as u32).saturating_mul(1000).min(room);
        Line { at: at + TimeDelta::nanoseconds(later.into()), level, text }
    })
}
