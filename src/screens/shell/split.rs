//! The logs of a pod beside its shell: below it, or to its right where there is room.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{Time, logs::Reading, model::ObjectRef, shell::Place};

use super::{
    ShellAction, Tab,
    room::{Mode, ShellRoom},
};
use crate::{
    Action, Click, Command, Ctx, Effect, Key, Message, Mouse, Scope, Screen,
    logs::{Logs, of_object},
    widgets::text::{cut, name, put, width},
};

/// Columns from which on both stand side by side.
const WIDE: u16 = 120;
/// Rows from which on one stands above the other.
const TALL: u16 = 12;
/// Lines that a notch of the wheel moves.
const NOTCH: usize = 3;

/// How a room is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The line of the shells, and the terminal.
    pub shell: Rect,
    /// The line over the logs.
    pub head: Rect,
    /// The logs.
    pub logs: Rect,
}

/// The parts of a room; none where it is too small for two.
pub(super) fn parts(area: Rect) -> Option<Parts> {
    if area.width >= WIDE && area.height > 2 {
        let columns = area.width / 2;
        let right = Rect { x: area.x + columns + 1, width: area.width - columns - 1, ..area };
        let head = Rect { height: 1, ..right };
        let logs = Rect { y: area.y + 1, height: area.height - 1, ..right };
        return Some(Parts { shell: Rect { width: columns, ..area }, head, logs });
    }
    if area.height < TALL {
        return None;
    }
    let rows = area.height / 2 + 1;
    let shell = Rect { height: rows, ..area };
    let head = Rect { y: area.y + rows, height: 1, ..area };
    let logs = Rect { y: area.y + rows + 1, height: area.height - rows - 1, ..area };
    Some(Parts { shell, head, logs })
}

/// The columns and rows that shells have of a room.
pub(super) fn of_shells((columns, rows): (u16, u16)) -> (u16, u16) {
    let whole = Rect::new(0, 0, columns, rows);
    let shell = parts(whole).map_or(whole, |parts| parts.shell);
    (shell.width, shell.height)
}

/// The logs that stand beside the shells.
pub(super) struct Beside {
    logs: Logs,
    of: Place,
    /// Keys go to the logs.
    focus: bool,
}

impl Beside {
    /// When the logs read differently by the passing of time alone.
    pub(super) fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        self.logs.wake_at(ctx)
    }
}

impl ShellRoom {
    fn parts(&self) -> Option<Parts> {
        parts(Rect::new(0, 0, self.size.0, self.size.1))
    }

    /// The logs, where keys go to them.
    pub(super) fn logs(&self) -> Option<&Logs> {
        self.beside.as_ref().filter(|beside| beside.focus).map(|beside| &beside.logs)
    }

    pub(super) fn logs_mut(&mut self) -> Option<&mut Logs> {
        self.beside.as_mut().filter(|beside| beside.focus).map(|beside| &mut beside.logs)
    }

    /// Keys go to the container again.
    pub(super) fn focus_shell(&mut self) {
        if let Some(beside) = &mut self.beside {
            beside.focus = false;
        }
    }

    /// Opens the logs beside it, or closes them.
    pub(super) fn split(&mut self, ctx: &Ctx, tab: &Tab) -> Vec<Action> {
        if self.beside.is_some() {
            return self.join();
        }
        if self.parts().is_none() {
            return vec![Action::Note(false, format!("too small for two: {TALL} rows are needed").into())];
        }
        let effects = self.read_beside(ctx, tab);
        std::iter::once(Action::Shell(ShellAction::Split(true)))
            .chain(effects.into_iter().map(Action::Effect))
            .collect()
    }

    /// Closes the logs: the terminal has all again.
    pub(super) fn join(&mut self) -> Vec<Action> {
        let ended = self.beside.take().map(|mut beside| beside.logs.left()).unwrap_or_default();
        std::iter::once(Action::Shell(ShellAction::Split(false))).chain(ended.into_iter().map(Action::Effect)).collect()
    }

    fn read_beside(&mut self, ctx: &Ctx, tab: &Tab) -> Vec<Effect> {
        let pod = ObjectRef::pod(&tab.place.pod.namespace, &tab.place.pod.name);
        let mut logs = Logs::new(of_object(&pod).into_iter().collect(), Reading::Stdout);
        if let Some(parts) = self.parts() {
            logs.resize(ctx, (parts.logs.width, parts.logs.height));
        }
        let effects = logs.entered(ctx);
        self.beside = Some(Beside { logs, of: tab.place.clone(), focus: false });
        effects
    }

    /// The room opens, or is come back to: what stood beside is read again.
    pub(super) fn entered_beside(&mut self, ctx: &Ctx) -> Vec<Effect> {
        match (&mut self.beside, ctx.shells.current()) {
            (Some(beside), Some(tab)) if ctx.shells.is_split() && beside.of.pod == tab.place.pod => {
                beside.logs.entered(ctx)
            }
            (_, Some(tab)) if ctx.shells.is_split() => self.read_beside(ctx, tab),
            _ => {
                self.beside = None;
                Vec::new()
            }
        }
    }

    /// The logs beside it become those of the pod of the session that is looked at.
    pub(super) fn follow_session(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (Some(beside), Some(tab)) = (&mut self.beside, ctx.shells.current()) else { return Vec::new() };
        if beside.of.pod == tab.place.pod {
            return Vec::new();
        }
        let (mut effects, focus) = (beside.logs.left(), beside.focus);
        effects.extend(self.read_beside(ctx, tab));
        self.beside = self.beside.take().map(|beside| Beside { focus, ..beside });
        effects
    }

