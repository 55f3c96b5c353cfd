//! What changes before our eyes: apps and their autoscalers, before and after a batch of updates.

use rolldeck_core::{
    Time,
    changes::{Entry, seen, seen_hpa},
    fleet::{Fleet, Freshness, Object, Row, SourceEvent, Update},
    model::{App, AppKey, Hpa},
};

/// An app as it was, and whether its stream was down before.
pub(super) struct Before {
    key: AppKey,
    app: App,
    hpa: Option<Box<Hpa>>,
    late: bool,
}

/// What the updates will touch of what is known: work per update, and nothing for pods.
pub(super) fn before(fleet: &Fleet, updates: &[Update]) -> Vec<Before> {
    let mut found: Vec<Before> = Vec::new();
    for update in updates {
        let key = match &update.event {
            SourceEvent::Applied(Object::App(app)) => app.key.clone(),
            SourceEvent::Applied(Object::Hpa(hpa)) => match &hpa.target {
                Some((kind, name)) => AppKey { namespace: hpa.namespace.clone(), name: name.clone(), kind: *kind },
                None => continue,
            },
            _ => continue,
        };
        if found.iter().any(|known| known.key == key) {
            continue;
        }
        // Of a first list everything is new, and nothing has changed.
        let fresh = fleet.freshness(update.source.resource);
        if let Some(row) = fleet.app(&key).filter(|row| worth(row, &update.event))
            && !matches!(fresh, Some(Freshness::Loading { .. }) | None)
        {
            let late = fresh != Some(Freshness::Live);
            found.push(Before { key, app: row.app.clone(), hpa: row.hpa.clone(), late });
        }
    }
    found
}

/// Whether an update changes more than a status.
fn worth(row: &Row, event: &SourceEvent) -> bool {
    match event {
        SourceEvent::Applied(Object::App(app)) => app.generation != row.app.generation,
        SourceEvent::Applied(Object::Hpa(hpa)) => {
            row.hpa.as_ref().is_some_and(|known| (known.min, known.max) != (hpa.min, hpa.max))
        }
        _ => false,
    }
}

/// What is different now.
pub(super) fn after(before: Vec<Before>, fleet: &Fleet, now: Time) -> Vec<Entry> {
    let differs = |before: Before| {
        let row = fleet.app(&before.key)?;
        let hpa = seen_hpa(&row.app, before.hpa.as_deref(), row.hpa.as_deref(), now, before.late);
        Some(seen(&before.app, &row.app, now, before.late).into_iter().chain(hpa).collect::<Vec<_>>())
    };
    before.into_iter().filter_map(differs).flatten().collect()
}
