//! The page's state, keys and drawing.

use std::sync::Arc;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    model::{App, AppKey, Event, ObjectRef, Revision},
    text::Clean,
};

use super::parts::{self, Line};
use crate::{
    Action, Command, Ctx, Effect, Message, PageEffect, Room, Scope, Screen,
    fleet::{intent, plan},
    widgets::{
        Scroll,
        text::{age_changes, put, width},
    },
};

/// A part that is read: `None` until it came.
pub(super) type Part<T> = Option<Result<T, Clean>>;

/// The page of one app.
pub struct AppPage {
    pub(super) key: AppKey,
    pub(super) app: Part<Box<App>>,
    pub(super) revisions: Part<Arc<[Revision]>>,
    pub(super) events: Part<Arc<[Event]>>,
    /// The generation that the page was read at.
    pub(super) read_at: Option<i64>,
    scroll: Scroll,
    columns: u16,
    seen: Vec<Line>,
}

impl AppPage {
    /// The page of this app, all parts loading.
    pub fn new(key: AppKey) -> Self {
        Self {
            key,
            app: None,
            revisions: None,
            events: None,
            read_at: None,
            scroll: Scroll::default(),
            columns: 0,
            seen: Vec::new(),
        }
    }

    /// The app: as the fleet has it live, else as it was read.
    pub(super) fn live<'a>(&'a self, ctx: &Ctx<'a>) -> Option<&'a App> {
        let read = self.app.as_ref().and_then(|read| read.as_ref().ok()).map(|app| &**app);
        ctx.fleet.app(&self.key).map(|row| &row.app).or(read)
    }

    fn refresh(&mut self, ctx: &Ctx) -> bool {
        let lines = parts::lines(self, ctx, self.columns.into());
        self.scroll.top = self.scroll.top.min(lines.len().saturating_sub(self.scroll.height));
        let changed = lines != self.seen;
        self.seen = lines;
        changed
    }
}

impl Screen for AppPage {
    fn room(&self) -> Room {
        Room::App
    }

    fn title(&self, _ctx: &Ctx) -> String {
        format!("App {}", self.key)
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Page(PageEffect::Read(self.key.clone()))]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        Some(ObjectRef::app(&self.key))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(intent) = intent(command) {
            return plan(intent, vec![self.key.clone()]);
        }
        if command == Command::Open {
            return vec![Action::Open(Box::new(crate::pods::Pods::new(self.key.clone())))];
        }
        self.scroll.pan(command, self.seen.len());
        self.refresh(ctx);
        Vec::new()
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let mut actions = Vec::new();
        match message {
            Message::Page(key, reply) if *key == self.key => self.take(reply),
            Message::Fleet(_) => {
                if self.is_old(ctx) {
                    actions.push(Action::Effect(Effect::Page(PageEffect::Read(self.key.clone()))));
                }
            }
            Message::Usage(..) | Message::Freshness(..) | Message::Clock(_) => {}
            _ => return (false, actions),
        }
        (self.refresh(ctx), actions)
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.columns = size.0;
        self.scroll.height = size.1.into();
        self.refresh(ctx);
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        self.ages(ctx).into_iter().map(|at| age_changes(at, ctx.clock.now)).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let lines = parts::lines(self, ctx, area.width.into());
        let visible = self.scroll.visible(lines.len());
        let below = lines.len() - visible.end;
        let buffer = frame.buffer_mut();
        for (line, y) in lines[visible].iter().zip(area.y..area.bottom()) {
            let mut x = area.x + 1;
            for cell in line {
                x = put(buffer, area, x, y, &cell.text, ctx.theme.style(cell.scope));
            }
        }
        if below > 0 {
            let text = format!(" {below} more below ");
            let columns = u16::try_from(width(&text)).unwrap_or(0).min(area.width);
            put(buffer, area, area.right() - columns, area.bottom() - 1, &text, ctx.theme.style(Scope::Dim));
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Back, "back"),
            (Command::Open, "pods"),
            (Command::Release, "release"),
            (Command::Rollback, "roll back"),
            (Command::Scale, "scale"),
            (Command::Restart, "restart"),
            (Command::Down, "down"),
            (Command::Help, "help"),
        ]
    }
}