    pub(super) fn left_beside(&mut self) -> Vec<Effect> {
        self.beside.as_mut().map(|beside| beside.logs.left()).unwrap_or_default()
    }

    pub(super) fn resize_beside(&mut self, ctx: &Ctx) {
        let whole = Rect::new(0, 0, self.size.0, self.size.1);
        let logs = self.parts().map_or(whole, |parts| parts.logs);
        if let Some(beside) = &mut self.beside {
            beside.logs.resize(ctx, (logs.width, logs.height));
        }
    }

    pub(super) fn message_beside(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let Some(beside) = &mut self.beside else { return (false, Vec::new()) };
        let (changed, actions) = beside.logs.message(ctx, message);
        (changed, self.of_logs(actions))
    }

    /// What the logs want: they stand in no place of their own, so that leaving them is to close them.
    fn of_logs(&mut self, actions: Vec<Action>) -> Vec<Action> {
        let mut out = Vec::new();
        for action in actions {
            match action {
                Action::Back => out.extend(self.join()),
                Action::Replace(room) => out.push(Action::Open(room)),
                action => out.push(action),
            }
        }
        out
    }

    /// To the logs, and back.
    pub(super) fn other_part(&mut self) -> Vec<Action> {
        match &mut self.beside {
            Some(beside) => {
                beside.focus = !beside.focus;
                Vec::new()
            }
            None => vec![Action::Note(false, "nothing stands beside it".into())],
        }
    }

    /// A key for the logs: as their room would take it.
    pub(super) fn key_of_logs(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some(logs) = self.logs_mut() else { return Vec::new() };
        if logs.typing() {
            let actions = logs.key(ctx, key);
            return self.of_logs(actions);
        }
        ctx.keymap.command(logs.room(), key).map(Action::Command).into_iter().collect()
    }

    /// A command for the logs.
    pub(super) fn command_of_logs(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let Some(logs) = self.logs_mut() else { return Vec::new() };
        if command == Command::Back && !logs.takes_back() {
            self.focus_shell();
            return Vec::new();
        }
        let actions = logs.command(ctx, command);
        self.of_logs(actions)
    }

    /// What the mouse does at the logs; `None` where it is not there. A press there brings the keys, too.
    pub(super) fn mouse_of_logs(&mut self, ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        let parts = self.parts()?;
        let beside = self.beside.as_mut()?;
        let at = (mouse.column, mouse.row).into();
        let press = mouse.click == Click::Press;
        if parts.shell.contains(at) {
            beside.focus &= !press;
            return None;
        }
        beside.focus |= press;
        if !parts.logs.contains(at) {
            return Some(Vec::new());
        }
        let inside = Mouse { column: mouse.column - parts.logs.x, row: mouse.row - parts.logs.y, ..mouse };
        let actions = match beside.logs.mouse(ctx, inside) {
            Some(actions) => actions,
            None => moved(&mut beside.logs, ctx, inside),
        };
        Some(self.of_logs(actions))
    }

    /// Draws the logs, and the line over them.
    pub(super) fn draw_beside(&self, ctx: &Ctx, frame: &mut Frame, Parts { shell, head, logs }: Parts) {
        let Some(beside) = &self.beside else { return };
        let style = |scope| ctx.theme.style(scope);
        let buffer = frame.buffer_mut();
        if logs.y == shell.y + 1 {
            for y in shell.y..shell.bottom() {
                put(buffer, Rect { x: shell.right(), width: 1, ..shell }, shell.right(), y, "│", style(Scope::Border));
            }
        }
        let prefix = ctx.shells.settings.prefix;
        let keys =
            ctx.keymap.key(crate::Room::Shell, Command::OtherPart).map(|key| key.to_string()).unwrap_or_default();
        let (scope, to) = match (beside.focus, &self.mode) {
            (true, Mode::Prefix) => (Scope::Key, "a command of the console".to_owned()),
            (true, _) => (Scope::Heading, format!("{prefix} {keys}: to the shell")),
            (false, _) => (Scope::Dim, format!("{prefix} {keys}: here")),
        };
        let room = usize::from(head.width).saturating_sub(width(&to) + 17);
        let title = format!("── logs of {} · {to} ", name(&beside.of.pod.to_string(), room).trim_end());
        let x = put(buffer, head, head.x, head.y, &cut(&title, head.width.into()), style(scope));
        put(buffer, head, x, head.y, &"─".repeat(head.right().saturating_sub(x).into()), style(scope));
        beside.logs.draw(ctx, frame, logs);
    }
}

/// The wheel and a press, as on a screen of their own.
fn moved(logs: &mut Logs, ctx: &Ctx, mouse: Mouse) -> Vec<Action> {
    let (command, times) = match mouse.click {
        Click::WheelUp => (Command::Up, NOTCH),
        Click::WheelDown => (Command::Down, NOTCH),
        Click::Press => {
            let Some(list) = logs.list(ctx) else { return Vec::new() };
            let Some(line) = list.line(mouse.row) else { return Vec::new() };
            let command = if line < list.cursor { Command::Up } else { Command::Down };
            (command, line.abs_diff(list.cursor))
        }
        _ => return Vec::new(),
    };
    (0..times).flat_map(|_| logs.command(ctx, command)).collect()
}
