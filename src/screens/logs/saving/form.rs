//! What is to be downloaded, before it begins.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Constraint, Margin, Rect},
};
use rolldeck_core::logs::{
    Begin, LogsOf, Reading,
    download::{Compress, Download},
};

use super::super::{over::Done, room::Logs, said::begin_words};
use crate::{
    Code, Ctx, Key, Scope, Theme,
    widgets::{
        Edited, Prompt, popup,
        text::{cut, put},
    },
};

/// The form's columns and rows, where there is room for them.
const SIZE: (u16, u16) = (76, 13);

/// Lines of the form, in order.
const LINES: [&str; 7] = ["stdout", "previous", "files under", "from", "to directory", "packed", ""];

/// What is to be downloaded, before it begins.
pub(in super::super) struct Form {
    of: Vec<LogsOf>,
    at: usize,
    stdout: bool,
    previous: bool,
    places: Prompt,
    files: bool,
    /// From where the view reads; none: the whole log is taken.
    begin: Option<Begin>,
    shown: Begin,
    to: Prompt,
    compress: Compress,
    error: Option<&'static str>,
}

impl Form {
    pub(in super::super) fn new(room: &Logs, ctx: &Ctx) -> Self {
        let settings = &ctx.session.logs;
        Self {
            of: room.of.clone(),
            at: LINES.len() - 1,
            stdout: !matches!(room.reading, Reading::Previous | Reading::Files(_)),
            previous: matches!(room.reading, Reading::Previous | Reading::WhyNot),
            files: matches!(room.reading, Reading::Files(_)),
            places: Prompt::new(&settings.directories.join(" ")),
            begin: None,
            shown: room.begin.unwrap_or(settings.begin),
            to: Prompt::new(&settings.download),
            compress: Compress::No,
            error: None,
        }
    }

    pub(in super::super) fn paste(&mut self, text: &str) {
        if let Some(prompt) = self.prompt() {
            prompt.paste(text);
        }
    }

    fn prompt(&mut self) -> Option<&mut Prompt> {
        match self.at {
            2 if self.files => Some(&mut self.places),
            4 => Some(&mut self.to),
            _ => None,
        }
    }

    pub(in super::super) fn key(&mut self, _room: &Logs, _ctx: &Ctx, key: Key) -> Done {
        self.error = None;
        match (key.code, key.ctrl) {
            (Code::Esc, _) => return Done::Closed,
            (Code::Char('s'), true) => return self.start(),
            (Code::Enter, _) if self.at == LINES.len() - 1 => return self.start(),
            (Code::Down | Code::Tab | Code::Enter, _) => self.at = (self.at + 1) % LINES.len(),
            (Code::Up | Code::BackTab, _) => self.at = self.at.checked_sub(1).unwrap_or(LINES.len() - 1),
            (Code::Char(' '), _) if self.at != 4 && !(self.at == 2 && self.files && !self.places.text().is_empty()) => {
                self.toggle();
            }
            _ => {
                if let Some(prompt) = self.prompt() {
                    let _: Edited = prompt.key(key);
                    if self.at == 2 && self.places.text().is_empty() {
                        self.files = false;
                    }
                }
            }
        }
        Done::Open
    }

    fn toggle(&mut self) {
        match self.at {
            0 => self.stdout = !self.stdout,
            1 => self.previous = !self.previous,
            2 => {
                self.files = !self.files;
                if self.files && self.places.text().is_empty() {
                    self.places.set("/var/log");
                }
            }
            3 => self.begin = if self.begin.is_none() { Some(self.shown) } else { None },
            5 => {
                self.compress = match self.compress {
                    Compress::No => Compress::Gzip,
                    Compress::Gzip => Compress::Zstd,
                    Compress::Zstd => Compress::No,
                };
            }
            _ => {}
        }
    }

    fn start(&mut self) -> Done {
        let places: Vec<String> = match self.files {
            true => self.places.text().split_whitespace().map(str::to_owned).collect(),
            false => Vec::new(),
        };
        self.error = match () {
            () if !self.stdout && !self.previous && places.is_empty() => Some("nothing is chosen: space chooses"),
            () if self.to.text().trim().is_empty() => {
                Some("a directory is missing: \".\" is the one that this console runs in")
            }
            () => None,
        };
        if self.error.is_some() {
            return Done::Open;
        }
        let what = Download {
            of: self.of.clone(),
            container: None,
            stdout: self.stdout,
            previous: self.previous,
            places,
            begin: self.begin.unwrap_or(Begin::Head),
            to: self.to.text().trim().to_owned(),
            compress: self.compress,
        };
        Done::Start(Box::new(what))
    }

    pub(in super::super) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let inside = framed(ctx.theme, frame, area);
        let cells = frame.buffer_mut();
        let of = match self.of.as_slice() {
            [one] => one.to_string(),
            many => format!(
                "{} and {} more",
                many.first().map(ToString::to_string).unwrap_or_default(),
                many.len().saturating_sub(1)
            ),
        };
        put(cells, inside, inside.x, inside.y, &format!("of {of}"), ctx.theme.style(Scope::Heading));
        for (n, y) in (0..LINES.len()).zip(inside.y + 2..inside.bottom()) {
            self.draw_line(ctx.theme, cells, inside, (n, y));
        }
        let last = inside.bottom().saturating_sub(1);
        let hint = self.error.unwrap_or("space changes · tab goes on · enter on [Start], or ctrl-s, starts · esc");
        let scope = if self.error.is_some() { Scope::Bad } else { Scope::Dim };
        put(cells, inside, inside.x, last, hint, ctx.theme.style(scope));
    }

    fn draw_line(&self, theme: &Theme, cells: &mut Buffer, inside: Rect, (n, y): (usize, u16)) {
        let under = n == self.at;
        let style = |scope| theme.style(scope);
        let x = put(cells, inside, inside.x, y, if under { "▸ " } else { "  " }, style(Scope::Key));
        let scope = if under { Scope::Heading } else { Scope::Dim };
        let x = put(cells, inside, x, y, &format!("{:<13}", LINES[n]), style(scope));
        let field = Rect { x, y, width: inside.right().saturating_sub(x), height: 1 };
        match n {
            2 if self.files && under => self.places.draw(theme, cells, field),
            4 if under => self.to.draw(theme, cells, field),
            _ => drop(put(cells, inside, x, y, &cut(&self.value(n), field.width.into()), style(Scope::Text))),
        }
    }

    fn value(&self, line: usize) -> String {
        let yes = |on| if on { "yes" } else { "no" }.to_owned();
        match line {
            0 => yes(self.stdout),
            1 => yes(self.previous),
            2 if self.files => self.places.text().to_owned(),
            2 => yes(false),
            3 => match self.begin {
                None => "the beginning: the whole log".to_owned(),
                Some(begin) => begin_words(begin),
            },
            4 => self.to.text().to_owned(),
            5 => match self.compress {
                Compress::No => "no",
                Compress::Gzip => "gzip",
                Compress::Zstd => "zstd",
            }
            .to_owned(),
            _ => "[Start]".to_owned(),
        }
    }
}

/// The frame of the form, and what is within.
fn framed(theme: &Theme, frame: &mut Frame, area: Rect) -> Rect {
    let place = area.centered(Constraint::Length(SIZE.0.min(area.width)), Constraint::Length(SIZE.1.min(area.height)));
    popup(theme, frame, place, "Download").inner(Margin::new(1, 0))
}
