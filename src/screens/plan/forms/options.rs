//! How the plan is to run, as a form: each field on a line, the one under the cursor takes the keys.

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{
    batch::{Intent, OnFailure, Options, Plan},
    text::Clean,
};

use crate::{
    Code, Ctx, Key, Scope,
    plan::{sheet, words},
    widgets::{
        Prompt,
        text::{count, left},
    },
};

/// The longest reason that is taken, in characters: it is written into a record of each namespace.
const REASON: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Width,
    OnFailure,
    Soak,
    Gate,
    Incident,
    Deadline,
    Reason,
}

/// What a key did to the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Said {
    Open,
    Cancelled,
    Commit,
}

/// The form.
#[derive(Clone, Debug)]
pub(in crate::plan) struct OptionsForm {
    fields: Vec<Field>,
    cursor: usize,
    options: Options,
    apps: usize,
    width: Prompt,
    soak: Prompt,
    deadline: Prompt,
    reason: Prompt,
    /// The text of the field under the cursor is untouched: the first character replaces it.
    offered: bool,
    wrong: Option<(Field, String)>,
}

impl OptionsForm {
    /// Begins with what the plan has.
    pub(in crate::plan) fn new(plan: &Plan) -> Self {
        let mut fields = vec![Field::Width, Field::OnFailure, Field::Soak, Field::Gate];
        if plan.intent == Intent::Rollback {
            fields.push(Field::Incident);
        }
        fields.extend([Field::Deadline, Field::Reason]);
        let (options, apps) = (plan.options.clone(), plan.steps.len().max(1));
        Self {
            fields,
            cursor: 0,
            width: Prompt::new(&options.width.min(apps).to_string()),
            soak: Prompt::new(&words::seconds(options.soak)),
            deadline: Prompt::new(&words::seconds(options.deadline)),
            reason: Prompt::new(&plan.reason),
            options,
            apps,
            offered: true,
            wrong: None,
        }
    }

    /// The form, the cursor on the reason.
    pub(in crate::plan) fn at_reason(plan: &Plan) -> Self {
        let mut form = Self::new(plan);
        (form.cursor, form.offered) = (form.fields.len() - 1, false);
        form
    }

    fn field(&self) -> Field {
        self.fields[self.cursor]
    }

    fn prompt(&mut self, field: Field) -> Option<&mut Prompt> {
        match field {
            Field::Width => Some(&mut self.width),
            Field::Soak => Some(&mut self.soak),
            Field::Deadline => Some(&mut self.deadline),
            Field::Reason => Some(&mut self.reason),
            Field::OnFailure | Field::Gate | Field::Incident => None,
        }
    }

    /// Takes a key.
    pub(in crate::plan) fn key(&mut self, key: Key) -> Said {
        match key.code {
            Code::Esc => return Said::Cancelled,
            Code::Enter => return Said::Commit,
            Code::Up | Code::BackTab => self.go(-1),
            Code::Down | Code::Tab => self.go(1),
            code => self.edit(key, code),
        }
        Said::Open
    }

    fn go(&mut self, by: isize) {
        let len = self.fields.len() as isize;
        self.cursor = (self.cursor as isize + by).rem_euclid(len) as usize;
        self.offered = self.field() != Field::Reason;
    }

    fn edit(&mut self, key: Key, code: Code) {
        let (field, offered) = (self.field(), std::mem::take(&mut self.offered));
        if self.wrong.as_ref().is_some_and(|(wrong, _)| *wrong == field) {
            self.wrong = None;
        }
        if let Some(prompt) = self.prompt(field) {
            if offered && matches!(code, Code::Char(_)) && !key.ctrl && !key.alt {
                prompt.set("");
            }
            prompt.key(key);
            return;
        }
        let forward = match code {
            Code::Right | Code::Char(' ') => true,
            Code::Left => false,
            _ => return,
        };
        match field {
            Field::Gate => self.options.gate = !self.options.gate,
            Field::Incident => self.options.incident = !self.options.incident,
            _ => self.options.on_failure = turned(self.options.on_failure, forward),
        }
    }

    /// Takes pasted text into the field under the cursor.
    pub(in crate::plan) fn paste(&mut self, text: &str) {
        let (field, offered) = (self.field(), std::mem::take(&mut self.offered));
        if let Some(prompt) = self.prompt(field) {
            if offered {
                prompt.set("");
            }
            prompt.paste(text);
        }
    }

    /// Writes it into the plan; where a field does not hold what it should, goes there and says so.
    pub(in crate::plan) fn commit(&mut self, plan: &mut Plan) -> bool {
        match self.read() {
            Ok(options) => {
                plan.options = options;
                plan.reason = Clean::new(self.reason.text().trim());
                true
            }
            Err((field, why)) => {
                self.cursor = self.fields.iter().position(|other| *other == field).unwrap_or(0);
                (self.wrong, self.offered) = (Some((field, why)), field != Field::Reason);
                false
            }
        }
    }

    fn read(&self) -> Result<Options, (Field, String)> {
        let width = match self.width.text().trim() {
            "all" => self.apps,
            text => match text.parse() {
                Ok(number) if (1..=self.apps).contains(&number) => number,
                _ => return Err((Field::Width, format!("\"{text}\": write 1 to {}, or all", self.apps))),
            },
        };
        let soak = seconds(self.soak.text()).map_err(|why| (Field::Soak, why))?;
        let deadline = seconds(self.deadline.text()).map_err(|why| (Field::Deadline, why))?;
        if deadline == 0 {
            return Err((Field::Deadline, "an app needs some time: write 10m, or 90s".to_owned()));
        }
        let length = self.reason.text().trim().chars().count();
        if length > REASON {
            return Err((Field::Reason, format!("{length} characters are too many: at most {REASON}")));
        }
        Ok(Options { width, soak, deadline, ..self.options.clone() })
    }

