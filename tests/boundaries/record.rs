//! The record of all writes of a run, and what must hold of it.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use rolldeck_core::{
    batch::{
        ConfigMap, Token,
        journal::{Mark, Record, StepRecord, decode_steps},
        template,
    },
    model::AppKey,
};
use serde_json::{Value, json};

/// One write of the journal, the lease or an app, carried out or refused.
#[derive(Debug)]
enum Write {
    Lease(String),
    State(Box<Record>),
    Steps(Vec<StepRecord>),
    Patch(AppKey, Value),
    Pod,
}

/// A write, when it arrived and was answered, and whether it was carried out.
#[derive(Debug)]
struct Entry {
    namespace: String,
    arrived: u64,
    answered: u64,
    done: bool,
    write: Write,
}

/// What was written to the apps, judged.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How often the template of each step's app was changed forward and back.
    pub changes: BTreeMap<usize, (usize, usize)>,
    /// The record of each namespace as it was last written.
    pub records: BTreeMap<String, Record>,
}

/// Judges every write of a run: the journal ahead of each action, one driver at a time, only journalled targets, and no
/// replicas. `before` holds the apps as they were. Panics with what is wrong.
pub fn judge(writes: &[Value], before: &BTreeMap<AppKey, Value>) -> Verdict {
    let entries: Vec<Entry> = writes.iter().filter(|write| write["dryRun"] == false).filter_map(entry).collect();
    let mut objects = before.clone();
    let mut verdict = Verdict::default();
    let mut drivers: BTreeMap<u64, String> = BTreeMap::new();
    let mut epoch = 0;
    for entry in &entries {
        let earlier = || entries.iter().filter(|other| other.done && other.answered < entry.arrived);
        match &entry.write {
            Write::State(record) if entry.done => {
                assert!(record.epoch >= epoch, "a driver that was taken over has written again: {entry:#?}");
                let driver = drivers.entry(record.epoch).or_insert_with(|| record.driver.clone());
                assert_eq!(*driver, record.driver, "two drivers at epoch {}", record.epoch);
                epoch = record.epoch;
                verdict.records.insert(entry.namespace.clone(), (**record).clone());
            }
            Write::Patch(app, patch) => {
                let token = token_of(patch);
                let record = earlier().rev().find_map(|other| match &other.write {
                    Write::State(record) if other.namespace == *app.namespace => Some(record),
                    _ => None,
                });
                let record = record.unwrap_or_else(|| panic!("{app} was patched before the journal was written"));
                let note = record.steps.iter().find(|note| note.index == token.step);
                let note = note.unwrap_or_else(|| panic!("{app} is in no step of the journal"));
                assert_eq!(note.key(&app.namespace), *app, "the token names another step");
                assert!(
                    matches!(note.mark, Mark::Applying | Mark::Reverting),
                    "{app} was patched when the journal said {:?}",
                    note.mark
                );
                assert_eq!((token.batch.as_str(), token.epoch), (record.id.0.as_str(), record.epoch), "{app}");
                let holder = earlier().rev().find_map(|other| match &other.write {
                    Write::Lease(holder) => Some(holder),
                    _ => None,
                });
                assert_eq!(holder, Some(&record.driver), "{app} was patched by a driver without the lease");
                if entry.done {
                    apply(app, patch, token.step, &entries, entry.arrived, &mut objects, &mut verdict);
                }
            }
            Write::State(_) | Write::Lease(_) | Write::Steps(_) | Write::Pod => {}
        }
    }
    verdict
}

