//! A cluster in memory: workloads, ConfigMaps and Leases with the API server's rules, and a toy controller.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use rolldeck_core::{
    batch::{
        ConfigMap, Lease, PortError, Target, Token,
        journal::{Mark, Note, Record, of_batch},
    },
    fleet::{Object, Resource, Source, SourceEvent, Update},
    model::{AppKey, AppKind, Pod},
    text::Clean,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{autoscaler, controller};

/// A workload and its pods.
#[derive(Clone, Debug)]
pub struct Workload {
    pub object: Value,
    pub pods: Vec<Pod>,
}

#[derive(Default)]
pub struct World {
    pub apps: BTreeMap<AppKey, Workload>,
    pub maps: BTreeMap<(String, String), ConfigMap>,
    pub leases: BTreeMap<(String, String), Lease>,
    pub version: u64,
    /// Autoscalers and the apps that they scale.
    pub autoscalers: BTreeMap<Target, (AppKey, Value)>,
    /// Images whose containers crash.
    pub crashing: BTreeSet<String>,
    /// Writes of workloads that passed: app and token.
    pub writes: Vec<(AppKey, String)>,
    /// Who wrote an app last, of each batch.
    pub drivers: BTreeMap<String, String>,
    /// Verbs and resources that are forbidden.
    pub forbidden: BTreeSet<String>,
    /// What every dry run is refused with.
    pub no_dry_run: Option<PortError>,
    /// What stands around the apps.
    pub around: super::look::Surroundings,
    watchers: Vec<(String, mpsc::UnboundedSender<Vec<Update>>)>,
}

#[derive(Clone, Default)]
pub struct Cluster(pub Arc<Mutex<World>>);

impl Cluster {
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    pub fn add(&self, key: &AppKey, template: Value, replicas: u32, extra: &Value) {
        let mut object = json!({
            "metadata": {"uid": format!("uid-{key}"), "name": &*key.name, "namespace": &*key.namespace, "generation": 1},
            "spec": {"replicas": replicas, "template": template},
            "status": {},
        });
        for (name, value) in extra.as_object().into_iter().flatten() {
            object["spec"][name] = value.clone();
        }
        let mut world = self.world();
        world.apps.insert(key.clone(), Workload { object, pods: Vec::new() });
        controller::reconcile(&mut world, key);
    }

    pub fn object(&self, key: &AppKey) -> Value {
        self.world().apps[key].object.clone()
    }

    pub fn template(&self, key: &AppKey) -> Value {
        self.object(key)["spec"]["template"].clone()
    }

    /// What a person or an autoscaler does: an edit past any batch.
    pub fn edit(&self, key: &AppKey, edit: impl FnOnce(&mut Value)) {
        let mut world = self.world();
        let Some(app) = world.apps.get_mut(key) else { return };
        let before = app.object["spec"].clone();
        edit(&mut app.object);
        if app.object["spec"] != before {
            bump(&mut app.object);
        }
        world.touch(key);
        drop(world);
        self.reconcile_soon(key);
    }

