//! Who writes a log, read from its pod.

use serde_json::Value;

use super::{Burst, Life};
use crate::{
    pods::{
        chance::Chance,
        voice::{Speaker, Style},
    },
    world::{Behaviour, LEAK, behaviour},
};

/// One instance of a container as a source of lines.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    /// Who speaks.
    pub(crate) speaker: Speaker,
    /// The instance.
    pub(crate) life: Life,
    /// What its lines are drawn from.
    pub(crate) chance: Chance,
    /// Lines a second when it is busy.
    pub(crate) rate: f64,
    /// What it was told to say besides.
    pub(crate) bursts: Vec<Burst>,
}

impl Source {
    /// The source that an instance of a pod's container is.
    pub(crate) fn new(seed: u64, pod: &Value, mut life: Life) -> Self {
        let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default();
        let chance = Chance::new(seed)
            .named(text("namespace"))
            .named(text("name"))
            .named(&life.container)
            .at(life.started.timestamp());
        let speaker = speaker(pod, &life.container);
        let image = spec(pod, &life.container)["image"].as_str().unwrap_or_default();
        if life.ended.is_none() && behaviour(image) == Behaviour::Leaks {
            life.doomed = Some(life.started + LEAK);
        }
        let base = match speaker.style {
            Style::Access => 1.2,
            Style::Java => 0.7,
            Style::Json | Style::Colour => 0.9,
        };
        // Some apps talk much more than others, wherever they run.
        let rate = base * (0.3 + Chance::new(seed).named(&speaker.app).fraction() * 1.7);
        let debuggers = pod["spec"]["ephemeralContainers"].as_array().into_iter().flatten();
        // What a debug container runs says nothing: it waits for a shell.
        let rate = if debuggers.into_iter().any(|one| one["name"] == life.container.as_str()) { 0.0 } else { rate };
        Self { speaker, life, chance, rate, bursts: Vec::new() }
    }
}

/// Who a pod's container is.
fn speaker(pod: &Value, container: &str) -> Speaker {
    let labels = &pod["metadata"]["labels"];
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let app = labels["app.kubernetes.io/name"].as_str().or(labels["app"].as_str()).unwrap_or(name).to_owned();
    let spec = spec(pod, container);
    let image = spec["image"].as_str().unwrap_or_default();
    let version = image.rsplit('/').next().and_then(|last| last.split_once(':')).map_or("latest", |(_, tag)| tag);
    let limit = spec["resources"]["limits"]["memory"].as_str().and_then(mebibytes).unwrap_or(512);
    Speaker {
        style: Style::of(&app, container),
        version: version.split('@').next().unwrap_or_default().to_owned(),
        pod: name.to_owned(),
        app,
        limit,
    }
}

/// The entry of a container in its pod's spec.
fn spec<'a>(pod: &'a Value, container: &str) -> &'a Value {
    let all = ["containers", "ephemeralContainers", "initContainers"]
        .into_iter()
        .filter_map(|list| pod["spec"][list].as_array())
        .flatten();
    all.into_iter().find(|one| one["name"] == container).unwrap_or(&Value::Null)
}

/// A quantity of memory in MiB.
fn mebibytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let factor = match &text[digits..] {
        "" => 1.0 / 1_048_576.0,
        "Ki" => 1.0 / 1024.0,
        "Mi" => 1.0,
        "Gi" => 1024.0,
        "Ti" => 1_048_576.0,
        "k" => 1e3 / 1_048_576.0,
        "M" => 1e6 / 1_048_576.0,
        "G" => 1e9 / 1_048_576.0,
        _ => return None,
    };
    Some((number * factor) as u64)
}
