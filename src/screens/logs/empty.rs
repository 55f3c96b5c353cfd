//! Why there is no line.

use ratatui::{buffer::Buffer as Cells, layout::Rect};
use rolldeck_core::logs::{Reading, SourceId, SourceState};

use super::{room::Logs, said::begins_of};
use crate::{
    Command, Ctx, Room, Scope,
    listing::waiting_for,
    widgets::text::{count, put},
};

/// So many reasons are said, and of each so many streams are named.
const GROUPS: usize = 8;
const NAMED: usize = 6;

/// Why there is no line.
pub(super) fn draw(room: &Logs, ctx: &Ctx, cells: &mut Cells, area: Rect) {
    let inside = Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..area };
    let mut y = area.y + 1;
    for (scope, text) in why_empty(room, ctx) {
        for line in crate::widgets::text::wrap(&text, inside.width.into()) {
            if y < area.bottom() {
                put(cells, inside, inside.x, y, &line, ctx.theme.style(scope));
            }
            y += 1;
        }
    }
}

fn why_empty(room: &Logs, ctx: &Ctx) -> Vec<(Scope, String)> {
    if let Some(why) = &room.failed {
        return vec![(Scope::Bad, why.to_string())];
    }
    if !room.buffer.ring().is_empty() {
        return match room.buffer.busy() {
            true => vec![(Scope::Busy, "Looking through the lines …".to_owned())],
            false => vec![
                (Scope::Heading, "No line passes the filters.".to_owned()),
                (Scope::Dim, format!("{} clears them.", key(ctx, Command::Back))),
            ],
        };
    }
    let sources = &room.buffer.sources;
    if sources.is_empty() {
        return no_source(room, ctx);
    }
    let mut said: Vec<(Scope, String)> = Vec::new();
    let states = || sources.iter().map(|(id, source)| (id, source, room.buffer.states.get(&id)));
    if states().all(|(_, _, state)| matches!(state, None | Some(SourceState::Connecting))) {
        return vec![(Scope::Busy, format!("Connecting to {} …", count(sources.len(), "stream")))];
    }
    if states().any(|(_, _, state)| matches!(state, Some(SourceState::Live))) {
        said.push((Scope::Heading, "No line has come yet.".to_owned()));
        let begin = begins_of(room, ctx);
        let (head, hour) = (key(ctx, Command::LogHead), key(ctx, Command::LastHour));
        said.push((Scope::Dim, format!("Asked for: {begin}. {head} reads from the beginning, {hour} the last hour.")));
    }
    said.extend(others(room, ctx));
    let rotated = |id: SourceId| room.buffer.rotated.get(&id).is_some_and(|rotated| rotated.first.is_none());
    if sources.iter().any(|(id, _)| rotated(id)) {
        let text = "The kubelet has no line: nothing was written yet, or the log was rotated a moment ago.";
        said.push((Scope::Dim, text.to_owned()));
    }
    said
}

/// Streams that stand alike: how, in which words, whether they wait for their start, and which they are.
type Group = (Scope, String, bool, Vec<String>);

/// How the streams stand that are not read, each reason once.
fn others(room: &Logs, ctx: &Ctx) -> Vec<(Scope, String)> {
    let (mut groups, mut said) = (Vec::<Group>::new(), Vec::new());
    for (id, source) in room.buffer.sources.iter() {
        let state = room.buffer.states.get(&id);
        if matches!(state, Some(SourceState::Live)) {
            continue;
        }
        let (scope, words) = super::legend::state(room, id, ctx.clock);
        let waits = matches!(state, Some(SourceState::Waiting(_))) && room.reading == Reading::Stdout;
        let name = format!("{}/{} {}", source.namespace, source.pod, source.container);
        match groups.iter_mut().find(|(_, known, of, _)| *known == words && *of == waits) {
            Some((_, _, _, names)) => names.push(name),
            None => groups.push((scope, words, waits, vec![name])),
        }
    }
    let left = groups.len().saturating_sub(GROUPS);
    for (scope, words, waits, names) in groups.into_iter().take(GROUPS) {
        match names.as_slice() {
            [one] => said.push((scope, format!("{one}: {words}"))),
            many => {
                said.push((scope, format!("{}: {words}", count(many.len(), "stream"))));
                said.extend(many.iter().take(NAMED).map(|name| (Scope::Dim, format!("  {name}"))));
                let more = many.len().saturating_sub(NAMED);
                said.extend((more > 0).then(|| (Scope::Dim, format!("  and {more} more"))));
            }
        }
        if waits {
            let why = format!("  {} goes on to why it does not start", key(ctx, Command::NextSource));
            said.push((Scope::Dim, why));
        }
    }
    said.extend((left > 0).then(|| (Scope::Dim, format!("and {left} other reasons"))));
    said
}

fn no_source(room: &Logs, ctx: &Ctx) -> Vec<(Scope, String)> {
    let Some(fresh) = &room.pods else { return vec![(Scope::Busy, "Looking for pods …".to_owned())] };
    if let Some(cells) = waiting_for(ctx, fresh, true, "pods") {
        return cells.into_iter().map(|cell| (cell.scope, cell.text.to_string())).collect();
    }
    let what = match &room.reading {
        Reading::Previous => "No container has run before: there is no previous log.",
        Reading::WhyNot => "Every container has started.",
        Reading::Files(_) => "None of these files is there.",
        Reading::Stdout | Reading::Rotated | Reading::Archive(_) => "There is no pod.",
    };
    let way = match &room.reading {
        Reading::Stdout => "Pods that start join by themselves.".to_owned(),
        _ => format!("{} goes on to the next source.", key(ctx, Command::NextSource)),
    };
    vec![(Scope::Heading, what.to_owned()), (Scope::Dim, way)]
}

fn key(ctx: &Ctx, command: Command) -> String {
    ctx.keymap.key(Room::Logs, command).map(|key| key.to_string()).unwrap_or_default()
}
