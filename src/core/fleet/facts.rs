//! What rows of apps and pods tell a filter.

use super::{Fleet, PodRow, Row, version_label};
use crate::{
    Time,
    health::pod_status,
    model::{Added, Container, Image, Labels, by_title},
    query::{Facts, Field, Figure, Reading},
    text::Clean,
};

/// An app's row, asked by a filter.
#[derive(Clone, Copy)]
pub struct AskedApp<'a> {
    /// The row.
    pub row: &'a Row,
    /// Where its pods are.
    pub fleet: &'a Fleet,
}

impl Facts for AskedApp<'_> {
    fn name(&self) -> &str {
        self.row.texts.name()
    }

    fn words(&self, visit: &mut dyn FnMut(&str)) {
        self.row.texts.others().split_terminator('\n').for_each(&mut *visit);
        added_words(&self.fleet.added().apps, &self.row.app.labels, &self.row.app.extras, visit);
    }

    fn may_hold(&self, holds: &mut dyn FnMut(&str) -> bool) -> bool {
        !self.fleet.added().apps.is_empty() || holds(self.row.texts.others())
    }

    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        let row = self.row;
        match field {
            Field::Status => {
                visit(row.health.words());
                visit(row.health.reason());
            }
            Field::Image => images(row.app.images.iter().map(|image: &Image| &image.image), visit),
            Field::Namespace => visit(&row.app.key.namespace),
            Field::Kind => {
                visit(row.app.key.kind.name());
                visit(row.app.key.kind.short());
            }
            Field::Node => self.fleet.pods_of(&row.app.key).for_each(|pod| visit(&pod.node)),
        }
    }

    fn label(&self, key: &str) -> Option<&str> {
        let app = &self.row.app;
        label(&self.fleet.added().apps, key, &app.labels, &app.extras)
    }

    fn labels(&self, visit: &mut dyn FnMut(&str, &str)) {
        labels(&self.fleet.added().apps, &self.row.app.labels, &self.row.app.extras, visit);
    }

    fn figure(&self, figure: Figure) -> Reading {
        let (app, usage) = (&self.row.app, self.row.usage);
        let share = |value: u64, percent: Option<u32>| Reading { value: Some(value), percent: percent.map(u64::from) };
        match figure {
            Figure::Cpu => usage.map(|usage| share(usage.cpu_milli, usage.cpu_percent)).unwrap_or_default(),
            Figure::Memory => usage.map(|usage| share(usage.memory, usage.memory_percent)).unwrap_or_default(),
            Figure::Restarts => self.row.pods.as_ref().map(|pods| Reading::of(pods.restarts)).unwrap_or_default(),
            Figure::Ready => Reading::share(app.counts.ready.into(), Some(app.counts.wanted.into())),
            Figure::Replicas => Reading::of(app.counts.wanted),
            Figure::Age | Figure::Net | Figure::Disk => Reading::default(),
        }
    }

    fn born(&self) -> Option<Time> {
        self.row.rolled
    }
}

/// A pod's row, asked by a filter.
#[derive(Clone, Copy)]
pub struct AskedPod<'a> {
    /// The row.
    pub row: PodRow<'a>,
    /// Where it is known which columns were added.
    pub fleet: &'a Fleet,
}

impl AskedPod<'_> {
    /// Containers that count: all but init containers, sidecars included.
    fn counted(&self) -> impl Iterator<Item = &Container> {
        self.row.pod.containers.iter().filter(|container| !container.init || container.sidecar)
    }
}

impl Facts for AskedPod<'_> {
    fn name(&self) -> &str {
        &self.row.pod.name
    }

    fn words(&self, visit: &mut dyn FnMut(&str)) {
        let pod = self.row.pod;
        visit(&pod_status(pod));
        visit(&pod.node);
        visit(&pod.namespace);
        added_words(&self.fleet.added().pods, &pod.labels, &pod.extras, visit);
    }

    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        let pod = self.row.pod;
        match field {
            Field::Status => visit(&pod_status(pod)),
            Field::Image => images(pod.containers.iter().map(|container| &container.image), visit),
            Field::Namespace => visit(&pod.namespace),
            Field::Kind => visit("Pod"),
            Field::Node => visit(&pod.node),
        }
    }

    fn label(&self, key: &str) -> Option<&str> {
        label(&self.fleet.added().pods, key, &self.row.pod.labels, &self.row.pod.extras)
    }

    fn labels(&self, visit: &mut dyn FnMut(&str, &str)) {
        labels(&self.fleet.added().pods, &self.row.pod.labels, &self.row.pod.extras, visit);
    }

    fn figure(&self, figure: Figure) -> Reading {
        let usage = self.row.usage;
        match figure {
            Figure::Cpu => usage.map_or(Reading::default(), |usage| {
                Reading::share(usage.cpu_milli, Some(self.row.pod.asks.cpu_milli.into()))
            }),
            Figure::Memory => {
                usage.map_or(Reading::default(), |usage| Reading::share(usage.memory, Some(self.row.pod.asks.memory())))
            }
            Figure::Restarts => Reading::of(self.counted().map(|container| container.restarts).sum::<u32>()),
            Figure::Ready => {
                let ready = self.counted().filter(|container| container.ready).count();
                Reading::share(ready as u64, Some(self.counted().count() as u64))
            }
            Figure::Age | Figure::Replicas | Figure::Net | Figure::Disk => Reading::default(),
        }
    }

    fn born(&self) -> Option<Time> {
        self.row.pod.created
    }
}

fn images<'a>(images: impl Iterator<Item = &'a Clean>, visit: &mut dyn FnMut(&str)) {
    for image in images {
        visit(&version_label(image));
        visit(image);
    }
}

fn added_words(added: &[Added], all: &Labels, kept: &[Clean], visit: &mut dyn FnMut(&str)) {
    added.iter().filter_map(|column| column.text(all, kept)).for_each(|text| visit(text));
}

fn label<'a>(added: &[Added], key: &str, all: &'a Labels, kept: &'a [Clean]) -> Option<&'a str> {
    all.get(key).map(Clean::as_str).or_else(|| by_title(added, key, all, kept))
}

fn labels(added: &[Added], all: &Labels, kept: &[Clean], visit: &mut dyn FnMut(&str, &str)) {
    all.iter().for_each(|(key, value)| visit(key, value));
    for column in added.iter().filter(|column| column.is_kept()) {
        if let Some(text) = column.text(all, kept) {
            visit(&column.title.to_lowercase(), text);
        }
    }
}
