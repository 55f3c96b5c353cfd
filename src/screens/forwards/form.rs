//! The form: which port of a pod, and where it listens here.

use std::ops::Range;

use ratatui::{
    Frame,
    layout::{Constraint, Margin, Rect},
};
use rolldeck_core::{
    act::PodId,
    batch::guard::Guard,
    kept::{Kept, Name},
    model::PodDetail,
    shell::{ForwardWanted, Place},
    text::Clean,
};

use crate::{
    Action, Code, ContainersEffect, ContainersReply, Ctx, Effect, Key, Message, Room, Scope, Screen,
    widgets::{
        Prompt, popup,
        text::{put, wrap},
    },
};

/// Asks which port of a pod is forwarded, where read-only mode and the guards let it.
pub fn ask(ctx: &Ctx, pod: PodId) -> Vec<Action> {
    if ctx.session.readonly {
        return vec![Action::Note(true, "This session is read-only: no port is forwarded from here.".into())];
    }
    if let (Guard::ReadOnly, rule) = ctx.guard([&pod.namespace]) {
        return vec![Action::Note(true, format!("Nothing is opened here: {rule}. No port of {pod}.").into())];
    }
    vec![Action::Open(Box::new(Form::new(pod)))]
}

/// The form over the room that asked.
struct Form {
    pod: PodId,
    name: Name,
    kept: Kept<PodDetail>,
    remote: Prompt,
    local: Prompt,
    /// The field that is typed into: the pod's port, else the local one.
    on_local: bool,
    /// The pod's port was typed, or chosen.
    touched: bool,
    wrong: Option<String>,
}

/// A port of a container, as its spec names it.
struct Known {
    words: Clean,
    number: u16,
}

impl Form {
    fn new(pod: PodId) -> Self {
        let name = Name::new(&pod.namespace, &pod.name);
        let (remote, local) = (Prompt::default(), Prompt::new("0"));
        Self { pod, name, kept: Kept::default(), remote, local, on_local: false, touched: false, wrong: None }
    }

    /// The ports that the containers' specs name.
    fn known(&self) -> Vec<Known> {
        let containers = self.kept.get(&self.name).map(|pod| pod.containers.iter()).into_iter().flatten();
        let ports = containers.flat_map(|container| {
            container.ports.iter().filter_map(move |port| {
                let place = digits(port)?;
                let number = port[place].parse().ok()?;
                Some(Known { words: format!("{port} of {}", container.name).into(), number })
            })
        });
        ports.filter(|port| !port.words.contains("UDP")).collect()
    }

    fn wanted(&self) -> Result<ForwardWanted, String> {
        let number = |field: &Prompt, what: &str, least: u16| {
            let port: Option<u16> = field.text().trim().parse().ok();
            port.filter(|port| *port >= least).ok_or_else(|| format!("{what} is a number from {least} to 65535"))
        };
        let remote = number(&self.remote, "the pod's port", 1)?;
        let local = number(&self.local, "the local port", 0)?;
        Ok(ForwardWanted { place: Place { pod: self.pod.clone(), container: Clean::default() }, remote, local })
    }

    /// Takes the next of the known ports.
    fn next(&mut self) {
        let known = self.known();
        let at = known.iter().position(|port| port.number.to_string() == self.remote.text());
        if let Some(port) = known.get(at.map_or(0, |at| (at + 1) % known.len())) {
            self.remote.set(&port.number.to_string());
            self.touched = true;
        }
    }

    fn lines(&self) -> Vec<(Scope, String)> {
        let known = self.known();
        let words: Vec<String> = known.iter().map(|port| port.words.to_string()).collect();
        let ports = match (self.kept.listed(), words.is_empty()) {
            (false, _) => (Scope::Stale, "reading which ports it names …".to_owned()),
            (true, true) => (Scope::Dim, "Its containers name no port; any may be typed.".to_owned()),
            (true, false) => (Scope::Dim, format!("It names {}: up and down choose.", words.join(", "))),
        };
        let wrong = self.wrong.iter().map(|wrong| (Scope::Bad, format!("✗ {wrong}")));
        let rest = (Scope::Dim, "Local port 0 is any free one; it listens on 127.0.0.1 alone.".to_owned());
        [ports, rest].into_iter().chain(wrong).collect()
    }
}

