//! Events of the core API, as rooms follow them. (The events.k8s.io API serves the same objects under other names.)

use rolldeck_core::{
    Time,
    events::{About, Happened},
    model::ObjectRef,
    text::Clean,
};
use serde_json::Value;

use crate::{
    connect::Cluster,
    follow::{Following, Target, follow},
};

/// Follows the events of a namespace (empty: of all); with `about`, those about that object alone. Those of what lives in no
/// namespace are kept in `default` (k8s.io/client-go, tools/record, `makeEvent`).
pub fn events(
    cluster: &Cluster,
    namespace: &Clean,
    about: Option<&ObjectRef>,
    to: tokio::sync::mpsc::Sender<Vec<rolldeck_core::kept::KeptEvent<Happened>>>,
) -> Following {
    follow(cluster, target(namespace, about), decode, to)
}

fn target(namespace: &Clean, about: Option<&ObjectRef>) -> Target {
    let Some(object) = about else { return Target::within("/api/v1", "events", "events", namespace) };
    let place = if object.namespace.is_empty() { "default" } else { &object.namespace };
    let selector = format!("involvedObject.kind={},involvedObject.name={}", object.api.kind, object.name);
    Target::within("/api/v1", "events", "events", place).only("fieldSelector", &selector)
}

/// An event, of its JSON.
pub fn decode(event: &Value) -> Option<Happened> {
    let text = |value: &Value| Clean::new(value.as_str().unwrap_or_default().trim());
    let about = &event["involvedObject"];
    let kind = text(&about["kind"]);
    if kind.is_empty() {
        return None;
    }
    let count = [&event["series"]["count"], &event["count"]].into_iter().find_map(Value::as_u64).unwrap_or(1).max(1);
    let source = [&event["reportingComponent"], &event["source"]["component"]];
    let last = [&event["series"]["lastObservedTime"], &event["lastTimestamp"], &event["eventTime"]];
    let created = moment(&event["metadata"]["creationTimestamp"]);
    Some(Happened {
        about: About {
            api_version: text(&about["apiVersion"]),
            namespace: text(&about["namespace"]),
            name: text(&about["name"]),
            kind,
        },
        warning: event["type"] == "Warning",
        reason: text(&event["reason"]),
        message: text(&event["message"]),
        count: count.try_into().unwrap_or(u32::MAX),
        first: [&event["firstTimestamp"], &event["eventTime"]].into_iter().find_map(moment).or(created),
        last: last.into_iter().find_map(moment).or(created),
        source: source.into_iter().map(text).find(|name| !name.is_empty()).unwrap_or_default(),
    })
}

fn moment(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_ways_to_write_an_event_are_read() {
        let about = json!({"kind": "Pod", "namespace": "qa", "name": "web-1", "apiVersion": "v1"});
        let old = decode(&json!({
            "metadata": {"name": "web-1.17", "creationTimestamp": "2026-11-22T14:00:00Z"},
            "involvedObject": about, "type": "Warning", "reason": "BackOff", "message": "back-off\n", "count": 12,
            "firstTimestamp": "2026-11-22T14:00:00Z", "lastTimestamp": "2026-11-22T14:05:00Z",
            "source": {"component": "kubelet"},
        }))
        .unwrap();
        assert_eq!((old.warning, old.count, &*old.message, &*old.source), (true, 12, "back-off", "kubelet"));
        assert_eq!((old.last.unwrap() - old.first.unwrap()).num_minutes(), 5);
        let new = decode(&json!({
            "metadata": {"name": "web-1.18", "creationTimestamp": "2026-11-22T14:00:00Z"},
            "involvedObject": about, "type": "Normal", "reason": "Scheduled", "count": null, "firstTimestamp": null,
            "lastTimestamp": null, "eventTime": "2026-11-22T14:01:00.000000Z", "reportingComponent": "default-scheduler",
            "series": {"count": 3, "lastObservedTime": "2026-11-22T14:07:00.000000Z"},
        }))
        .unwrap();
        assert_eq!((new.warning, new.count, &*new.source), (false, 3, "default-scheduler"));
        assert_eq!((new.last.unwrap() - new.first.unwrap()).num_minutes(), 6);
        assert!(decode(&json!({"metadata": {"name": "odd"}})).is_none());
    }

    #[test]
    fn events_of_one_object_are_selected_by_the_server_and_a_nodes_are_in_default() {
        let pod = ObjectRef::pod(&"qa".into(), &"web-1".into());
        let target = target(&Clean::default(), Some(&pod));
        assert_eq!(target.path, "/api/v1/namespaces/qa/events");
        assert_eq!(target.query, "fieldSelector=involvedObject.kind%3DPod%2CinvolvedObject.name%3Dweb-1");
        let node = super::target(&Clean::default(), Some(&ObjectRef::node(&"n1".into())));
        assert_eq!(node.path, "/api/v1/namespaces/default/events");
    }
}
