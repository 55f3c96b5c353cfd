//! The download: what, where to, and how far it is.

use std::sync::Arc;

use ratatui::{
    Frame,
    layout::{Constraint, Rect},
    widgets::{Block, BorderType, Clear},
};
use rolldeck_core::{
    logs::{
        Begin, LogsOf, Reading,
        download::{Compress, Download, Progress, Saved},
    },
    text::Clean,
};

use super::{DownloadEffect, DownloadReply, LogsEffect, LogsId, over::Done, room::Logs, said::size, times::moment};
use crate::{
    Action, Clock, Code, Ctx, Effect, Key, Scope,
    widgets::{
        Dialog, Edited, Prompt,
        text::{count, cut, put},
    },
};

/// Problems that are named; the manifest has all.
const NAMED: usize = 6;

fn effect(effect: DownloadEffect) -> Effect {
    Effect::Logs(LogsEffect::Download(effect))
}

/// Where a download stands.
#[derive(Clone, Debug)]
enum Stand {
    Running(Progress),
    Stopping(Progress),
    Done(Saved),
    Cut(Clean, Saved),
    Failed(Clean),
}

/// A download that was begun.
pub(super) struct Saving {
    pub id: LogsId,
    what: Arc<Download>,
    stand: Stand,
}

impl Saving {
    pub(super) fn start(&self) -> Effect {
        effect(DownloadEffect::Start(self.id, self.what.clone()))
    }

    /// Nobody asks about it any more; what runs is stopped.
    pub(super) fn forget(self) -> Effect {
        effect(DownloadEffect::Forget(self.id))
    }

    pub(super) fn running(&self) -> bool {
        matches!(self.stand, Stand::Running(_) | Stand::Stopping(_))
    }

    pub(super) fn take(&mut self, reply: &DownloadReply) -> Vec<Action> {
        let (stand, note) = match reply {
            DownloadReply::Progress(progress) => {
                let stopping = matches!(self.stand, Stand::Stopping(_));
                let progress = progress.clone();
                self.stand = if stopping { Stand::Stopping(progress) } else { Stand::Running(progress) };
                return Vec::new();
            }
            DownloadReply::Done(saved) => {
                let missing = match saved.problems.len() {
                    0 => String::new(),
                    problems => format!(", {} could not be saved whole", count(problems, "log")),
                };
                let text = format!("{} saved to {}{missing}", count(saved.files, "file"), saved.path);
                (Stand::Done(saved.clone()), (!saved.problems.is_empty(), text))
            }
            DownloadReply::Cut(why, saved) => {
                (Stand::Cut(why.clone(), saved.clone()), (true, format!("the download was cut: {why}")))
            }
            DownloadReply::Failed(why) => (Stand::Failed(why.clone()), (true, why.to_string())),
        };
        self.stand = stand;
        vec![Action::Note(note.0, note.1.into())]
    }

    /// How far it is, for the line of what is said.
    pub(super) fn line(&self) -> (Scope, String) {
        match &self.stand {
            Stand::Running(progress) => (Scope::Busy, format!("download {}", far(progress))),
            Stand::Stopping(_) => (Scope::Warn, "download stops".to_owned()),
            Stand::Done(saved) if saved.problems.is_empty() => (Scope::Good, "download done".to_owned()),
            Stand::Done(saved) => (Scope::Warn, format!("download done, {} missing", saved.problems.len())),
            Stand::Cut(..) => (Scope::Bad, "download cut".to_owned()),
            Stand::Failed(_) => (Scope::Bad, "download failed".to_owned()),
        }
    }

    /// The question what to do about it.
    pub(super) fn dialog(&self) -> Dialog {
        let buttons: &[&str] = match &self.stand {
            Stand::Running(_) => &["Close", "Stop it"],
            Stand::Stopping(_) => &["Close"],
            Stand::Cut(..) => &["Close", "Go on where it was cut", "Another"],
            Stand::Done(_) | Stand::Failed(_) => &["Close", "Another"],
        };
        Dialog::new("Download", Vec::new(), buttons)
    }

    /// Follows a button but the first.
    pub(super) fn chosen(&mut self, button: usize) -> Done {
        match (&self.stand, button) {
            (Stand::Running(progress), 1) => {
                self.stand = Stand::Stopping(progress.clone());
                Done::Act(vec![Action::Effect(effect(DownloadEffect::Cancel(self.id)))])
            }
            (Stand::Cut(..), 1) => {
                self.stand = Stand::Running(Progress::default());
                Done::Act(vec![Action::Effect(effect(DownloadEffect::Resume(self.id)))])
            }
            (Stand::Cut(..), _) | (Stand::Done(_) | Stand::Failed(_), 1) => Done::Form,
            _ => Done::Closed,
        }
    }

    /// All that is known of it, in paragraphs.
    pub(super) fn words(&self, clock: Clock) -> Vec<String> {
        match &self.stand {
            Stand::Running(progress) | Stand::Stopping(progress) => {
                vec![bar(progress), far(progress), format!("now: {}", progress.now), format!("to {}", self.what.to)]
            }
            Stand::Done(saved) => self::saved(saved, clock),
            Stand::Cut(why, saved) => std::iter::once(format!("Cut: {why}")).chain(self::saved(saved, clock)).collect(),
            Stand::Failed(why) => vec![why.to_string()],
        }
    }
}

