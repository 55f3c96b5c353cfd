//! Events that say the same of the same object, as one.

use std::collections::HashMap;

use super::{About, Happened};
use crate::{
    Time,
    query::{Facts, Field},
};

/// Events of one object, reason and message.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded<'a> {
    /// The newest of them.
    pub event: &'a Happened,
    /// How often all of them were seen.
    pub count: u64,
    /// When first.
    pub first: Option<Time>,
}

impl Facts for Folded<'_> {
    fn name(&self) -> &str {
        &self.event.about.name
    }

    fn words(&self, visit: &mut dyn FnMut(&str)) {
        let event = self.event;
        let kind = if event.warning { "Warning" } else { "Normal" };
        for word in [&event.about.kind, &event.about.namespace, &event.reason, &event.message, &event.source] {
            visit(word);
        }
        visit(kind);
    }

    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        let event = self.event;
        match field {
            Field::Status => {
                visit(if event.warning { "Warning" } else { "Normal" });
                visit(&event.reason);
            }
            Field::Namespace => visit(&event.about.namespace),
            Field::Kind => visit(&event.about.kind),
            Field::Image | Field::Node => {}
        }
    }

    fn born(&self) -> Option<Time> {
        self.event.last
    }
}

/// Folds events that repeat; newest first, those of one moment by object.
pub fn fold<'a>(events: impl Iterator<Item = &'a Happened>) -> Vec<Folded<'a>> {
    let mut at: HashMap<(&About, &str, &str), usize> = HashMap::new();
    let mut all: Vec<Folded<'a>> = Vec::new();
    for event in events {
        let count = u64::from(event.count.max(1));
        let begun = event.first.or(event.last);
        let place = *at.entry((&event.about, &event.reason, &event.message)).or_insert(all.len());
        match all.get_mut(place) {
            Some(known) => {
                known.count += count;
                known.first = [known.first, begun].into_iter().flatten().min();
                if event.last > known.event.last {
                    known.event = event;
                }
            }
            None => all.push(Folded { event, count, first: begun }),
        }
    }
    all.sort_by(|a, b| b.event.last.cmp(&a.event.last).then_with(|| a.event.about.cmp(&b.event.about)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::at;

    fn event(name: &str, message: &str, count: u32, first: i64, last: i64) -> Happened {
        Happened {
            about: About { kind: "Pod".into(), name: name.into(), ..About::default() },
            reason: "BackOff".into(),
            message: message.into(),
            count,
            first: Some(at(first)),
            last: Some(at(last)),
            ..Happened::default()
        }
    }

    #[test]
    fn what_repeats_is_one_line_with_its_count_its_first_and_its_last() {
        let events =
            [event("a", "back-off", 4, 10, 50), event("b", "back-off", 1, 5, 60), event("a", "back-off", 8, 3, 40)];
        let folded = fold(events.iter());
        assert_eq!(folded.len(), 2);
        assert_eq!(&*folded[0].event.about.name, "b");
        assert_eq!((folded[1].count, folded[1].first, folded[1].event.last), (12, Some(at(3)), Some(at(50))));
    }

    #[test]
    fn another_message_is_another_line_and_no_count_is_one() {
        let events = [event("a", "one", 0, 1, 1), event("a", "two", 0, 1, 2)];
        let counts: Vec<_> = fold(events.iter()).iter().map(|folded| folded.count).collect();
        assert_eq!(counts, [1, 1]);
    }
}
