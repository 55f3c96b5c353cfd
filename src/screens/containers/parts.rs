//! The parts of one container.

use rolldeck_core::{
    model::{ContainerDetail, ContainerUsage, EnvValue, EnvVar},
    text::{Clean, quantity::percent},
};

use super::{known::Known, lines::Line};
use crate::{
    Ctx, Scope,
    widgets::{
        Cell,
        text::{age, bytes, cores, time_of_day},
    },
};

pub(super) fn image(container: &ContainerDetail) -> Vec<Line> {
    let mut lines = vec![Line::text("image", Scope::Text, &*container.image)];
    if !container.digest.is_empty() {
        lines.push(Line::text("digest", Scope::Dim, &*container.digest));
    }
    if !container.command.is_empty() {
        lines.push(Line::text("command", Scope::Dim, &*container.command));
    }
    lines
}

/// How it ended the last time, with its last words.
pub(super) fn last(container: &ContainerDetail, ctx: &Ctx) -> Vec<Line> {
    let Some(end) = &container.last else { return Vec::new() };
    let when = end.finished.map(|at| format!(", {} ago at {}", age(at, ctx.clock.now), time_of_day(at, ctx.clock)));
    let ran = end.started.zip(end.finished).map(|(from, to)| format!(", after {}", age(from, to)));
    let words = [end.words(), when.unwrap_or_default(), ran.unwrap_or_default()].concat();
    let mut lines = vec![Line::text("last state", Scope::Bad, words)];
    if !end.message.is_empty() {
        lines.push(Line::text("last words", Scope::Text, &*end.message));
    }
    lines
}

/// `CPU  used 120m (48% of request)  requested 250m  no limit`.
pub(super) fn resources(container: &ContainerDetail, usage: Option<&ContainerUsage>, waits: bool) -> Vec<Line> {
    let line = |label: &str, used: Option<u64>, request: Option<u64>, limit: Option<u64>, text: fn(u64) -> String| {
        let share = |of: Option<u64>| {
            let share = used.zip(of.filter(|of| *of > 0)).map(|(used, of)| u128::from(used) * 100 / u128::from(of));
            share.map(|share| u32::try_from(share).unwrap_or(u32::MAX))
        };
        let of_limit = share(limit);
        let said = [(share(request), "request"), (of_limit, "limit")];
        let said: Vec<String> =
            said.iter().filter_map(|(share, of)| Some(format!("{} of {of}", percent((*share)?)))).collect();
        let said = if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) };
        let used = match used {
            Some(used) => {
                let scope = if of_limit.is_some_and(|share| share >= 90) { Scope::Bad } else { Scope::Text };
                Cell::new(scope, format!("used {}{said}", text(used)))
            }
            None if waits => Cell::new(Scope::Stale, "used …"),
            None => Cell::new(Scope::Dim, "used n/a"),
        };
        let asked = request.map_or("no request".to_owned(), |request| format!("requested {}", text(request)));
        let most = limit.map_or("no limit".to_owned(), |limit| format!("limit {}", text(limit)));
        Line::new(label, vec![used, Cell::new(Scope::Dim, asked), Cell::new(Scope::Dim, most)])
    };
    let (requests, limits) = (container.requests, container.limits);
    vec![
        line("CPU", usage.map(|usage| usage.cpu_milli), requests.0, limits.0, cores),
        line("memory", usage.map(|usage| usage.memory), requests.1, limits.1, bytes),
    ]
}

/// Probes, ports and mounts.
pub(super) fn told(container: &ContainerDetail) -> Vec<Line> {
    let mut lines: Vec<Line> =
        container.probes.iter().map(|(kind, words)| Line::text(kind, Scope::Text, &**words)).collect();
    if !container.ports.is_empty() {
        let ports: Vec<&str> = container.ports.iter().map(|port| port.as_str()).collect();
        lines.push(Line::text("ports", Scope::Text, ports.join("   ")));
    }
    let labels = std::iter::once("mounts").chain(std::iter::repeat(""));
    lines.extend(container.mounts.iter().zip(labels).map(|(mount, label)| Line::text(label, Scope::Dim, &**mount)));
    lines
}

/// Variables. Those of Secrets are references, until the operator asks for the values.
pub(super) fn environment(container: &ContainerDetail, known: &Known) -> Vec<Line> {
    let labels = std::iter::once("environment").chain(std::iter::repeat(""));
    let lines = container.env.iter().flat_map(|variable| variables(variable, known));
    lines.zip(labels).map(|(cells, label)| Line::new(label, cells)).collect()
}

fn variables(variable: &EnvVar, known: &Known) -> Vec<Vec<Cell>> {
    let name = || Cell::new(Scope::Text, format!("{} =", variable.name));
    match &variable.value {
        EnvValue::Plain(value) => vec![vec![name(), Cell::new(Scope::Text, &**value)]],
        EnvValue::Reference(words) if variable.name.is_empty() => vec![vec![Cell::new(Scope::Dim, &**words)]],
        EnvValue::Reference(words) => vec![vec![name(), Cell::new(Scope::Dim, &**words)]],
        EnvValue::Secret(secret, key) => vec![vec![name(), value(known, secret, key)]],
        EnvValue::Secrets(secret, prefix) => whole(known, secret, prefix),
    }
}

fn value(known: &Known, secret: &Clean, key: &Clean) -> Cell {
    match known.secrets.get(secret) {
        Some(Ok(values)) => match values.get(key) {
            Some(value) => Cell::new(Scope::Warn, &**value.reveal()),
            None => Cell::new(Scope::Bad, format!("secret {secret} has no key {key}")),
        },
        Some(Err(why)) => Cell::new(Scope::Bad, &**why),
        None if known.revealing => Cell::new(Scope::Stale, format!("secretKeyRef {secret}/{key} …")),
        None => Cell::new(Scope::Dim, format!("secretKeyRef {secret}/{key}")),
    }
}

fn whole(known: &Known, secret: &Clean, prefix: &Clean) -> Vec<Vec<Cell>> {
    match known.secrets.get(secret) {
        Some(Ok(values)) => values
            .iter()
            .map(|(key, value)| {
                vec![Cell::new(Scope::Text, format!("{prefix}{key} =")), Cell::new(Scope::Warn, &**value.reveal())]
            })
            .collect(),
        Some(Err(why)) => vec![vec![Cell::new(Scope::Bad, &**why)]],
        None => {
            let with = if prefix.is_empty() { String::new() } else { format!(", with {prefix} before each") };
            vec![vec![Cell::new(Scope::Dim, format!("all keys of secret {secret}{with}"))]]
        }
    }
}
