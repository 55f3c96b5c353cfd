//! One object of any kind: read, followed, and the events about it.

use rolldeck_core::{
    batch::PortError,
    model::{Event, ObjectRef},
};
use serde_json::Value;

use crate::{access, connect::Cluster, follow::Target, history};

/// The object, raw.
///
/// # Errors
/// Any of a read; [`PortError::NotFound`] where it does not exist.
pub async fn object(cluster: &Cluster, object: &ObjectRef) -> Result<Value, PortError> {
    access::get(&cluster.client, &object.path(), &object.to_string()).await
}

/// The object's metadata alone: for a Secret, nothing of its values leaves the server.
///
/// # Errors
/// Any of a read; [`PortError::NotFound`] where it does not exist.
pub async fn metadata(cluster: &Cluster, object: &ObjectRef) -> Result<Value, PortError> {
    access::metadata(&cluster.client, &object.path(), &object.to_string()).await
}

/// What follows this one object of its collection.
pub fn followed(object: &ObjectRef) -> Target {
    let api = &object.api;
    let named = if api.group.is_empty() { api.resource.to_string() } else { format!("{}.{}", api.resource, api.group) };
    let target = match api.namespaced {
        true => Target::within(&api.root(), &api.resource, &named, &object.namespace),
        false => Target::new(&format!("{}/{}", api.root(), api.resource), &named),
    };
    target.only("fieldSelector", &format!("metadata.name={}", object.name))
}

/// What follows the events about an object. Those about what lives in no namespace are in `default`.
pub fn events_about(object: &ObjectRef) -> Target {
    let namespace = if object.namespace.is_empty() { "default" } else { &*object.namespace };
    let field = format!("involvedObject.kind={},involvedObject.name={}", object.api.kind, object.name);
    Target::within("/api/v1", "events", "events", namespace).only("fieldSelector", &field)
}

/// An event, for [`events_about`].
pub fn event(object: &Value) -> Option<Event> {
    object["involvedObject"].is_object().then(|| history::event(object))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::replay::{Answer, Replay};

    #[tokio::test]
    async fn metadata_alone_is_asked_for_by_the_accept_header() {
        let body = json!({ "kind": "PartialObjectMetadata", "metadata": { "name": "db" } }).to_string();
        let server = Replay::new(move |_| Answer::ok("application/json", body.as_bytes())).await;
        let secret = rolldeck_core::around::ConfigKind::Secret.object(&"qa".into(), &"db".into());
        let read = metadata(&server.cluster, &secret).await.unwrap();
        assert_eq!(read["metadata"]["name"], "db");
        assert_eq!(server.asked(""), ["/api/v1/namespaces/qa/secrets/db"]);
    }

    #[tokio::test]
    async fn a_refusal_names_verb_resource_and_place_and_a_lack_the_object() {
        let server = Replay::new(|path| {
            if path.contains("pods") {
                Answer::no(403, "pods is forbidden: User dana cannot get resource pods")
            } else {
                Answer::no(404, "NotFound")
            }
        })
        .await;
        let pod = ObjectRef::pod(&"qa".into(), &"web-1".into());
        assert!(
            matches!(object(&server.cluster, &pod).await, Err(PortError::Forbidden(why)) if why.contains("cannot get resource pods"))
        );
        let node = ObjectRef::node(&"n1".into());
        assert!(matches!(object(&server.cluster, &node).await, Err(PortError::NotFound(what)) if what == "node n1"));
    }

    #[test]
    fn one_object_of_a_collection_is_followed_by_its_name() {
        let target = followed(&ObjectRef::pod(&"qa".into(), &"web-1".into()));
        assert_eq!(
            (target.path.as_str(), target.query.as_str()),
            ("/api/v1/namespaces/qa/pods", "fieldSelector=metadata.name%3Dweb-1")
        );
        let target = followed(&ObjectRef::node(&"n1".into()));
        assert_eq!(target.path, "/api/v1/nodes");
        assert_eq!(events_about(&ObjectRef::node(&"n1".into())).path, "/api/v1/namespaces/default/events");
    }
}
