//! The form: what is copied, where to, and in which containers; of an upload also the question before it.

use std::collections::BTreeSet;

use ratatui::{
    Frame,
    layout::{Constraint, Rect},
    widgets::{Block, BorderType, Clear},
};
use rolldeck_core::{
    batch::guard::{Guard, name_to_type},
    shell::{CopyOptions, CopyWanted, Copying, Place},
    text::Clean,
};

use crate::{
    Action, Code, Command, CopyAction, Ctx, Key, Room, Scope, Screen,
    widgets::{
        Answer, Dialog, Prompt, Scroll,
        text::{count, put, wrap},
    },
};

/// Columns of the form at most.
const COLUMNS: u16 = 76;
/// Columns of what stands before a field.
const LABEL: usize = 20;
/// Rows of containers at most.
const PLACES: u16 = 8;

/// Asks for a copy in those of these containers that are marked; `line` has both paths, in the order in which they are asked for,
/// as far as they are known.
///
/// # Errors
/// Where nothing may be copied, or there is nowhere to copy it.
pub fn ask(ctx: &Ctx, way: Copying, line: &str, places: Vec<(Place, bool)>) -> Result<Box<dyn Screen>, String> {
    if ctx.session.readonly && way == Copying::Upload {
        return Err("this session is read-only: nothing is uploaded from here".to_owned());
    }
    if places.is_empty() {
        return Err("no container runs under the cursor or in what is marked".to_owned());
    }
    let namespaces: BTreeSet<Clean> = places.iter().map(|(place, _)| place.pod.namespace.clone()).collect();
    let (guard, rule) = ctx.guard(&namespaces);
    // Of several namespaces, those that are guarded can be left out.
    if (way, guard, namespaces.len()) == (Copying::Upload, Guard::ReadOnly, 1) {
        return Err(format!("nothing is uploaded here: {rule}"));
    }
    let (from, to) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
    Ok(Box::new(Form::new(way, from, to.trim(), places)))
}

/// [`ask`] for the container of a session; why nothing is copied there is said.
pub fn of_place(ctx: &Ctx, way: Copying, place: &Place) -> Vec<Action> {
    match ask(ctx, way, "", vec![(place.clone(), true)]) {
        Ok(form) => vec![Action::Open(form)],
        Err(why) => vec![Action::Note(true, why.into())],
    }
}

/// What is typed into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    From,
    To,
    Places,
}

/// The form over the room that asked.
struct Form {
    way: Copying,
    from: Prompt,
    to: Prompt,
    places: Vec<(Place, bool)>,
    focus: Focus,
    scroll: Scroll,
    wrong: Option<String>,
    question: Option<Dialog>,
}

impl Form {
    fn new(way: Copying, from: &str, to: &str, places: Vec<(Place, bool)>) -> Self {
        let to = match (to, way) {
            ("", Copying::Download) => "./",
            (to, _) => to,
        };
        let focus = if from.is_empty() { Focus::From } else { Focus::To };
        let (from, to) = (Prompt::new(from), Prompt::new(to));
        Self { way, from, to, places, focus, scroll: Scroll::default(), wrong: None, question: None }
    }

    /// What the fields ask for, one for each container that is marked.
    fn wanted(&self) -> Result<Vec<CopyWanted>, String> {
        let (from, to) = (self.from.text().trim(), self.to.text().trim());
        let (here, there) = match self.way {
            Copying::Download => (to, from),
            Copying::Upload => (from, to),
        };
        if here.is_empty() {
            return Err("a path of this machine is needed".to_owned());
        }
        if !there.starts_with('/') {
            return Err("the path in the container begins with /".to_owned());
        }
        let marked: Vec<&Place> = self.places.iter().filter(|(_, marked)| *marked).map(|(place, _)| place).collect();
        if marked.is_empty() {
            return Err("no container is marked: tab goes to them, space marks one".to_owned());
        }
        let copy = |place: &Place| CopyWanted {
            way: self.way,
            place: place.clone(),
            here: if self.way == Copying::Download { below(here, place, &marked) } else { here.to_owned() },
            there: there.to_owned(),
            options: CopyOptions::default(),
        };
        Ok(marked.iter().map(|place| copy(place)).collect())
    }

    fn go_on(&mut self, ctx: &Ctx) -> Vec<Action> {
        let wanted = match self.wanted() {
            Ok(wanted) => wanted,
            Err(wrong) => {
                self.wrong = Some(wrong);
                return Vec::new();
            }
        };
        match self.way {
            Copying::Download => vec![Action::Back, Action::Copies(CopyAction::Start(wanted))],
            Copying::Upload => {
                match question(ctx, &wanted, false) {
                    Ok(dialog) => self.question = Some(dialog),
                    Err(wrong) => self.wrong = Some(wrong),
                }
                Vec::new()
            }
        }
    }