/// `3/12 files, 41Mi of 80Mi, 12Mi/s`.
fn far(progress: &Progress) -> String {
    let of = progress.of.map(|of| format!(" of {}", size(of))).unwrap_or_default();
    if progress.all == 0 {
        return "begins".to_owned();
    }
    format!("{}/{} files, {}{of}, {}/s", progress.files, progress.all, size(progress.bytes), size(progress.rate))
}

/// A bar of forty columns: of bytes where all are known, else of files.
fn bar(progress: &Progress) -> String {
    let (done, all) = match progress.of {
        Some(of) if of > 0 => (progress.bytes.min(of), of),
        _ => (progress.files as u64, progress.all.max(1) as u64),
    };
    let full = usize::try_from(u128::from(done) * 40 / u128::from(all)).unwrap_or(40).min(40);
    format!("[{}{}] {}%", "█".repeat(full), "·".repeat(40 - full), u128::from(done) * 100 / u128::from(all))
}

fn saved(saved: &Saved, clock: Clock) -> Vec<String> {
    let mut words = vec![format!("{}, {}, in {}", count(saved.files, "file"), size(saved.bytes), saved.path)];
    let of = |source: &rolldeck_core::logs::Source| format!("{}/{} {}", source.namespace, source.pod, source.container);
    for problem in saved.problems.iter().take(NAMED) {
        words.push(format!("✗ {}: {}", of(&problem.source), problem.why));
    }
    for rotated in saved.rotated.iter().take(NAMED) {
        words.push(match rotated.from {
            Some(from) => {
                format!("{} is whole from {} on: the kubelet has no more", of(&rotated.source), moment(from, clock))
            }
            None => format!("{} is empty: the kubelet has just rotated it", of(&rotated.source)),
        });
    }
    let more = saved.problems.len().saturating_sub(NAMED) + saved.rotated.len().saturating_sub(NAMED);
    if more > 0 {
        words.push(format!("and {more} more: the manifest names all"));
    }
    words
}

/// Lines of the form, in order.
const LINES: [&str; 7] = ["stdout", "previous", "files under", "from", "to directory", "packed", ""];

/// What is to be downloaded, before it begins.
pub(super) struct Form {
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
    pub(super) fn new(room: &Logs, ctx: &Ctx) -> Self {
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

    pub(super) fn paste(&mut self, text: &str) {
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

    pub(super) fn key(&mut self, _room: &Logs, _ctx: &Ctx, key: Key) -> Done {
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
        let stand = Stand::Running(Progress::default());
        Done::Start(Box::new(Saving { id: LogsId::new(), what: Arc::new(what), stand }))
    }

    pub(super) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let place = area.centered(Constraint::Length(76.min(area.width)), Constraint::Length(13.min(area.height)));
        frame.render_widget(Clear, place);
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(ctx.theme.style(Scope::Border))
            .style(ctx.theme.style(Scope::Text))
            .title(" Download ")
            .title_style(ctx.theme.style(Scope::Heading));
        frame.render_widget(block, place);
        let inside = Rect {
            x: place.x + 2,
            y: place.y + 1,
            width: place.width.saturating_sub(4),
            height: place.height.saturating_sub(2),
        };
        let style = |scope| ctx.theme.style(scope);
        let cells = frame.buffer_mut();
        let of = match self.of.as_slice() {
            [one] => one.to_string(),
            many => format!(
                "{} and {} more",
                many.first().map(ToString::to_string).unwrap_or_default(),
                many.len().saturating_sub(1)
            ),
        };
        put(cells, inside, inside.x, inside.y, &format!("of {of}"), style(Scope::Heading));
        for (n, y) in (0..LINES.len()).zip(inside.y + 2..inside.bottom()) {
            let under = n == self.at;
            let x = put(cells, inside, inside.x, y, if under { "▸ " } else { "  " }, style(Scope::Key));
            let x = put(
                cells,
                inside,
                x,
                y,
                &format!("{:<13}", LINES[n]),
                style(if under { Scope::Heading } else { Scope::Dim }),
            );
            let field = Rect { x, y, width: inside.right().saturating_sub(x), height: 1 };
            match (n, self.value(n)) {
                (2, _) if self.files && under => self.places.draw(ctx.theme, cells, field),
                (4, _) if under => self.to.draw(ctx.theme, cells, field),
                (_, value) => drop(put(cells, inside, x, y, &cut(&value, field.width.into()), style(Scope::Text))),
            }
        }
        let last = inside.bottom().saturating_sub(1);
        let hint = self.error.unwrap_or("space changes · tab goes on · enter on [Start], or ctrl-s, starts · esc");
        put(cells, inside, inside.x, last, hint, style(if self.error.is_some() { Scope::Bad } else { Scope::Dim }));
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
                Some(begin) => super::said::begin_words(begin),
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
