//! What is known of a container before something is opened in it.

use rolldeck_core::{
    shell::{Place, Refused},
    text::Clean,
};
use serde_json::Value;

use crate::{
    access::get,
    writer::{Way, of_port},
};

/// A container that runs: which instance of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instance {
    /// `containerID`.
    pub id: String,
    /// Whether its own process has a terminal.
    pub tty: bool,
    /// Whether its own process reads standard input.
    pub stdin: bool,
}

/// The pod, if it still is the one that is meant.
///
/// # Errors
/// [`Refused::Gone`] and [`Refused::Replaced`]; else those of a read.
pub(super) async fn pod(way: &Way, place: &Place) -> Result<Value, Refused> {
    let path = format!("/api/v1/namespaces/{}/pods/{}", place.pod.namespace, place.pod.name);
    let what = format!("pod {}", place.pod);
    let pod = get(&way.cluster().client, &path, &what).await.map_err(|error| of_port(error, place))?;
    let meant = place.pod.uid.is_empty() || pod["metadata"]["uid"].as_str() == Some(&place.pod.uid);
    if meant { Ok(pod) } else { Err(Refused::Replaced(place.pod.to_string().into())) }
}

/// The container, if it runs.
///
/// # Errors
/// [`Refused::NoContainer`] and [`Refused::NotRunning`], with the reason that its status gives.
pub(super) fn running(pod: &Value, place: &Place) -> Result<Instance, Refused> {
    let at = || Clean::from(place.to_string());
    let spec = spec(pod, &place.container).ok_or_else(|| Refused::NoContainer(at()))?;
    let status = status(pod, &place.container);
    let Some(status) = status.filter(|status| status["state"].get("running").is_some()) else {
        return Err(Refused::NotRunning(at(), why_not(pod, status).into()));
    };
    let flag = |name: &str| spec[name].as_bool() == Some(true);
    let id = status["containerID"].as_str().unwrap_or_default().to_owned();
    Ok(Instance { id, tty: flag("tty"), stdin: flag("stdin") })
}

/// A container of the spec, of whichever kind.
pub(super) fn spec<'p>(pod: &'p Value, name: &str) -> Option<&'p Value> {
    named(&pod["spec"], ["containers", "ephemeralContainers", "initContainers"], name)
}

/// Its status.
pub(super) fn status<'p>(pod: &'p Value, name: &str) -> Option<&'p Value> {
    named(&pod["status"], ["containerStatuses", "ephemeralContainerStatuses", "initContainerStatuses"], name)
}

fn named<'p>(of: &'p Value, lists: [&str; 3], name: &str) -> Option<&'p Value> {
    lists.into_iter().flat_map(|list| of[list].as_array().into_iter().flatten()).find(|one| one["name"] == name)
}

/// `waiting: CrashLoopBackOff: back-off 5m0s`, `ended: OOMKilled, exit code 137`, `the pod is Pending`.
fn why_not(pod: &Value, status: Option<&Value>) -> String {
    let state = status.map(|status| &status["state"]).unwrap_or(&Value::Null);
    if let Some(waiting) = state.get("waiting") {
        let said: Vec<&str> = ["reason", "message"].iter().filter_map(|field| waiting[field].as_str()).collect();
        return format!("waiting: {}", said.join(": "));
    }
    if let Some(ended) = state.get("terminated") {
        let reason = ended["reason"].as_str().unwrap_or("ended");
        return format!("ended: {reason}, exit code {}", ended["exitCode"]);
    }
    format!("the pod is {}", pod["status"]["phase"].as_str().unwrap_or("of unknown phase"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_container_that_does_not_run_says_why() {
        let place = |container: &str| {
            let pod = rolldeck_core::act::PodId { namespace: "qa".into(), name: "web-1".into(), uid: Clean::default() };
            Place { pod, container: container.into() }
        };
        let pod = json!({
            "spec": { "containers": [{ "name": "main", "tty": true }, { "name": "crash" }, { "name": "new" }] },
            "status": { "phase": "Running", "containerStatuses": [
                { "name": "main", "containerID": "c://1", "state": { "running": {} } },
                { "name": "crash", "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "back-off 5m0s" } } },
            ] },
        });
        assert_eq!(running(&pod, &place("main")), Ok(Instance { id: "c://1".into(), tty: true, stdin: false }));
        let said = |name: &str| running(&pod, &place(name)).unwrap_err().to_string();
        assert_eq!(said("crash"), "qa/web-1 [crash] does not run: waiting: CrashLoopBackOff: back-off 5m0s");
        assert_eq!(said("new"), "qa/web-1 [new] does not run: the pod is Running");
        assert_eq!(said("other"), "qa/web-1 [other] is no container of its pod");
    }
}
