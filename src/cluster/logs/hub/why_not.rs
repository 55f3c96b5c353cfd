//! Why containers do not start, as lines: how they ended, and the events about their pods.

use std::{collections::HashMap, sync::Arc};

use rolldeck_core::{
    events::Happened,
    fleet::FeedEvent,
    kept::{Item, KeptEvent, Name},
    logs::{Block, Flags, Level, Line, Nanos, SourceId, nanos},
    model::{Api, ObjectRef},
};

use crate::logs::subject::End;

/// What is known of events already: how often each was seen, and when last.
#[derive(Default)]
pub(super) struct Events(HashMap<(SourceId, Name), (u32, Nanos)>);

impl Events {
    /// The lines of what is new. Events that a server lists again are not.
    pub(super) fn lines(&mut self, id: SourceId, events: Vec<KeptEvent<Happened>>, now: Nanos) -> Option<Arc<Block>> {
        let mut new = Vec::new();
        for event in events {
            let FeedEvent::Applied(Item { name, value }) = event else { continue };
            let at = value.last.map_or(now, nanos);
            let seen = (value.count, at);
            if self.0.insert((id, name), seen) != Some(seen) {
                new.push((at, value));
            }
        }
        new.sort_by_key(|(at, _)| *at);
        let mut block = Block::default();
        for (at, event) in &new {
            let level = if event.warning { Level::Warn } else { Level::Info };
            block.push(line(id, *at, level, words(event).as_bytes()));
        }
        (!new.is_empty()).then(|| Arc::new(block))
    }
}

fn words(event: &Happened) -> String {
    let kind = if event.warning { "Warning" } else { "Normal" };
    let times = if event.count > 1 { format!(" ({} times)", event.count) } else { String::new() };
    format!("{kind} {}: {}{times}", event.reason, event.message)
}

/// How an instance ended, and what it wrote to its termination log.
pub(super) fn ended(id: SourceId, end: &End, now: Nanos) -> Arc<Block> {
    let at = end.at.unwrap_or(now);
    let code = end.code.map(|code| format!(", exit code {code}")).unwrap_or_default();
    let reason = if end.reason.is_empty() { "ended" } else { &*end.reason };
    let level = if end.code == Some(0) { Level::Info } else { Level::Error };
    let mut block = Block::default();
    block.push(line(id, at, level, format!("ended: {reason}{code}").as_bytes()));
    for text in end.message.lines() {
        block.push(line(id, at, level, text.as_bytes()));
    }
    Arc::new(block)
}

/// Why a container waits.
pub(super) fn waits(id: SourceId, why: &str, now: Nanos) -> Arc<Block> {
    let mut block = Block::default();
    block.push(line(id, now, Level::Warn, format!("waits: {why}").as_bytes()));
    Arc::new(block)
}

fn line(source: SourceId, time: Nanos, level: Level, text: &[u8]) -> Line<'_> {
    Line { number: 0, time, source, level, flags: Flags::NONE, text }
}

/// A pod, as events name whom they are about.
pub(super) fn about(name: &Name) -> ObjectRef {
    let api = Api::new("", "v1", "pods", "Pod", true);
    ObjectRef { api, namespace: name.namespace.clone(), name: name.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_is_listed_again_is_told_once_and_one_that_repeats_again() {
        let event = |count| {
            let value = Happened {
                warning: true,
                reason: "BackOff".into(),
                message: "back-off 5m0s".into(),
                count,
                last: Some(rolldeck_core::logs::time(count.into())),
                ..Happened::default()
            };
            FeedEvent::Applied(Item { name: Name { namespace: "qa".into(), name: "e".into() }, value })
        };
        let mut events = Events::default();
        let text = |block: Option<Arc<Block>>| {
            block.map(|block| String::from_utf8(block.lines().next().unwrap().text.to_vec()).unwrap())
        };
        let id = SourceId(0);
        assert_eq!(text(events.lines(id, vec![event(1)], 0)).as_deref(), Some("Warning BackOff: back-off 5m0s"));
        assert_eq!(text(events.lines(id, vec![FeedEvent::Listing, event(1)], 0)), None);
        assert_eq!(
            text(events.lines(id, vec![event(2)], 0)).as_deref(),
            Some("Warning BackOff: back-off 5m0s (2 times)")
        );
    }

    #[test]
    fn an_end_has_its_code_and_its_message() {
        let end = End { at: Some(7), reason: "OOMKilled".into(), code: Some(137), message: "heap\ndump\n".into() };
        let block = ended(SourceId(3), &end, 0);
        let lines: Vec<_> =
            block.lines().map(|line| (line.time, String::from_utf8_lossy(line.text).into_owned())).collect();
        assert_eq!(lines, [(7, "ended: OOMKilled, exit code 137".into()), (7, "heap".into()), (7, "dump".into())]);
    }
}