/// Where the number of a port stands in `http 8080/TCP`.
fn digits(port: &str) -> Option<Range<usize>> {
    let end = port.rfind('/').unwrap_or(port.len());
    let start = port[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    (start < end).then_some(start..end)
}

impl Screen for Form {
    fn room(&self) -> Room {
        Room::Forwards
    }

    fn typing(&self) -> bool {
        true
    }

    fn floats(&self) -> bool {
        true
    }

    fn title(&self, _ctx: &Ctx) -> String {
        format!("Forward a port of {}", self.pod)
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Containers(ContainersEffect::Follow(self.name.clone()))]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Containers(ContainersEffect::End(self.name.clone()))]
    }

    fn key(&mut self, _ctx: &Ctx, key: Key) -> Vec<Action> {
        match key.code {
            Code::Esc => return vec![Action::Back],
            Code::Enter => {
                return match self.wanted() {
                    Ok(wanted) => vec![Action::Back, Action::Forward(wanted)],
                    Err(wrong) => {
                        self.wrong = Some(wrong);
                        Vec::new()
                    }
                };
            }
            Code::Tab | Code::BackTab => self.on_local = !self.on_local,
            Code::Up | Code::Down => self.next(),
            // A port has nothing but digits.
            Code::Char(c) if !c.is_ascii_digit() && !key.ctrl => {}
            _ => {
                self.wrong = None;
                self.touched |= !self.on_local;
                let field = if self.on_local { &mut self.local } else { &mut self.remote };
                field.key(key);
            }
        }
        Vec::new()
    }

    fn message(&mut self, _ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let Message::Containers(name, ContainersReply::Pod(events)) = message else { return (false, Vec::new()) };
        if *name != self.name {
            return (false, Vec::new());
        }
        for event in events {
            self.kept.take(event.clone());
        }
        if !self.touched {
            self.next();
            self.touched = false;
        }
        (true, Vec::new())
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let columns = area.width.min(66);
        let inner = usize::from(columns.saturating_sub(4)).max(1);
        let lines: Vec<(Scope, String)> = self
            .lines()
            .into_iter()
            .flat_map(|(scope, text)| wrap(&text, inner).into_iter().map(move |line| (scope, line)))
            .collect();
        let rows = u16::try_from(lines.len() + 5).unwrap_or(area.height).min(area.height);
        let place = area.centered(Constraint::Length(columns), Constraint::Length(rows));
        let title = format!("Forward a port of {}", self.pod);
        let inside = popup(ctx.theme, frame, place, &title).inner(Margin::new(1, 0));
        let buffer = frame.buffer_mut();
        let fields = [("Port of the pod", &self.remote, !self.on_local), ("Local port", &self.local, self.on_local)];
        for ((label, field, focus), y) in fields.into_iter().zip(inside.y..inside.bottom()) {
            let sign = if focus { "▸ " } else { "  " };
            let x = put(buffer, inside, inside.x, y, &format!("{sign}{label:<16}"), ctx.theme.style(Scope::Text));
            match focus {
                true => field.draw(
                    ctx.theme,
                    buffer,
                    Rect { x, y, width: 8.min(inside.right().saturating_sub(x)), height: 1 },
                ),
                false => drop(put(buffer, inside, x, y, field.text(), ctx.theme.style(Scope::Text))),
            }
        }
        for ((scope, line), y) in lines.iter().zip(inside.y + 3..inside.bottom()) {
            put(buffer, inside, inside.x, y, line, ctx.theme.style(*scope));
        }
    }
}
