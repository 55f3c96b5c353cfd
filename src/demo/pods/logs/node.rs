//! The files of a node below `/var/log/pods`, as its kubelet serves them under `/logs/`.

use std::io::Write;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use flate2::{Compression, write::GzEncoder};
use futures::stream::{self, BoxStream, StreamExt};
use serde_json::Value;

use super::{Bursts, Cursor, Line, Options, Source, life};
use crate::{
    store::kind::POD,
    store::{Refusal, Store},
};

/// A page or a file.
pub(crate) enum Answer {
    /// The names in a folder, as HTML.
    Page(String),
    /// A file's bytes.
    File(BoxStream<'static, Bytes>),
}

/// A log file of an instance: its name, and the lines after one time up to another.
struct File {
    name: String,
    source: Source,
    after: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// What is at a path below `/logs/` of a node.
///
/// # Errors
/// 404 where there is nothing.
pub(crate) fn answer(store: &Store, seed: u64, bursts: &Bursts, node: &str, path: &str) -> Result<Answer, Refusal> {
    let missing = || Refusal::new(404, "NotFound", "the server could not find the requested resource");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let pods = || store.listing(&POD, None).objects.into_iter().map(|stored| stored.value());
    let of_node = |pod: &Value| pod["spec"]["nodeName"] == node;
    match parts.as_slice() {
        [] => Ok(page(["pods/".to_owned()])),
        ["pods"] => Ok(page(pods().filter(of_node).map(|pod| folder(&pod) + "/"))),
        ["pods", named, rest @ ..] => {
            let pod = named.split('_').collect::<Vec<_>>();
            let [namespace, name, _] = pod.as_slice() else { return Err(missing()) };
            let pod = store.get(&POD, namespace, name).filter(|pod| of_node(pod) && folder(pod) == *named);
            let pod = pod.ok_or_else(missing)?;
            let now = store.clock().now();
            match rest {
                [] => {
                    let all = pod["spec"]["containers"].as_array().into_iter().flatten();
                    Ok(page(all.filter_map(|one| Some(format!("{}/", one["name"].as_str()?)))))
                }
                [container] => Ok(page(files(seed, bursts, &pod, container, now).into_iter().map(|file| file.name))),
                [container, file] => {
                    let found = files(seed, bursts, &pod, container, now).into_iter().find(|one| one.name == *file);
                    found.map(|file| Answer::File(bytes(file))).ok_or_else(missing)
                }
                _ => Err(missing()),
            }
        }
        _ => Err(missing()),
    }
}

fn folder(pod: &Value) -> String {
    let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default();
    format!("{}_{}_{}", text("namespace"), text("name"), text("uid"))
}

/// A page as Go's file server writes it.
fn page(names: impl IntoIterator<Item = String>) -> Answer {
    let lines: String = names.into_iter().map(|name| format!("<a href=\"{name}\">{name}</a>\n")).collect();
    Answer::Page(format!(
        "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n{lines}</pre>\n"
    ))
}

/// The files of a container: of the instance before, rotated, and the one that grows.
fn files(seed: u64, bursts: &Bursts, pod: &Value, container: &str, now: DateTime<Utc>) -> Vec<File> {
    let of = |previous| {
        let options = Options { container: Some(container.to_owned()), previous, ..Options::default() };
        let life = life::of(pod, &options).ok().flatten()?;
        Some(Source { bursts: bursts.of(pod, container), ..Source::new(seed, pod, life) })
    };
    let statuses = pod["status"]["containerStatuses"].as_array().into_iter().flatten();
    let status = statuses.into_iter().find(|status| status["name"] == container);
    let number = status.and_then(|status| status["restartCount"].as_i64()).unwrap_or(0);
    let mut all = Vec::new();
    if let Some(before) = of(true) {
        all.extend(of_instance(before, number - 1, now));
    }
    if let Some(live) = of(false) {
        all.extend(of_instance(live, number, now));
    }
    all
}

fn of_instance(source: Source, number: i64, now: DateTime<Utc>) -> Vec<File> {
    let rotated = source.rotated(now);
    let newest = rotated.len().saturating_sub(1);
    let begin = source.cursor(now, None, None).at;
    let mut all = Vec::new();
    for (at, (after, to)) in rotated.into_iter().enumerate() {
        // The newest is packed only once another one was rotated.
        let packed = if at == newest { "" } else { ".gz" };
        let name = format!("{number}.log.{}{packed}", to.format("%Y%m%d-%H%M%S"));
        all.push(File { name, source: source.clone(), after, to });
    }
    all.push(File { name: format!("{number}.log"), source, after: begin, to: now });
    all
}

/// A file's bytes, made block by block.
fn bytes(file: File) -> BoxStream<'static, Bytes> {
    let packer = file.name.ends_with(".gz").then(|| GzEncoder::new(Vec::new(), Compression::fast()));
    let state = (Cursor::after(file.after), file, packer, false);
    stream::unfold(state, |(mut cursor, file, mut packer, over)| async move {
        if over {
            return None;
        }
        let lines = file.source.block(&mut cursor, file.to);
        let text: String = lines.iter().map(stored).collect();
        let last = lines.is_empty();
        let bytes = match packer.take() {
            None => text.into_bytes(),
            Some(full) if last => full.finish().unwrap_or_default(),
            Some(mut full) => {
                // Writing into memory does not fail.
                let _ = full.write_all(text.as_bytes());
                let bytes = std::mem::take(full.get_mut());
                packer = Some(full);
                bytes
            }
        };
        Some((Bytes::from(bytes), (cursor, file, packer, last)))
    })
    .boxed()
}

/// A line as a runtime stores it.
fn stored(line: &Line) -> String {
    format!("{} stdout F {}\n", line.at.to_rfc3339_opts(SecondsFormat::Nanos, true), line.text)
}
