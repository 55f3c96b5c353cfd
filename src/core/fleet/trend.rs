//! What apps used and how many pods were ready, sampled at each poll of metrics since the console began.

use std::collections::{HashMap, VecDeque};

use super::{Row, Scope};
use crate::{Time, model::AppKey};

/// Samples that are kept of an app: an hour and more at the pace of the polls.
const MOST: usize = 120;
/// Not known.
const UNKNOWN: u32 = u32::MAX;

/// One sample: 16 bytes.
#[derive(Clone, Copy, Debug)]
struct Sample {
    /// Seconds since the first sample of all.
    at: u32,
    /// Thousandths of a core.
    cpu_milli: u32,
    /// KiB.
    memory: u32,
    /// Ready pods.
    ready: u32,
}

/// The samples of all apps in view: at most 120 each, 16 bytes a sample.
#[derive(Debug, Default)]
pub(super) struct Trends {
    began: Option<Time>,
    rings: HashMap<AppKey, VecDeque<Sample>>,
}

/// What an app used, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trend {
    /// Seconds since some moment, of each sample.
    pub at: Vec<u32>,
    /// Thousandths of a core; `None` where it was not known.
    pub cpu_milli: Vec<Option<u64>>,
    /// Bytes.
    pub memory: Vec<Option<u64>>,
    /// Ready pods.
    pub replicas: Vec<Option<u64>>,
}

impl Trends {
    /// Samples the apps of a scope; those that are gone from it are forgotten.
    pub(super) fn sample<'a>(&mut self, scope: &Scope, rows: impl Iterator<Item = &'a Row>, now: Time) {
        let began = *self.began.get_or_insert(now);
        let at = u32::try_from((now - began).num_seconds().max(0)).unwrap_or(u32::MAX);
        let within = |key: &AppKey| scope.as_ref().is_none_or(|scope| *scope == key.namespace);
        let mut old: HashMap<AppKey, VecDeque<Sample>> = HashMap::new();
        std::mem::swap(&mut old, &mut self.rings);
        for row in rows.filter(|row| within(&row.app.key)) {
            let (key, mut ring) =
                old.remove_entry(&row.app.key).unwrap_or_else(|| (row.app.key.clone(), VecDeque::new()));
            if ring.len() >= MOST {
                ring.pop_front();
            }
            let known = |value: u64| u32::try_from(value).unwrap_or(UNKNOWN - 1).min(UNKNOWN - 1);
            ring.push_back(Sample {
                at,
                cpu_milli: row.usage.map_or(UNKNOWN, |usage| known(usage.cpu_milli)),
                memory: row.usage.map_or(UNKNOWN, |usage| known(usage.memory >> 10)),
                ready: row.app.counts.ready,
            });
            self.rings.insert(key, ring);
        }
        // Other scopes are sampled by polls of their own.
        self.rings.extend(old.into_iter().filter(|(key, _)| !within(key)));
    }

    pub(super) fn of(&self, key: &AppKey) -> Option<Trend> {
        let ring = self.rings.get(key)?;
        let known = |value: u32| (value != UNKNOWN).then_some(u64::from(value));
        Some(Trend {
            at: ring.iter().map(|sample| sample.at).collect(),
            cpu_milli: ring.iter().map(|sample| known(sample.cpu_milli)).collect(),
            memory: ring.iter().map(|sample| known(sample.memory).map(|kib| kib << 10)).collect(),
            replicas: ring.iter().map(|sample| known(sample.ready)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fleet::Usage,
        model::{AppKind, samples},
    };

    fn row(name: &str, cpu_milli: u64) -> Row {
        let mut row = Row::bare(samples::app(AppKind::Deployment, "shop", name));
        row.usage = Some(Usage { cpu_milli, memory: 3 << 20, ..Usage::default() });
        row
    }

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn an_app_has_its_last_120_samples_and_no_more() {
        let mut trends = Trends::default();
        for n in 0..200u32 {
            trends.sample(&None, [row("web", n.into())].iter(), at(i64::from(n) * 30));
        }
        let trend = trends.of(&row("web", 0).app.key).unwrap();
        assert_eq!((trend.at.len(), trend.at[0], trend.cpu_milli[119]), (120, 80 * 30, Some(199)));
        assert_eq!(trend.memory[0], Some(3 << 20));
    }

    #[test]
    fn an_app_that_is_gone_is_forgotten_and_one_of_another_scope_is_not() {
        let (web, mut db) = (row("web", 1), row("db", 1));
        db.app.key.namespace = "other".into();
        let mut trends = Trends::default();
        trends.sample(&None, [web.clone(), db.clone()].iter(), at(0));
        trends.sample(&Some(web.app.key.namespace.clone()), std::iter::empty(), at(30));
        assert!(trends.of(&web.app.key).is_none());
        assert_eq!(trends.of(&db.app.key).map(|trend| trend.at.len()), Some(1));
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        let mut trends = Trends::default();
        let bare = Row::bare(samples::app(AppKind::Deployment, "shop", "web"));
        trends.sample(&None, [bare.clone()].iter(), at(0));
        assert_eq!(trends.of(&bare.app.key).unwrap().cpu_milli, [None]);
    }
}