    fn next(&mut self, back: bool) {
        let order: &[Focus] = match self.places.len() {
            1 => &[Focus::From, Focus::To],
            _ => &[Focus::From, Focus::To, Focus::Places],
        };
        let at = order.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        let step = if back { order.len() - 1 } else { 1 };
        self.focus = order[(at + step) % order.len()];
    }

    fn on_places(&mut self, key: Key) {
        let all = self.places.iter().all(|(_, marked)| *marked);
        match key.code {
            Code::Up | Code::Char('k') => drop(self.scroll.command(Command::Up, self.places.len())),
            Code::Down | Code::Char('j') => drop(self.scroll.command(Command::Down, self.places.len())),
            Code::Char('*') => self.places.iter_mut().for_each(|(_, marked)| *marked = !all),
            Code::Char(' ') => {
                if let Some((_, marked)) = self.places.get_mut(self.scroll.cursor) {
                    *marked = !*marked;
                }
                self.scroll.command(Command::Down, self.places.len());
            }
            _ => {}
        }
    }

    fn labels(&self) -> [&'static str; 2] {
        match self.way {
            Copying::Download => ["Path in container", "Into directory here"],
            Copying::Upload => ["Path of this machine", "Path in container"],
        }
    }

    fn title_of(&self) -> String {
        let what = match self.way {
            Copying::Download => "Download from",
            Copying::Upload => "Upload to",
        };
        let marked: Vec<&Place> = self.places.iter().filter(|(_, marked)| *marked).map(|(place, _)| place).collect();
        match marked.as_slice() {
            [one] => format!("{what} {one}"),
            many => format!("{what} {}", count(many.len(), "container")),
        }
    }

    fn words(&self) -> Vec<(Scope, String)> {
        let how = match self.way {
            Copying::Download => {
                "A file, or a directory with all below it, comes into that directory. Nothing that is there is replaced unasked; \
                 links are not followed."
            }
            Copying::Upload => {
                "A file, or a directory with all below it. A path that ends with / is a directory to put it into. Nothing that is \
                 there is replaced unasked; links are not followed."
            }
        };
        let several = (self.way == Copying::Download && self.places.len() > 1)
            .then_some((Scope::Dim, "Of several, each goes into a directory of its pod's name.".to_owned()));
        let wrong = self.wrong.iter().map(|wrong| (Scope::Bad, format!("✗ {wrong}")));
        let keys = match self.places.len() {
            1 => "tab: the other field · enter: goes on · esc: back",
            _ => "tab: next · space: marks · *: all · enter: goes on · esc: back",
        };
        std::iter::once((Scope::Dim, how.to_owned()))
            .chain(several)
            .chain([(Scope::Dim, keys.to_owned())])
            .chain(wrong)
            .collect()
    }
}

/// Where the copy of one of several containers goes: below its pod's name, and its namespace's where the name is in two.
fn below(here: &str, place: &Place, all: &[&Place]) -> String {
    if all.len() == 1 {
        return here.to_owned();
    }
    let here = here.trim_end_matches('/');
    let (namespace, name) = (&place.pod.namespace, &place.pod.name);
    let twice = all.iter().any(|other| other.pod.name == *name && other.pod.namespace != *namespace);
    if twice { format!("{here}/{namespace}/{name}") } else { format!("{here}/{name}") }
}

/// The question before an upload into these.
///
/// # Errors
/// Where a guard lets none of it happen.
pub(super) fn question(ctx: &Ctx, wanted: &[CopyWanted], overwrite: bool) -> Result<Dialog, String> {
    let namespaces: BTreeSet<Clean> = wanted.iter().map(|wanted| wanted.place.pod.namespace.clone()).collect();
    let (guard, rule) = ctx.guard(&namespaces);
    let [first, ..] = wanted else { return Err("nothing is to be copied".to_owned()) };
    let upload = first.way == Copying::Upload;
    if upload && guard == Guard::ReadOnly {
        return Err(format!("nothing is uploaded here: {rule}"));
    }
    let whom = match wanted {
        [one] => one.place.to_string(),
        many => format!("{} of {}", count(many.len(), "container"), count(namespaces.len(), "namespace")),
    };
    let mut body = vec![super::words::way(first), format!("{whom}, in context {}.", ctx.session.context)];
    body.push(match (overwrite, upload) {
        (true, true) => "Files of the same names in the container are replaced.".to_owned(),
        (true, false) => "Files of the same names on this machine are replaced.".to_owned(),
        (false, _) => "Nothing that is there is replaced.".to_owned(),
    });
    if upload {
        body.push("It is not recorded in a journal, and cannot be taken back.".to_owned());
    }
    if !rule.is_empty() && upload {
        body.push(format!("Guarded: {rule}."));
    }
    let verb = if overwrite { "Replace" } else { "Upload" };
    let title = match overwrite {
        true => "Replace what is there?".to_owned(),
        false => format!("Upload to {}?", count(wanted.len(), "container")),
    };
    let dialog = Dialog::new(&title, body, &["Cancel", verb]);
    Ok(match (guard, wanted.len()) {
        (Guard::Type, _) if upload => dialog.expecting(&name_to_type(&ctx.session.context, &namespaces)),
        (_, 1) => dialog,
        (_, many) => dialog.expecting(&many.to_string()),
    })
}

