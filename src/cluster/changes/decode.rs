//! From JSON to what changes are told by.

use rolldeck_core::{
    Time,
    batch::{CHANGE_CAUSE, Token, template},
    changes::{Meta, Said, Writer},
    model::{AppKey, AppKind, Image},
    text::Clean,
};
use serde_json::Value;

const REVISION: &str = "deployment.kubernetes.io/revision";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
/// The longest text that is kept, in characters.
const LONGEST: usize = 400;

fn text(value: &Value) -> Clean {
    let text = value.as_str().unwrap_or_default().trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

fn time(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}

/// An object's metadata. A ControllerRevision has its number, and its template's images, beside it.
pub(super) fn meta(kind: &str, object: &Value) -> Meta {
    let metadata = &object["metadata"];
    let notes = &metadata["annotations"];
    let numbers = notes[HISTORY].as_str().unwrap_or_default().split(',');
    let writers = metadata["managedFields"].as_array().map(Vec::as_slice).unwrap_or_default();
    let template = &object["data"]["spec"]["template"];
    Meta {
        kind: kind.into(),
        namespace: text(&metadata["namespace"]),
        name: text(&metadata["name"]),
        created: time(&metadata["creationTimestamp"]),
        revision: object["revision"].as_i64().or_else(|| notes[REVISION].as_str()?.parse().ok()),
        history: numbers.filter_map(|number| number.trim().parse().ok()).collect(),
        cause: text(&notes[CHANGE_CAUSE]),
        batch: text(&notes[Token::ANNOTATION]),
        owner: owner(metadata),
        writers: writers.iter().filter_map(writer).collect(),
        images: template.is_object().then(|| template::images(template).into()),
    }
}

/// The images of a ReplicaSet read whole.
pub(super) fn images(object: &Value) -> Box<[Image]> {
    template::images(&object["spec"]["template"]).into()
}

fn owner(metadata: &Value) -> Option<AppKey> {
    let owner = metadata["ownerReferences"].as_array()?.iter().find(|owner| owner["controller"] == true)?;
    let kind = AppKind::ALL.into_iter().find(|kind| owner["kind"] == kind.name())?;
    Some(AppKey { namespace: text(&metadata["namespace"]), name: text(&owner["name"]), kind })
}

fn writer(entry: &Value) -> Option<Writer> {
    let parts = entry["fieldsV1"].as_object()?.iter().flat_map(|(part, inner)| {
        let part = part.strip_prefix("f:")?;
        // Of spec and metadata the next step down tells more.
        let deeper = matches!(part, "spec" | "metadata").then(|| inner.as_object()).flatten();
        Some(match deeper {
            Some(inner) => {
                let names = inner.keys().filter_map(|name| name.strip_prefix("f:"));
                names.map(|name| Clean::from(format!("{part}.{name}"))).collect()
            }
            None => vec![Clean::from(part)],
        })
    });
    Some(Writer {
        manager: text(&entry["manager"]),
        at: time(&entry["time"])?,
        subresource: text(&entry["subresource"]),
        parts: parts.flatten().collect(),
    })
}

/// An event about a scale.
pub(super) fn said(event: &Value) -> Option<Said> {
    let about = &event["involvedObject"];
    let seen = [&event["series"]["lastObservedTime"], &event["lastTimestamp"], &event["eventTime"]];
    Some(Said {
        reason: text(&event["reason"]),
        namespace: text(&about["namespace"]),
        name: text(&about["name"]),
        message: text(&event["message"]),
        at: seen.into_iter().find_map(time).or_else(|| time(&event["metadata"]["creationTimestamp"]))?,
    })
}