/// Applies a patch to the app as it was, and holds what it became against the journal.
fn apply(
    app: &AppKey,
    patch: &Value,
    step: usize,
    entries: &[Entry],
    arrived: u64,
    objects: &mut BTreeMap<AppKey, Value>,
    verdict: &mut Verdict,
) {
    let journalled = entries
        .iter()
        .filter(|other| other.done && other.answered < arrived && other.namespace == *app.namespace)
        .filter_map(|other| if let Write::Steps(steps) = &other.write { Some(steps) } else { None })
        .flatten()
        .find(|known| known.index == step)
        .unwrap_or_else(|| panic!("{app} was patched before its before and after were recorded"));
    let operations = patch.as_array().expect("operations");
    let touches = |path: &str| operations.iter().any(|op| op["op"] != "test" && op["path"] == path);
    assert!(!touches("/spec/replicas"), "{app}: replicas were written: {patch:#}");
    let object = objects.get_mut(app).unwrap_or_else(|| panic!("{app} was no part of the plan"));
    let was = object["spec"]["template"].clone();
    // What the server judged is not judged again.
    let edits = Value::Array(operations.iter().filter(|op| op["op"] != "test").cloned().collect());
    let edits: json_patch::Patch = serde_json::from_value(edits).expect("a JSON Patch");
    json_patch::patch(object, &edits).unwrap_or_else(|error| panic!("{app}: {error}"));
    let is = &object["spec"]["template"];
    if template::same(&was, is) {
        return;
    }
    let target = |snapshot: &Option<Value>| snapshot.as_ref().is_some_and(|target| template::same(target, is));
    let counts = verdict.changes.entry(step).or_default();
    if target(&journalled.after.template) {
        counts.0 += 1;
    } else if target(&journalled.before.template) {
        counts.1 += 1;
    } else {
        panic!("{app} became what no journal holds: {is:#}");
    }
}

fn token_of(patch: &Value) -> Token {
    let operations = patch.as_array().into_iter().flatten();
    let path = "/metadata/annotations/rolldeck.dev~1batch";
    let set = operations.clone().find(|op| op["op"] != "test" && op["path"] == path);
    let value = set.and_then(|op| op["value"].as_str()).unwrap_or_else(|| panic!("a patch without a token: {patch:#}"));
    Token::parse(value).expect("a token")
}

fn entry(write: &Value) -> Option<Entry> {
    let path: Vec<&str> = write["path"].as_str()?.trim_start_matches('/').split('/').collect();
    let at = path.iter().position(|part| *part == "namespaces")?;
    let (namespace, resource) = (path.get(at + 1)?.to_string(), *path.get(at + 2)?);
    let body = &write["body"];
    let write_of = match resource {
        "leases" => Write::Lease(body["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned()),
        "configmaps" => {
            let map = config_map(body);
            if map.immutable {
                Write::Steps(decode_steps(&[map]).expect("a journal"))
            } else {
                Write::State(Box::new(Record::decode(&map).expect("a record")))
            }
        }
        "pods" => Write::Pod,
        _ => {
            assert_eq!(write["verb"], "patch", "an app is patched and nothing else: {write:#}");
            let kind = rolldeck_core::model::AppKind::ALL.into_iter().find(|kind| kind.resource() == resource);
            let kind = kind.unwrap_or_else(|| panic!("nobody may write {resource}: {write:#}"));
            Write::Patch(crate::hand::key(&namespace, kind, path.get(at + 3)?), body.clone())
        }
    };
    let number = |field: &str| write[field].as_u64();
    Some(Entry {
        namespace,
        arrived: number("arrived")?,
        // One that was cut off is never known to be earlier than another.
        answered: number("answered").unwrap_or(u64::MAX),
        done: number("code").is_some_and(|code| (200..300).contains(&code)),
        write: write_of,
    })
}

fn config_map(body: &Value) -> ConfigMap {
    let texts = |part: &Value| -> BTreeMap<String, String> { serde_json::from_value(part.clone()).unwrap_or_default() };
    let text = |name: &str| body["metadata"][name].as_str().unwrap_or_default().to_owned();
    let packed = texts(&body["binaryData"]);
    ConfigMap {
        namespace: text("namespace"),
        name: text("name"),
        resource_version: String::new(),
        labels: texts(&body["metadata"]["labels"]),
        immutable: body["immutable"] == json!(true),
        data: texts(&body["data"]),
        binary: packed.into_iter().map(|(name, text)| (name, STANDARD.decode(text).expect("base64"))).collect(),
    }
}
