//! How a row comes of its parts.

use super::{PodFacts, Row, RowTexts, Usage, Version, sources::SourceState, version::version};
use crate::{
    Time,
    health::{Health, is_over, judge, newest_revision, severity, trouble},
    model::{App, AppKind, Container, ContainerState, Hpa, Pod, PodUsage},
    text::Clean,
};

/// Whether the pods of a namespace are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// All of them.
    Listed,
    /// Not all of them yet.
    Loading,
    /// They will never be.
    Closed,
}

impl From<Option<&SourceState>> for Known {
    fn from(source: Option<&SourceState>) -> Self {
        match source {
            Some(source) if source.listed => Self::Listed,
            Some(source) if source.is_closed() => Self::Closed,
            Some(_) => Self::Loading,
            None => Self::Closed,
        }
    }
}

impl Row {
    /// A row that nothing but its app is known of.
    pub(super) fn bare(app: App) -> Self {
        let mut row = Self {
            app,
            hpa: None,
            pods: None,
            usage: None,
            version: Version::default(),
            health: Health::Loading,
            rolled: None,
            texts: RowTexts::default(),
        };
        row.texts = row.worded();
        row
    }

    /// Its texts as they are now.
    fn worded(&self) -> RowTexts {
        let key = &self.app.key;
        let (kind, version, health) = (key.kind, &self.version, &self.health);
        let (words, reason) = (health.words(), health.reason());
        let others = [&*key.namespace, kind.name(), kind.short(), &*version.wanted, &*version.running, words, reason];
        RowTexts::new(&key.name, others)
    }
}

/// Brings a row up to date with its app; returns whether what it shows beside the app changed.
pub(super) fn row(row: &mut Row, hpa: Option<&Hpa>, pods: &[(&Pod, Option<&PodUsage>)], known: Known) -> bool {
    let metered = pods;
    let pods: Vec<&Pod> = pods.iter().map(|(pod, _)| *pod).collect();
    let app = &row.app;
    let facts = (known == Known::Listed).then(|| facts(&pods));
    let health = judge(app, (known != Known::Loading).then_some(&pods));
    let (usage, version, rolled) = (usage(app, metered), version(app, &pods), rolled(app, &pods));
    let same = row.pods == facts
        && row.usage == usage
        && row.version == version
        && row.health == health
        && row.rolled == rolled
        && row.hpa.as_deref() == hpa;
    if !same {
        (row.pods, row.usage, row.version, row.health, row.rolled) = (facts, usage, version, health, rolled);
        row.hpa = hpa.map(|hpa| Box::new(hpa.clone()));
        row.texts = row.worded();
    }
    !same
}

fn facts(pods: &[&Pod]) -> PodFacts {
    let containers = || pods.iter().flat_map(|pod| &pod.containers);
    let standing = pods.iter().filter(|pod| !pod.ending && !is_over(pod));
    PodFacts {
        count: pods.len() as u32,
        restarts: containers().fold(0, |sum, container| sum.saturating_add(container.restarts)),
        last_reason: containers().filter_map(ended).max_by_key(|end| end.at).map(|end| end.words()).unwrap_or_default(),
        trouble: standing.filter_map(|pod| trouble(pod)).max_by_key(|reason| severity(reason)).unwrap_or_default(),
    }
}

/// How a container ended, and when.
struct End<'a> {
    /// What ended and was not restarted yet is the newest, and has no time of its own here.
    at: (bool, Option<Time>),
    reason: &'a Clean,
    code: i32,
}

/// The last end of a container that was restarted, or is about to be.
fn ended(container: &Container) -> Option<End<'_>> {
    match (&container.state, &container.last) {
        (ContainerState::Terminated(reason, code, _), _) if *code != 0 => {
            Some(End { at: (true, None), reason, code: *code })
        }
        (_, Some((reason, code, at))) if container.restarts > 0 => Some(End { at: (false, *at), reason, code: *code }),
        _ => None,
    }
}

impl End<'_> {
    /// `OOMKilled`, `Error 3`, `exit 3`.
    fn words(&self) -> Clean {
        match &**self.reason {
            "" => format!("exit {}", self.code).into(),
            "Error" => format!("Error {}", self.code).into(),
            _ => self.reason.clone(),
        }
    }
}

/// What the pods use that metrics are known of, and the share of what these pods request.
fn usage(app: &App, pods: &[(&Pod, Option<&PodUsage>)]) -> Option<Usage> {
    let metered = pods.iter().filter_map(|(_, usage)| *usage);
    let (pods, cpu_milli, memory) = metered.fold((0u64, 0u64, 0u64), |(pods, cpu, memory), usage| {
        (pods + 1, cpu.saturating_add(usage.cpu_milli), memory.saturating_add(usage.memory))
    });
    let percent = |used: u64, each: Option<u64>| {
        let requested = u128::from(each?) * u128::from(pods);
        let share = (u128::from(used) * 100 + requested / 2).checked_div(requested)?;
        Some(share.try_into().unwrap_or(u32::MAX))
    };
    (pods > 0).then(|| Usage {
        cpu_milli,
        memory,
        cpu_percent: percent(cpu_milli, app.requests.cpu_milli),
        memory_percent: percent(memory, app.requests.memory),
    })
}

/// See [`Row::rolled`].
fn rolled(app: &App, pods: &[&Pod]) -> Option<Time> {
    let progress = app.conditions.iter().find(|c| app.key.kind == AppKind::Deployment && &*c.kind == "Progressing");
    let newest = match newest_revision(app) {
        Some(newest) => Some(newest),
        None => pods.iter().max_by_key(|pod| pod.created).map(|pod| &*pod.revision),
    };
    let oldest = || pods.iter().filter(|pod| Some(&*pod.revision) == newest).filter_map(|pod| pod.created).min();
    progress.and_then(|condition| condition.at).or_else(oldest).or(app.created)
}