    pub fn reconcile_soon(&self, key: &AppKey) {
        let (cluster, key) = (self.clone(), key.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(700)).await;
            let mut world = cluster.world();
            controller::reconcile(&mut world, &key);
            world.touch(&key);
        });
    }

    /// A patch of a workload or of an autoscaler.
    pub fn patch_target(&self, target: &Target, patch: &Value, dry_run: bool) -> Result<Value, PortError> {
        match target {
            Target::App(app) => self.patch(app, patch, dry_run),
            Target::Autoscaler { .. } => autoscaler::patch(self, target, patch, dry_run),
        }
    }

    pub fn read(&self, target: &Target) -> Result<Value, PortError> {
        let world = self.world();
        let object = match target {
            Target::App(app) => world.apps.get(app).map(|app| app.object.clone()),
            Target::Autoscaler { .. } => world.autoscalers.get(target).map(|(_, object)| object.clone()),
        };
        object.ok_or_else(|| PortError::NotFound(target.to_string()))
    }

    /// A patch as the API server takes it.
    pub fn patch(&self, key: &AppKey, patch: &Value, dry_run: bool) -> Result<Value, PortError> {
        let mut world = self.world();
        let Some(app) = world.apps.get(key) else { return Err(PortError::NotFound(key.to_string())) };
        let mut object = app.object.clone();
        apply(&mut object, patch).map_err(PortError::Invalid)?;
        if object["spec"] != app.object["spec"] {
            bump(&mut object);
        }
        if dry_run {
            return world.no_dry_run.clone().map_or(Ok(object), Err);
        }
        let token = object["metadata"]["annotations"][Token::ANNOTATION].as_str().unwrap_or_default().to_owned();
        world.judge_write(key, &token);
        world.apps.get_mut(key).unwrap().object = object.clone();
        world.touch(key);
        world.written(key, token);
        drop(world);
        self.reconcile_soon(key);
        Ok(object)
    }

    pub fn delete_pod(&self, namespace: &str, name: &str, uid: &str) -> Result<(), PortError> {
        let mut world = self.world();
        let owner = world.apps.iter_mut().find_map(|(key, app)| {
            let nth = app.pods.iter().position(|pod| &*pod.name == name && &*pod.namespace == namespace)?;
            Some((key.clone(), app, nth))
        });
        let Some((key, app, nth)) = owner else { return Err(PortError::NotFound(name.to_owned())) };
        if &*app.pods[nth].uid != uid {
            return Err(PortError::Conflict(name.to_owned()));
        }
        app.pods.remove(nth);
        world.touch(&key);
        drop(world);
        self.reconcile_soon(&key);
        Ok(())
    }

    /// A stream of a namespace: its lists, and then what changes.
    pub fn watch(&self, namespace: &str) -> mpsc::UnboundedReceiver<Vec<Update>> {
        let (to, from) = mpsc::unbounded_channel();
        let mut world = self.world();
        let mut first = Vec::new();
        for resource in [Resource::Deployments, Resource::StatefulSets, Resource::DaemonSets, Resource::Pods] {
            first.push(said(namespace, resource, SourceEvent::Listing));
            for (key, app) in world.apps.iter().filter(|(key, _)| &*key.namespace == namespace) {
                first.extend(objects(key, app).into_iter().filter(|update| update.source.resource == resource));
            }
            first.push(said(namespace, resource, SourceEvent::Listed));
        }
        let _ = to.send(first);
        world.watchers.push((namespace.to_owned(), to));
        from
    }
}

impl World {
    pub fn next_version(&mut self) -> String {
        self.version += 1;
        self.version.to_string()
    }

    /// Tells the watchers of a namespace about an app and its pods.
    pub fn touch(&mut self, key: &AppKey) {
        let Some(app) = self.apps.get(key) else { return };
        let namespace = key.namespace.to_string();
        let mut updates = vec![said(&namespace, Resource::Pods, SourceEvent::Listing)];
        updates.extend(objects(key, app));
        for (other, app) in self.apps.iter().filter(|(other, _)| *other != key && other.namespace == key.namespace) {
            updates.extend(objects(other, app).into_iter().filter(|update| update.source.resource == Resource::Pods));
        }
        updates.push(said(&namespace, Resource::Pods, SourceEvent::Listed));
        self.watchers.retain(|(of, to)| *of != namespace || to.send(updates.clone()).is_ok());
    }

    pub fn record(&self, key: &AppKey, batch: &str) -> Option<Record> {
        let selector = of_batch(&rolldeck_core::batch::BatchId(batch.to_owned()), "state");
        let wanted: Vec<(&str, &str)> = selector.split(',').filter_map(|term| term.split_once('=')).collect();
        let matches = |map: &&ConfigMap| {
            map.namespace == *key.namespace
                && wanted.iter().all(|(label, value)| map.labels.get(*label).is_some_and(|is| is == value))
        };
        self.maps.values().find(matches).and_then(|map| Record::decode(map).ok())
    }

