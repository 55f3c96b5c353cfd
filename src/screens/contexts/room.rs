//! The list, its keys and its drawing.

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{model::KubeContext, text::Clean};

use super::ContextsEffect;
use crate::{
    Action, Command, Ctx, Effect, List, Message, Room, Scope, Screen,
    plan::sheet,
    widgets::{
        Scroll,
        text::{count, wrap},
    },
};

/// Columns before the names: the cursor, and the sign of the present context.
const GUTTER: &str = "  ";

/// The contexts.
#[derive(Default)]
pub struct Contexts {
    scroll: Scroll,
    /// The one under the cursor, once the cursor was moved.
    at: Option<Clean>,
    /// Where to go at once.
    to: Option<Clean>,
    /// Why they cannot be read, the last time.
    error: Option<Clean>,
    size: (u16, u16),
}

impl Contexts {
    /// The list; with a name it goes there at once.
    pub fn new(to: Option<Clean>) -> Self {
        Self { to, ..Self::default() }
    }

    fn place(&mut self, ctx: &Ctx) {
        let wanted = self.at.as_ref().unwrap_or(&ctx.session.context);
        if let Some(place) = ctx.contexts.iter().position(|context| context.name == *wanted) {
            self.scroll.cursor = place;
        }
        let above = 1 + self.notes(self.size.0.into()).len();
        self.scroll.resize(usize::from(self.size.1).saturating_sub(above), ctx.contexts.len());
    }

    fn current<'a>(&self, ctx: &Ctx<'a>) -> Option<&'a KubeContext> {
        ctx.contexts.get(self.scroll.cursor)
    }

    /// Why they cannot be read, in lines of so many columns.
    fn notes(&self, columns: usize) -> Vec<String> {
        let why =
            self.error.as_ref().map(|why| wrap(&format!("✗ they cannot be read: {why}"), columns.saturating_sub(2)));
        why.unwrap_or_default()
    }

    fn switch(name: &Clean) -> Action {
        Action::Effect(Effect::Contexts(ContextsEffect::Switch(name.clone())))
    }
}

/// What waits in a context, or what it is to the kubeconfigs.
fn state(ctx: &Ctx, context: &KubeContext) -> (Scope, String) {
    if context.name == ctx.session.context {
        return (Scope::Good, "here".to_owned());
    }
    match ctx.parked.iter().find(|parked| parked.context == context.name) {
        Some(parked) if parked.holds.is_empty() => (Scope::Busy, "parked".to_owned()),
        Some(parked) => (Scope::Warn, format!("parked: {}", parked.holds)),
        None if context.default => (Scope::Dim, "the kubeconfig's current one".to_owned()),
        None => (Scope::Dim, String::new()),
    }
}

impl Screen for Contexts {
    fn room(&self) -> Room {
        Room::Contexts
    }

    fn title(&self, ctx: &Ctx) -> String {
        match ctx.contexts.len() {
            0 => "Contexts".to_owned(),
            n => format!("Contexts: {n}"),
        }
    }

    fn entered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.place(ctx);
        let switch = self.to.take().map(|name| Effect::Contexts(ContextsEffect::Switch(name)));
        std::iter::once(Effect::Contexts(ContextsEffect::Read)).chain(switch).collect()
    }

    fn copied(&self, ctx: &Ctx) -> Option<String> {
        self.current(ctx).map(|context| context.name.to_string())
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        let top = u16::try_from(1 + self.notes(self.size.0.into()).len()).unwrap_or(1);
        (!ctx.contexts.is_empty()).then(|| List::new(&self.scroll, ctx.contexts.len(), top))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        match command {
            Command::Open => return self.current(ctx).map(|context| Self::switch(&context.name)).into_iter().collect(),
            Command::Reread => return vec![Action::Effect(Effect::Contexts(ContextsEffect::Read))],
            movement => {
                self.scroll.command(movement, ctx.contexts.len());
                self.at = self.current(ctx).map(|context| context.name.clone());
            }
        }
        Vec::new()
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Contexts(read) => {
                self.error = read.as_ref().err().cloned();
                self.place(ctx);
                (true, Vec::new())
            }
            Message::Parked(_) => (true, Vec::new()),
            _ => (false, Vec::new()),
        }
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.place(ctx);
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let mut lines: Vec<_> =
            self.notes(columns).into_iter().map(|text| sheet::line(ctx, Scope::Bad, format!(" {text}"))).collect();
        if ctx.contexts.is_empty() {
            if self.error.is_none() {
                let said = "No kubeconfig names a context: this console is in a pod, with its service account.";
                lines.extend(sheet::note(ctx, Scope::Text, 1, said, columns));
            }
            return sheet::draw(ctx, frame, area, &lines, 0, None);
        }
        let words: Vec<_> = ctx.contexts.iter().map(|context| state(ctx, context)).collect();
        let widest =
            |of: &dyn Fn(&KubeContext) -> &str, title: &str| sheet::widest(ctx.contexts.iter().map(of).chain([title]));
        let wanted = [
            widest(&|context| &context.name, "CONTEXT"),
            sheet::widest(words.iter().map(|(_, text)| text.as_str()).chain(["STATE"])),
            widest(&|context| &context.namespace, "NAMESPACE"),
            widest(&|context| &context.user, "USER"),
            widest(&|context| &context.server, "SERVER"),
        ];
        let widths = sheet::shares(&wanted, columns.saturating_sub(GUTTER.len() + 2 * wanted.len()), 8);
        let titles = ["CONTEXT", "STATE", "NAMESPACE", "USER", "SERVER"];
        let heading: Vec<_> =
            titles.iter().zip(&widths).map(|(title, width)| (*title, *width, Scope::Heading)).collect();
        lines.push(indented(sheet::cells(ctx, &heading), GUTTER));
        let first = lines.len();
        for (context, (scope, said)) in ctx.contexts.iter().zip(&words) {
            let here = context.name == ctx.session.context;
            let name = if here { Scope::Marked } else { Scope::Text };
            let texts = [
                (&*context.name, name),
                (said.as_str(), *scope),
                (&*context.namespace, Scope::Text),
                (&*context.user, Scope::Text),
                (&*context.server, Scope::Dim),
            ];
            let cells: Vec<_> =
                texts.iter().zip(&widths).map(|((text, scope), width)| (*text, *width, *scope)).collect();
            lines.push(indented(sheet::cells(ctx, &cells), if here { "● " } else { GUTTER }));
        }
        let (head, rows) = lines.split_at(first);
        let (above, below) = (u16::try_from(first).unwrap_or(0), area.height.saturating_sub(first as u16));
        sheet::draw(ctx, frame, area, head, 0, None);
        let place = Rect { y: area.y + above, height: below, ..area };
        sheet::draw(ctx, frame, place, rows, self.scroll.top, Some(self.scroll.cursor));
    }

    fn hints(&self, ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let mut hints = vec![(Command::Open, "go there"), (Command::Back, "back"), (Command::Reread, "read again")];
        if ctx.contexts.is_empty() {
            hints.remove(0);
        }
        hints
    }
}

fn indented(line: Line<'static>, sign: &'static str) -> Line<'static> {
    Line::from_iter(std::iter::once(sign.into()).chain(line.spans))
}

/// What waits in a context that is being left, in words: so many of each, and a batch in flight. Empty where nothing does.
pub(crate) fn holds(counts: &[(usize, &str)], batch: bool) -> Clean {
    let some = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(*n, what));
    some.chain(batch.then(|| "a batch in flight".to_owned())).collect::<Vec<_>>().join(", ").into()
}
