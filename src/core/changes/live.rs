//! What was seen with our own eyes since the console started.

use std::collections::VecDeque;

use super::{Entry, Evidence, What};
use crate::{
    Time,
    fleet::version_label,
    model::{App, Hpa, Image},
    text::Clean,
};

/// Changes that are kept at most; the oldest go first, and are counted.
const ROOM: usize = 2_000;

/// The changes that were seen, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Log {
    entries: VecDeque<Entry>,
    dropped: usize,
}

impl Log {
    /// Takes what was seen.
    pub fn push(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            if self.entries.len() == ROOM {
                self.entries.pop_front();
                self.dropped += 1;
            }
            self.entries.push_back(entry);
        }
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// How many older ones were dropped for want of room.
    pub fn dropped(&self) -> usize {
        self.dropped
    }
}

/// What is different of an app between two of its states, as a watch told them. `late`: the link was down before, so it may have
/// happened at any time since it was last up.
pub fn seen(before: &App, after: &App, now: Time, late: bool) -> Vec<Entry> {
    if before.uid != after.uid || before.generation == after.generation {
        return Vec::new();
    }
    let mut found = Vec::new();
    let batch = if after.batch == before.batch { Clean::default() } else { batch_of(&after.batch) };
    let mut add = |what, from: Clean, to: Clean| {
        let mut entry = Entry::of_app(&after.key, what, now, eyes(late));
        (entry.from, entry.to, entry.by) = (from, to, batch.clone());
        found.push(entry);
    };
    if before.images != after.images {
        let (from, to) = images(&before.images, &after.images);
        add(What::Rollout, from, to);
    }
    if before.counts.wanted != after.counts.wanted && after.key.kind != crate::model::AppKind::DaemonSet {
        add(What::Scale, replicas(&before.counts.wanted.to_string()), replicas(&after.counts.wanted.to_string()));
    }
    if before.paused != after.paused {
        let word = |paused| Clean::from(if paused { "paused" } else { "not paused" });
        add(What::Pause, word(before.paused), word(after.paused));
    }
    if found.is_empty() {
        let mut entry = Entry::of_app(&after.key, What::Edit, now, eyes(late));
        (entry.from, entry.to) = (generation(before.generation), generation(after.generation));
        entry.by = batch;
        found.push(entry);
    }
    found
}

/// What is different of the autoscaler of an app.
pub fn seen_hpa(app: &App, before: Option<&Hpa>, after: Option<&Hpa>, now: Time, late: bool) -> Option<Entry> {
    let bounds =
        |hpa: Option<&Hpa>| hpa.map(|hpa| format!("{}..{}", hpa.min, hpa.max)).unwrap_or_else(|| "none".into());
    let (from, to) = (bounds(before), bounds(after));
    if from == to {
        return None;
    }
    let mut entry = Entry::of_app(&app.key, What::Hpa, now, eyes(late));
    if let Some(hpa) = after.or(before) {
        entry.object = format!("hpa/{}", hpa.name).into();
    }
    (entry.from, entry.to) = (from.into(), to.into());
    Some(entry)
}

fn eyes(late: bool) -> Evidence {
    let said = match late {
        false => "seen live by this console",
        true => "found by this console when the link was back: it happened at some time before",
    };
    Evidence::Certain(said.into())
}

fn generation(number: i64) -> Clean {
    format!("generation {number}").into()
}

pub(super) fn replicas(number: &str) -> Clean {
    format!("{number} replica{}", if number == "1" { "" } else { "s" }).into()
}

/// `batch 20261122-140501-k3x9` of a token `ID/STEP/EPOCH`, or empty.
pub(super) fn batch_of(token: &str) -> Clean {
    match token.split('/').next() {
        None | Some("") => Clean::default(),
        Some(id) => format!("batch {id}").into(),
    }
}

/// The versions of what differs between two sets of images: `v1`, or `main=v1 sidecar=v3` where several do.
pub(super) fn images(before: &[Image], after: &[Image]) -> (Clean, Clean) {
    let missing = |of: &[Image], image: &Image| !of.contains(image);
    let differing = |these: &[Image], others: &[Image]| -> Vec<Image> {
        these.iter().filter(|image| missing(others, image)).cloned().collect()
    };
    let (old, new) = (differing(before, after), differing(after, before));
    let words = |images: &[Image]| -> Clean {
        match images {
            [] => Clean::default(),
            [one] => version_label(&one.image),
            many => many
                .iter()
                .map(|image| format!("{}={}", image.container, version_label(&image.image)))
                .collect::<Vec<_>>()
                .join(" ")
                .into(),
        }
    };
    (words(&old), words(&new))
}
