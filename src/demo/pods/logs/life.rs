//! Which instance of a container a request means: when it began, and when and how it ended.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::Options;
use crate::{pods::voice::Death, store::Refusal};

/// One run of a container.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Life {
    /// The container's name.
    pub(crate) container: String,
    /// When it began.
    pub(crate) started: DateTime<Utc>,
    /// When and how it ended, if it has.
    pub(crate) ended: Option<(DateTime<Utc>, Death)>,
    /// When it will run out of memory, if it does as the one before it did.
    pub(crate) doomed: Option<DateTime<Utc>>,
    /// It runs for long and is still not ready.
    pub(crate) unready: bool,
}

const CONTAINERS: [(&str, &str); 3] = [
    ("containers", "containerStatuses"),
    ("initContainers", "initContainerStatuses"),
    ("ephemeralContainers", "ephemeralContainerStatuses"),
];

/// The instance that a request for a log means.
///
/// # Errors
/// 400 in the words of the API server and of the kubelet. `Ok(None)` for a pod that no node has yet: its log is empty.
pub(crate) fn of(pod: &Value, options: &Options) -> Result<Option<Life>, Refusal> {
    let container = choose(pod, options.container.as_deref())?;
    if pod["spec"]["nodeName"].as_str().is_none_or(str::is_empty) {
        return Ok(None);
    }
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let about = format!("container \"{container}\" in pod \"{name}\"");
    let Some(status) = status(pod, &container) else {
        return Err(Refusal::bad_request(format!("{about} is waiting to start: ContainerCreating")));
    };
    let last = instance(&container, &status["lastState"], status);
    if options.previous {
        let lost = format!("previous terminated {about} not found");
        return last.map(Some).ok_or_else(|| Refusal::bad_request(lost));
    }
    if let Some(life) = instance(&container, &status["state"], status).or(last) {
        return Ok(Some(life));
    }
    let why = match status["state"]["waiting"]["reason"].as_str() {
        Some("ErrImagePull") => "image can't be pulled".to_owned(),
        Some("ImagePullBackOff") => "trying and failing to pull image".to_owned(),
        Some(reason) => reason.to_owned(),
        None => return Err(Refusal::bad_request(format!("{about} is waiting to start - no logs yet"))),
    };
    Err(Refusal::bad_request(format!("{about} is waiting to start: {why}")))
}

/// The instance that runs now, of the container of this name or of the pod's first.
pub(crate) fn live(pod: &Value, container: &str) -> Option<Life> {
    let status = status(pod, container)?;
    instance(container, &status["state"], status).filter(|life| life.ended.is_none())
}

/// The container that a request means.
///
/// # Errors
/// 400 where none is named and there are several, or where there is none of that name.
pub(crate) fn choose(pod: &Value, wanted: Option<&str>) -> Result<String, Refusal> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let [own, init, debug] = CONTAINERS.map(|(list, _)| names(pod, list));
    match wanted {
        Some(wanted) if [&own, &init, &debug].iter().any(|list| list.contains(&wanted)) => Ok(wanted.to_owned()),
        Some(wanted) => Err(Refusal::bad_request(format!("container {wanted} is not valid for pod {name}"))),
        None => match own.as_slice() {
            [one] => Ok((*one).to_owned()),
            [] => Err(Refusal::bad_request(format!("a container name must be specified for pod {name}"))),
            _ => {
                let mut text =
                    format!("a container name must be specified for pod {name}, choose one of: [{}]", own.join(" "));
                if !init.is_empty() {
                    text += &format!(" or one of the init containers: [{}]", init.join(" "));
                }
                Err(Refusal::bad_request(text))
            }
        },
    }
}

fn names<'a>(pod: &'a Value, list: &str) -> Vec<&'a str> {
    pod["spec"][list].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect()
}

fn status<'a>(pod: &'a Value, container: &str) -> Option<&'a Value> {
    CONTAINERS
        .iter()
        .filter_map(|(_, list)| pod["status"][*list].as_array())
        .flatten()
        .find(|status| status["name"] == container)
}

/// What a container's state (or last state) says of an instance.
fn instance(container: &str, state: &Value, status: &Value) -> Option<Life> {
    let time = |at: &Value| Some(DateTime::parse_from_rfc3339(at.as_str()?).ok()?.to_utc());
    let life =
        |started, ended, doomed, unready| Life { container: container.to_owned(), started, ended, doomed, unready };
    if let Some(over) = state.get("terminated").filter(|over| over.is_object()) {
        let (started, finished) = (time(&over["startedAt"])?, time(&over["finishedAt"])?);
        let death = match (over["reason"].as_str(), over["exitCode"].as_i64().unwrap_or(0)) {
            (Some("OOMKilled"), _) => Death::OutOfMemory,
            (_, 0 | 143) => Death::Stopped,
            (_, code) => Death::Crash(code),
        };
        return Some(life(started, Some((finished, death)), None, false));
    }
    let started = time(&state["running"]["startedAt"])?;
    let before = &status["lastState"]["terminated"];
    let doomed = match (before["reason"].as_str(), time(&before["startedAt"]), time(&before["finishedAt"])) {
        (Some("OOMKilled"), Some(from), Some(to)) if to - from > TimeDelta::seconds(30) => Some(started + (to - from)),
        _ => None,
    };
    Some(life(started, None, doomed, status["ready"] == false))
}