impl Screen for Form {
    fn room(&self) -> Room {
        Room::Copies
    }

    fn typing(&self) -> bool {
        true
    }

    fn floats(&self) -> bool {
        true
    }

    fn title(&self, _ctx: &Ctx) -> String {
        self.title_of()
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        if let Some(dialog) = &mut self.question {
            let answer =
                if (key.ctrl || key.alt) && key.code != Code::Backspace { Answer::Open } else { dialog.key(key) };
            return match answer {
                Answer::Open => Vec::new(),
                Answer::Chosen(1) => {
                    let wanted = self.wanted().unwrap_or_default();
                    vec![Action::Back, Action::Copies(CopyAction::Start(wanted))]
                }
                Answer::Chosen(_) | Answer::Cancelled => {
                    self.question = None;
                    Vec::new()
                }
            };
        }
        match key.code {
            Code::Esc => return vec![Action::Back],
            Code::Enter => return self.go_on(ctx),
            Code::Tab => self.next(false),
            Code::BackTab => self.next(true),
            _ => {
                self.wrong = None;
                match self.focus {
                    Focus::From => drop(self.from.key(key)),
                    Focus::To => drop(self.to.key(key)),
                    Focus::Places => self.on_places(key),
                }
            }
        }
        Vec::new()
    }

    fn paste(&mut self, _ctx: &Ctx, text: &str) -> Vec<Action> {
        match self.focus {
            _ if self.question.is_some() => {}
            Focus::From => drop(self.from.paste(text)),
            Focus::To => drop(self.to.paste(text)),
            Focus::Places => {}
        }
        Vec::new()
    }

    fn resize(&mut self, _ctx: &Ctx, _size: (u16, u16)) {
        self.scroll.resize(usize::from(PLACES), self.places.len());
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let columns = area.width.min(COLUMNS);
        let inner = usize::from(columns.saturating_sub(4)).max(1);
        let words: Vec<(Scope, String)> = self
            .words()
            .into_iter()
            .flat_map(|(scope, text)| wrap(&text, inner).into_iter().map(move |line| (scope, line)))
            .collect();
        let places = match self.places.len() {
            1 => 0,
            many => u16::try_from(many).unwrap_or(PLACES).min(PLACES) + 1,
        };
        let rows = u16::try_from(words.len()).unwrap_or(area.height).saturating_add(5 + places).min(area.height);
        let place = area.centered(Constraint::Length(columns), Constraint::Length(rows));
        frame.render_widget(Clear, place);
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(ctx.theme.style(Scope::Border))
            .style(ctx.theme.style(Scope::Text))
            .title(format!(" {} ", self.title_of()))
            .title_style(ctx.theme.style(Scope::Heading));
        frame.render_widget(block, place);
        let inside =
            Rect { x: place.x + 2, y: place.y + 1, width: columns.saturating_sub(4), height: rows.saturating_sub(2) };
        let buffer = frame.buffer_mut();
        let [from, to] = self.labels();
        let fields = [(from, &self.from, self.focus == Focus::From), (to, &self.to, self.focus == Focus::To)];
        for ((label, field, focus), y) in fields.into_iter().zip(inside.y..inside.bottom()) {
            let sign = if focus { "▸ " } else { "  " };
            let x = put(buffer, inside, inside.x, y, &format!("{sign}{label:<LABEL$} "), ctx.theme.style(Scope::Text));
            match focus {
                true => {
                    field.draw(ctx.theme, buffer, Rect { x, y, width: inside.right().saturating_sub(x), height: 1 })
                }
                false => drop(put(buffer, inside, x, y, field.text(), ctx.theme.style(Scope::Text))),
            }
        }
        let mut y = inside.y + 3;
        if places > 0 {
            for n in self.scroll.visible(self.places.len()) {
                let (place, marked) = &self.places[n];
                let under = self.focus == Focus::Places && n == self.scroll.cursor;
                let sign = format!("{}{} ", if under { "▸ " } else { "  " }, if *marked { "◆" } else { " " });
                let scope = match (under, marked) {
                    (true, _) => Scope::Cursor,
                    (false, true) => Scope::Marked,
                    (false, false) => Scope::Text,
                };
                put(buffer, inside, inside.x, y, &format!("{sign}{place}"), ctx.theme.style(scope));
                y += 1;
            }
            y += 1;
        }
        for ((scope, line), y) in words.iter().zip(y..inside.bottom()) {
            put(buffer, inside, inside.x, y, line, ctx.theme.style(*scope));
        }
        if let Some(dialog) = &self.question {
            dialog.draw(ctx.theme, frame, area);
        }
    }
}
