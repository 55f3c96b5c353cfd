//! Events as rows.

use std::collections::BTreeMap;

use rolldeck_core::{
    Time,
    events::{About, Events as Kept, Family, Folded, Happened, fold},
    fleet::Freshness,
    model::{AppKey, AppKind, ObjectRef},
    text::Clean,
};

use super::EventsOf;
use crate::{
    Command, Ctx, Scope,
    listing::{Data, Order, fresh_head, waiting_for},
    widgets::{
        Cell, Column,
        text::{age, count, grouped},
    },
};

/// The columns of the events.
pub static COLUMNS: [Column; 8] = [
    Column::new("name", "OBJECT", 20, 56, 3).name().sorts(Command::SortName),
    Column::new("last", "LAST", 4, 5, 0).right().sorts(Command::SortAge),
    Column::new("type", "TYPE", 9, 9, 1).sorts(Command::SortHealth),
    Column::new("reason", "REASON", 10, 24, 2),
    Column::new("times", "TIMES", 5, 6, 4).right().sorts(Command::SortRestarts),
    Column::new("message", "MESSAGE", 20, 200, 5),
    Column::new("namespace", "NAMESPACE", 9, 20, 6).sorts(Command::SortNamespace),
    Column::new("first", "FIRST", 5, 5, 7).right(),
];

/// What an event's line is known by.
pub(super) type Key = (About, Clean, Clean);

/// The streams of a room, and what it is about.
pub(super) struct Streams {
    pub about: Option<ObjectRef>,
    pub streams: BTreeMap<EventsOf, Kept>,
}

impl Streams {
    pub(super) fn app(&self) -> Option<AppKey> {
        let object = self.about.as_ref()?;
        let kind = AppKind::ALL.into_iter().find(|kind| kind.name() == &*object.api.kind)?;
        Some(AppKey { namespace: object.namespace.clone(), name: object.name.clone(), kind })
    }

    fn takes(&self, family: Option<&Family>, event: &Happened) -> bool {
        match (family, &self.about) {
            (Some(family), _) => family.has(&event.about),
            (None, Some(object)) => {
                event.about.kind == object.api.kind
                    && event.about.name == object.name
                    && (object.namespace.is_empty() || event.about.namespace == object.namespace)
            }
            (None, None) => true,
        }
    }

    fn freshness(&self) -> impl Iterator<Item = (&EventsOf, &Kept, &Freshness)> {
        self.streams.iter().map(|(of, kept)| (of, kept, kept.kept().freshness()))
    }
}

impl Data for Streams {
    type Key = Key;
    type Row<'a> = Folded<'a>;

    fn key(row: &Folded<'_>) -> Key {
        (row.event.about.clone(), row.event.reason.clone(), row.event.message.clone())
    }

    fn rows<'a>(&'a self, ctx: &'a Ctx<'a>, order: Order) -> Vec<Folded<'a>> {
        let family = self.app().map(|app| {
            let hpa = ctx.fleet.app(&app).and_then(|row| row.hpa.as_ref()).map(|hpa| hpa.name.clone());
            Family { app, hpa }
        });
        let all = self.streams.values().flat_map(|kept| kept.kept().iter().map(|(_, event)| event));
        let mut rows = fold(all.filter(|event| self.takes(family.as_ref(), event)));
        match order.by {
            Command::SortName => rows.sort_by(|a, b| a.event.about.name.cmp(&b.event.about.name)),
            Command::SortNamespace => rows.sort_by(|a, b| a.event.about.namespace.cmp(&b.event.about.namespace)),
            Command::SortHealth => rows.sort_by_key(|row| !row.event.warning),
            Command::SortRestarts => rows.sort_by_key(|row| std::cmp::Reverse(row.count)),
            _ => {}
        }
        if order.reverse {
            rows.reverse();
        }
        rows
    }

    fn cell(&self, ctx: &Ctx, row: &Folded<'_>, column: &Column) -> Cell {
        let event = row.event;
        let ago = |at: Option<Time>| at.map(|at| age(at, ctx.clock.now)).unwrap_or_default();
        let scope = if event.warning { Scope::Warn } else { Scope::Text };
        match column.id {
            "name" => Cell::new(Scope::Text, format!("{}/{}", event.about.kind.to_lowercase(), event.about.name)),
            "last" => Cell::new(Scope::Dim, ago(event.last)),
            "first" => Cell::new(Scope::Dim, if row.count > 1 { ago(row.first) } else { String::new() }),
            "type" => match event.warning {
                true => Cell::new(Scope::Warn, "! warning"),
                false => Cell::new(Scope::Dim, "  normal"),
            },
            "reason" => Cell::new(scope, &*event.reason),
            "times" => Cell::new(
                if event.warning && row.count > 1 { Scope::Warn } else { Scope::Dim },
                if row.count > 1 {
                    format!("×{}", grouped(row.count.try_into().unwrap_or(usize::MAX)))
                } else {
                    String::new()
                },
            ),
            "message" => Cell::new(scope, &*event.message),
            "namespace" => Cell::new(Scope::Dim, &*event.about.namespace),
            _ => Cell::none(),
        }
    }

    fn heads(&self, ctx: &Ctx) -> Vec<Vec<Cell>> {
        let mut cells: Vec<Cell> = Vec::new();
        for (of, kept, fresh) in self.freshness() {
            let place = if of.namespace.is_empty() { String::new() } else { format!(" of {}", of.namespace) };
            cells.extend(fresh_head(ctx, fresh, &format!("events{place}")));
            if kept.dropped() > 0 {
                cells.push(Cell::new(
                    Scope::Warn,
                    format!("{} older{place} are not kept", count(kept.dropped(), "event")),
                ));
            }
            if kept.kept().unreadable_count() > 0 {
                cells.push(Cell::new(Scope::Warn, format!("{} cannot be read", kept.kept().unreadable_count())));
            }
        }
        // One word for all streams of which the same is so.
        cells.dedup();
        cells.truncate(4);
        if cells.is_empty() { Vec::new() } else { vec![cells] }
    }

    fn empty(&self, ctx: &Ctx) -> Vec<Cell> {
        let not_yet = self.freshness().find_map(|(_, kept, fresh)| {
            waiting_for(ctx, fresh, kept.kept().listed(), "events")
                .filter(|_| !matches!(fresh, Freshness::Forbidden(_)))
        });
        let refused =
            self.freshness().find_map(|(_, kept, fresh)| waiting_for(ctx, fresh, kept.kept().listed(), "events"));
        not_yet.or(refused).unwrap_or_else(|| {
            let about = self.about.as_ref().map(|object| format!(" about {object}")).unwrap_or_default();
            vec![
                Cell::new(Scope::Heading, format!("No events{about}.")),
                Cell::new(Scope::Dim, "A cluster forgets events, usually after an hour."),
            ]
        })
    }

    fn ages(&self, row: &Folded<'_>) -> Vec<Time> {
        row.event.last.into_iter().chain(row.first).collect()
    }

    fn hidden(&self, ctx: &Ctx) -> Vec<&'static str> {
        let one_place = self.about.is_some() || ctx.scope.len() == 1;
        if one_place { vec!["namespace"] } else { Vec::new() }
    }
}