    /// Draws the form in the place of the table.
    pub(in crate::plan) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let title = "How it runs: ↑ ↓ to a field, ← → or space to choose, enter takes all, esc none";
        let mut lines = sheet::note(ctx, Scope::Heading, 0, title, columns);
        lines.push(Line::default());
        let mut fields = Vec::new();
        for (n, field) in self.fields.iter().enumerate() {
            let here = n == self.cursor;
            let (label, value, hint) = self.texts(*field);
            if self.text(*field).is_some() {
                fields.push((lines.len(), n));
            }
            let label_scope = if here { Scope::Key } else { Scope::Text };
            let value_scope = if here && self.text(*field).is_none() { Scope::Cursor } else { Scope::Text };
            lines.push(Line::from(vec![
                sheet::span(ctx, label_scope, format!("{} {}", if here { "▸" } else { " " }, left(label, 14))),
                sheet::span(ctx, value_scope, value),
            ]));
            if let Some((_, why)) = self.wrong.as_ref().filter(|(wrong, _)| wrong == field) {
                lines.extend(sheet::note(ctx, Scope::Bad, 16, &format!("not taken: {why}"), columns));
            }
            lines.extend(sheet::note(ctx, Scope::Dim, 16, &hint, columns));
        }
        sheet::draw(ctx, frame, area, &lines, 0, None);
        for (row, n) in fields {
            let y = area.y + row as u16;
            if n == self.cursor && y < area.bottom() {
                let place = Rect { x: area.x + 16, y, width: area.width.saturating_sub(16).min(64), height: 1 };
                if let Some(prompt) = self.text(self.fields[n]) {
                    prompt.draw(ctx.theme, frame.buffer_mut(), place);
                }
            }
        }
    }

    fn text(&self, field: Field) -> Option<&Prompt> {
        match field {
            Field::Width => Some(&self.width),
            Field::Soak => Some(&self.soak),
            Field::Deadline => Some(&self.deadline),
            Field::Reason => Some(&self.reason),
            Field::OnFailure | Field::Gate | Field::Incident => None,
        }
    }

    /// A field's label, its value, and what it means.
    fn texts(&self, field: Field) -> (&'static str, String, String) {
        let yes = |on| if on { "< yes >".to_owned() } else { "< no >".to_owned() };
        match field {
            Field::Width => (
                "at once",
                self.width.text().to_owned(),
                format!("of {}; with a gate, a wave", count(self.apps, "app")),
            ),
            Field::OnFailure => {
                let choice = format!("< {} >", choice(self.options.on_failure));
                ("on failure", choice, words::on_failure(self.options.on_failure).to_owned())
            }
            Field::Soak => (
                "soak",
                self.soak.text().to_owned(),
                "how long an app has to stay healthy before the next: 30s, 5m".to_owned(),
            ),
            Field::Gate => ("gate", yes(self.options.gate), "waits for your key between waves".to_owned()),
            Field::Incident => (
                "incident",
                yes(self.options.incident),
                "rollouts in progress, quota and surge are notes and no warnings".to_owned(),
            ),
            Field::Deadline => (
                "deadline",
                self.deadline.text().to_owned(),
                "how long an app may take, unless its own deadline is longer: 10m".to_owned(),
            ),
            Field::Reason => ("reason", self.reason.text().to_owned(), "why; kept in the record".to_owned()),
        }
    }
}

fn choice(on_failure: OnFailure) -> &'static str {
    match on_failure {
        OnFailure::Stop => "stop",
        OnFailure::Revert => "revert",
        OnFailure::Continue => "continue",
    }
}

fn turned(now: OnFailure, forward: bool) -> OnFailure {
    let (all, len) = (OnFailure::ALL, OnFailure::ALL.len());
    let at = all.iter().position(|choice| *choice == now).unwrap_or(0);
    all[(at + if forward { 1 } else { len - 1 }) % len]
}

/// Reads `45`, `45s`, `10m` or `1h` as seconds.
fn seconds(text: &str) -> Result<u32, String> {
    let text = text.trim();
    let (digits, unit) = match text.chars().last() {
        Some('s') => (&text[..text.len() - 1], 1),
        Some('m') => (&text[..text.len() - 1], 60),
        Some('h') => (&text[..text.len() - 1], 3600),
        _ => (text, 1),
    };
    let number = digits.trim().parse::<u32>().ok().and_then(|number| number.checked_mul(unit));
    number
        .filter(|seconds| *seconds <= 86_400)
        .ok_or(format!("\"{text}\" is no time: write 45s, 10m or 1h, a day at most"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for number in [0, 45, 60, 90, 600, 3600, 86_400] {
            assert_eq!(seconds(&words::seconds(number)), Ok(number));
        }
        assert_eq!(seconds("30"), Ok(30));
        for text in ["", "m", "-1", "2d", "25h", "1.5m", "五"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn choices_go_round_both_ways() {
        assert_eq!(turned(OnFailure::Continue, true), OnFailure::Stop);
        assert_eq!(turned(OnFailure::Stop, false), OnFailure::Continue);
    }
}
