//! Back to a point in time: what was typed, what it means, and what came of it.

use chrono::{FixedOffset, Offset};
use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{
    Time,
    batch::past::{Gone, Moment, Source, Verdict, Was, When},
    model::AppKey,
    text::Clean,
};

use crate::{
    Clock, Code, Ctx, Key, Scope,
    plan::sheet,
    widgets::{Prompt, text::age},
};

/// What the past of a plan's apps is, as far as it could be read.
#[derive(Clone, Debug)]
pub struct PastFound {
    /// The point in time.
    pub moment: Moment,
    /// What each app was; why that could not be read.
    pub verdicts: Vec<(AppKey, Result<Verdict, Clean>)>,
    /// The apps that were there and are gone.
    pub gone: Vec<Gone>,
    /// What could not be read beside, each in a sentence.
    pub lacks: Vec<Clean>,
}

/// What a key did to the form.
pub(in crate::plan) enum Said {
    Open,
    Cancelled,
    /// Read the past of this point in time.
    Ask(When),
}

/// The form.
#[derive(Clone, Debug, Default)]
pub(in crate::plan) struct PastForm {
    field: Prompt,
    /// Why it was not taken.
    error: Option<Clean>,
    /// It was entered, and is being read.
    pub(in crate::plan) reading: bool,
}

impl PastForm {
    pub(in crate::plan) fn key(&mut self, ctx: &Ctx, key: Key) -> Said {
        match key.code {
            Code::Esc => return Said::Cancelled,
            _ if self.reading => {}
            Code::Enter => match self.read(ctx) {
                Ok(when) => {
                    self.reading = true;
                    return Said::Ask(when);
                }
                Err(why) => self.error = Some(why),
            },
            _ => {
                self.error = None;
                self.field.key(key);
            }
        }
        Said::Open
    }

    pub(in crate::plan) fn paste(&mut self, text: &str) {
        if !self.reading {
            self.error = None;
            self.field.paste(text);
        }
    }

    /// It could not be read.
    pub(in crate::plan) fn refuse(&mut self, why: Clean) {
        (self.reading, self.error) = (false, Some(why));
    }

    fn read(&self, ctx: &Ctx) -> Result<When, Clean> {
        When::parse(self.field.text(), ctx.clock.now, zone(ctx.clock))
    }

    /// Draws the form in the place of the table.
    pub(in crate::plan) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let label = "Back to how it was: ";
        let mut lines = vec![sheet::line(ctx, Scope::Key, label), Line::default()];
        let (scope, told) = match (&self.error, self.read(ctx)) {
            _ if self.reading => (Scope::Stale, "reading revisions, events and the journals of batches …".to_owned()),
            (Some(why), _) => (Scope::Bad, format!("not taken: {why}")),
            (None, Ok(When::At { at, note })) => {
                let note = if note.is_empty() { String::new() } else { format!(": {note}") };
                (Scope::Text, format!("that is {}, {} ago{note}", absolute(at, ctx.clock), age(at, ctx.clock.now)))
            }
            (None, Ok(When::Before(_))) => {
                (Scope::Text, "before the first write of that batch: its time is looked up in the journals".to_owned())
            }
            (None, Err(_)) => (
                Scope::Dim,
                "14:05, yesterday 14:05, 20 minutes ago, before batch ID, before the last batch".to_owned(),
            ),
        };
        lines.extend(sheet::note(ctx, scope, 0, &told, columns));
        lines.push(Line::default());
        for text in [
            "For each app it looks for the template that was live then. What revisions, events and journals do not prove is \
             uncertain: that is yours to choose.",
            "Nothing is written yet: enter shows what would go where, esc leaves the plan alone.",
        ] {
            lines.extend(sheet::note(ctx, Scope::Dim, 0, text, columns));
        }
        sheet::draw(ctx, frame, area, &lines, 0, None);
        let from = crate::widgets::text::width(label) as u16;
        let field = Rect { x: area.x + from, y: area.y, width: area.width.saturating_sub(from).min(50), height: 1 };
        self.field.draw(ctx.theme, frame.buffer_mut(), field.intersection(area));
    }
}

/// The operator's zone.
fn zone(clock: Clock) -> FixedOffset {
    FixedOffset::east_opt(clock.offset).unwrap_or_else(|| chrono::Utc.fix())
}

/// A moment with its day and zone: `2026-11-22 14:05:00 +01:00`.
pub(in crate::plan) fn absolute(at: Time, clock: Clock) -> String {
    at.with_timezone(&zone(clock)).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// What is told of an app beneath its line; nothing where the state of its check says it.
pub(in crate::plan) fn told(verdict: &Verdict, clock: Clock) -> Option<(Scope, String)> {
    match verdict {
        Verdict::Was(was) => Some((Scope::Dim, told_of(was, clock))),
        Verdict::Same => Some((Scope::Dim, "it had the template then that it has now".to_owned())),
        Verdict::CreatedSince(_) | Verdict::Uncertain { .. } => None,
    }
}

fn told_of(was: &Was, clock: Clock) -> String {
    let what = match was.revision {
        Some(number) => format!("rev {number}"),
        None => "a template that only the journal has".to_owned(),
    };
    let since = absolute(was.since, clock);
    // A batch knows what was there when it came, and not since when.
    let found = was.by.from == was.by.until && matches!(was.by.from, Source::Journal(_));
    let when = match was.until.map(|until| absolute(until, clock)) {
        Some(until) if found || until == since => format!("live until {until}"),
        Some(until) => format!("live from {since} until {until}"),
        None => format!("live from {since}"),
    };
    let healthy = match was.healthy {
        Some(true) => "it had become healthy",
        Some(false) => "it had not become healthy",
        None => "whether it had become healthy is not known",
    };
    format!("{what}, {when}; {healthy}; proved by {}", was.by.words())
}

/// `as it was at 2026-11-22 14:05:00 +01:00`, for the head of the plan.
pub(in crate::plan) fn heading(moment: &Moment, clock: Clock) -> String {
    let note = if moment.note.is_empty() { String::new() } else { format!(" ({})", moment.note) };
    format!("as it was at {}{note}", absolute(moment.at, clock))
}

#[cfg(test)]
mod tests {
    use rolldeck_core::batch::{BatchId, past::Proof};

    use super::*;

    #[test]
    fn what_a_batch_found_was_live_until_it_came_and_since_when_is_not_claimed() {
        let at = |time: &str| time.parse::<Time>().unwrap();
        let of = |batch: &str| Source::Journal(BatchId(batch.to_owned()));
        let mut was = Was {
            template: serde_json::Value::Null.into(),
            revision: Some(7),
            cause: Clean::default(),
            since: at("2026-11-22T14:05:01Z"),
            until: Some(at("2026-11-22T14:05:03Z")),
            healthy: Some(true),
            by: Proof { from: of("b1"), until: of("b1") },
        };
        let clock = Clock { now: at("2026-11-22T15:00:00Z"), offset: 0 };
        let found =
            "rev 7, live until 2026-11-22 14:05:03 +00:00; it had become healthy; proved by the journal of batch b1";
        assert_eq!(told_of(&was, clock), found);
        was.by.from = of("b0");
        let told = told_of(&was, clock);
        assert!(
            told.starts_with("rev 7, live from 2026-11-22 14:05:01 +00:00 until 2026-11-22 14:05:03 +00:00; "),
            "{told}"
        );
        was.until = Some(was.since);
        assert!(told_of(&was, clock).starts_with("rev 7, live until 2026-11-22 14:05:01 +00:00; "));
    }
}