    /// No write of a workload passes without a record that says so beforehand.
    pub fn judge_write(&self, key: &AppKey, token: &str) {
        let token = Token::parse(token).expect("every write of a batch has a token");
        let record = self.record(key, &token.batch).unwrap_or_else(|| panic!("{key} is written without a record"));
        let note = record.steps.iter().find(|note| note.index == token.step).expect("the record knows the step");
        assert!(note.mark.touched(), "{key} is written while its record says {:?}", note.mark);
        assert_eq!(note.key(&key.namespace), *key, "a token names the step of another app");
        assert!(token.epoch <= record.epoch, "{key} is written under an epoch that no record knows");
        for other in self.maps.values().filter(|map| map.namespace == *key.namespace).map(Record::decode) {
            let Some(other) = other.ok().filter(|other| other.unfinished && other.id.0 != token.batch) else {
                continue;
            };
            let under_way = [Mark::Applying, Mark::Applied, Mark::Reverting, Mark::RolledBack];
            let shared = |note: &Note| note.key(&key.namespace) == *key && under_way.contains(&note.mark);
            assert!(!other.steps.iter().any(shared), "{key} is in two unfinished batches");
        }
    }

    /// A write of an app's change has passed. Epochs only rise.
    pub fn written(&mut self, key: &AppKey, token: String) {
        let new = Token::parse(&token).expect("a token");
        let before = self.writes.iter().rfind(|(of, _)| of == key).and_then(|(_, token)| Token::parse(token));
        if let Some(before) = before.filter(|before| before.batch == new.batch) {
            assert!(before.epoch <= new.epoch, "{key}: {before} was followed by {new}");
        }
        self.writes.push((key.clone(), token));
    }
}

fn said(namespace: &str, resource: Resource, event: SourceEvent) -> Update {
    Update { source: Arc::new(Source { resource, scope: Some(Clean::new(namespace)) }), event }
}

fn objects(key: &AppKey, app: &Workload) -> Vec<Update> {
    let resource = match key.kind {
        AppKind::Deployment => Resource::Deployments,
        AppKind::StatefulSet => Resource::StatefulSets,
        AppKind::DaemonSet => Resource::DaemonSets,
    };
    let of = |resource, object| said(&key.namespace, resource, SourceEvent::Applied(object));
    let mut updates = vec![of(resource, Object::App(Box::new(controller::model(key, &app.object))))];
    updates.extend(app.pods.iter().map(|pod| of(Resource::Pods, Object::Pod(Box::new(pod.clone())))));
    updates
}

fn bump(object: &mut Value) {
    object["metadata"]["generation"] = json!(object["metadata"]["generation"].as_i64().unwrap_or(0) + 1);
}

/// Applies a JSON Patch as the API server does: a `test` of null passes where the field is absent.
pub fn apply(object: &mut Value, patch: &Value) -> Result<(), String> {
    for operation in patch.as_array().ok_or("not a patch")? {
        if operation["op"] == "test" {
            let path = operation["path"].as_str().unwrap_or_default();
            if object.pointer(path).unwrap_or(&Value::Null) != &operation["value"] {
                // The server names no cause.
                return Err("the server rejected our request due to an error in our request".to_owned());
            }
            continue;
        }
        let one: json_patch::Patch = serde_json::from_value(json!([operation])).map_err(|error| error.to_string())?;
        json_patch::patch(object, &one).map_err(|error| error.to_string())?;
    }
    // As in the real server, what is false or empty is not sent back.
    if object["spec"]["paused"] == json!(false) {
        object["spec"].as_object_mut().map(|spec| spec.remove("paused"));
    }
    Ok(())
}
