//! Points in time, as people write them.

use chrono::{FixedOffset, NaiveDate, NaiveTime, TimeDelta, TimeZone};

use crate::{
    Time,
    batch::{BatchId, Found},
    text::Clean,
};

/// What is understood, for errors.
const UNDERSTOOD: &str = "14:05, yesterday 14:05, 2026-11-22 14:05, 20 minutes ago, or before batch ID";
/// Batches that an error names at most.
const NAMED: usize = 3;

/// A batch that a point in time is told by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The last one that was started.
    Last,
    /// The one whose name is this, or begins or ends so.
    Named(Clean),
}

/// A point in time as the operator wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// A moment.
    At {
        /// When.
        at: Time,
        /// What was assumed in reading it, a sentence; mostly empty.
        note: Clean,
    },
    /// As it was before a batch began.
    Before(Which),
}

/// A point in time, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When: of a batch, the time of its confirmation.
    pub at: Time,
    /// The batch that it is before: of the apps that it touched, its journal has the templates.
    pub before: Option<BatchId>,
    /// What was assumed in reading it; mostly empty.
    pub note: Clean,
}

impl When {
    /// Reads a point in time at `now`, by the clock of a place at `offset` of UTC: `14:05`, `14:05:30` (the last time that it was
    /// so), `today 14:05`, `yesterday 14:05`, `2026-11-22 14:05`, RFC 3339, `20 minutes ago`, `2h ago`, `before batch ID`, `before
    /// the last batch`.
    ///
    /// # Errors
    /// It is none of these, or lies ahead; says what would be understood.
    pub fn parse(text: &str, now: Time, offset: FixedOffset) -> Result<Self, Clean> {
        let words = text.trim().to_lowercase();
        let bad = || Clean::from(format!("\"{}\" is no point in time: write {UNDERSTOOD}", text.trim()));
        if let Some(batch) = words.strip_prefix("before ") {
            return before(batch).ok_or_else(bad);
        }
        let (at, note) = moment(&words, text.trim(), now, offset).ok_or_else(bad)?;
        if at > now {
            return Err(format!("{} lies ahead: write a time that has been", text.trim()).into());
        }
        Ok(Self::At { at, note })
    }

    /// Resolves it, with the batches of the history in any order where it names one.
    ///
    /// # Errors
    /// No batch is meant by the name, or several.
    pub fn resolve(&self, batches: &[Found]) -> Result<Moment, Clean> {
        let found = match self {
            Self::At { at, note } => return Ok(Moment { at: *at, before: None, note: note.clone() }),
            Self::Before(Which::Last) => batches
                .iter()
                .max_by_key(|batch| batch.started)
                .ok_or_else(|| Clean::new("there is no batch in the history: write a time instead"))?,
            Self::Before(Which::Named(name)) => named(batches, name)?,
        };
        let note = format!("before batch {} of {}", found.id, found.by).into();
        Ok(Moment { at: found.started, before: Some(found.id.clone()), note })
    }
}

/// The one batch that a name, its beginning or its end means.
fn named<'a>(batches: &'a [Found], name: &str) -> Result<&'a Found, Clean> {
    if let Some(exact) = batches.iter().find(|batch| batch.id.0 == name) {
        return Ok(exact);
    }
    let like = |batch: &&Found| batch.id.0.starts_with(name) || batch.id.0.ends_with(name);
    let mut found: Vec<&Found> = batches.iter().filter(like).collect();
    found.sort_by_key(|batch| std::cmp::Reverse(batch.started));
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(format!("no batch of the history is named {name}: see the list of batches for their names").into()),
        several => {
            let names: Vec<_> = several.iter().take(NAMED).map(|batch| batch.id.to_string()).collect();
            let more = several.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Err(format!("{name} may be any of {}{more}: write more of the name", names.join(", ")).into())
        }
    }
}

fn before(words: &str) -> Option<When> {
    let words = words.trim();
    let words = words.strip_prefix("the ").unwrap_or(words).trim();
    if matches!(words, "last" | "last batch" | "last one") {
        return Some(When::Before(Which::Last));
    }
    let name = words.strip_prefix("batch").unwrap_or(words).trim().trim_end_matches('…');
    let fits = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    (!name.is_empty() && name.len() <= 40 && fits).then(|| When::Before(Which::Named(name.into())))
}

fn moment(words: &str, raw: &str, now: Time, offset: FixedOffset) -> Option<(Time, Clean)> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(raw) {
        return Some((at.to_utc(), Clean::default()));
    }
    if let Some(at) = ago(words, now) {
        return Some((at, Clean::default()));
    }
    let today = now.with_timezone(&offset).date_naive();
    let on = |day: NaiveDate, time| local(day, time, offset).map(|at| (at, Clean::default()));
    let (first, rest) = words.split_once([' ', 't']).unwrap_or((words, ""));
    if let Ok(day) = first.parse::<NaiveDate>() {
        return on(day, time_of_day(rest)?);
    }
    let mut parts = words.split_whitespace();
    match (parts.next()?, parts.next(), parts.next()) {
        ("today", Some(time), None) | (time, Some("today"), None) => on(today, time_of_day(time)?),
        ("yesterday", Some(time), None) | (time, Some("yesterday"), None) => on(today.pred_opt()?, time_of_day(time)?),
        (time, None, None) => {
            let clock = time_of_day(time)?;
            let at = local(today, clock, offset)?;
            if at <= now {
                return Some((at, Clean::default()));
            }
            let note = format!("{time} today is still to come: yesterday's is meant");
            Some((local(today.pred_opt()?, clock, offset)?, note.into()))
        }
        _ => None,
    }
}

fn local(day: NaiveDate, time: NaiveTime, offset: FixedOffset) -> Option<Time> {
    Some(offset.from_local_datetime(&day.and_time(time)).single()?.to_utc())
}

fn time_of_day(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    NaiveTime::parse_from_str(text, "%H:%M:%S").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M")).ok()
}

/// `20 minutes ago`, `2h ago`, `1h30m`, `an hour ago`.
fn ago(words: &str, now: Time) -> Option<Time> {
    let words = words.strip_suffix("ago").unwrap_or(words);
    let (mut rest, mut seconds) = (words.trim(), 0i64);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = match rest.strip_prefix("an ").or_else(|| rest.strip_prefix("a ")) {
            Some(after) => (1, after),
            None => {
                let digits = rest.find(|c: char| !c.is_ascii_digit())?;
                (rest[..digits].parse::<i64>().ok()?, &rest[digits..])
            }
        };
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let unit = match &after[..end] {
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 7 * 86_400,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = after[end..].trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest);
    }
    let at = now.checked_sub_signed(TimeDelta::try_seconds(seconds).filter(|_| seconds > 0)?)?;
    (at.timestamp() > 0).then_some(at)
}
