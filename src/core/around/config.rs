//! ConfigMaps and Secrets that an app mounts or reads, and which of its pods run with an older one than there is now.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{items, text};
use crate::{
    Time,
    model::{Api, ContainerState, ObjectRef, Pod},
    text::Clean,
};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfigKind {
    /// v1 ConfigMap.
    ConfigMap,
    /// v1 Secret.
    Secret,
}

impl ConfigKind {
    /// What names an object of it.
    pub fn object(self, namespace: &Clean, name: &Clean) -> ObjectRef {
        let (resource, kind) = match self {
            Self::ConfigMap => ("configmaps", "ConfigMap"),
            Self::Secret => ("secrets", "Secret"),
        };
        ObjectRef { api: Api::new("", "v1", resource, kind, true), namespace: namespace.clone(), name: name.clone() }
    }
}

/// How a container takes it up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// As environment: read when the container starts, and never again.
    Environment(Clean),
    /// As one file by subPath: taken when the container starts, and never again.
    File(Clean),
    /// As a volume: its files follow within a minute or two; whether the program reads them again is its own affair.
    Volume(Clean),
    /// To pull images: read at each pull.
    Pull,
}

impl Way {
    /// The container that must start anew to see a change, if any.
    pub fn frozen(&self) -> Option<&Clean> {
        match self {
            Self::Environment(container) | Self::File(container) => Some(container),
            Self::Volume(_) | Self::Pull => None,
        }
    }
}

/// One ConfigMap or Secret of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigUse {
    /// Which of the two.
    pub kind: ConfigKind,
    /// Its name.
    pub name: Clean,
    /// The app starts without it, too.
    pub optional: bool,
    /// How it is taken up, each way once.
    pub ways: Vec<Way>,
}

/// What was read of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is there: when it last changed, and by whom (a field manager), as far as its managedFields tell, else its creation.
    There(Option<Time>, Clean),
    /// There is none of that name.
    Missing,
    /// It could not be read: why.
    Failed(Clean),
}

impl Known {
    /// Of the metadata of a raw object. Writes to its status do not count.
    pub fn of(object: &Value) -> Self {
        let metadata = &object["metadata"];
        let time = super::json::time;
        let writes = items(&metadata["managedFields"]).iter().filter(|entry| text(&entry["subresource"]).is_empty());
        let last = writes.filter_map(|entry| Some((time(&entry["time"])?, text(&entry["manager"])))).max();
        match last {
            Some((at, by)) => Self::There(Some(at), by),
            None => Self::There(time(&metadata["creationTimestamp"]), Clean::default()),
        }
    }
}

/// Every ConfigMap and Secret that the pods of this template take up, by kind and name.
pub fn config_uses(template: &Value) -> Vec<ConfigUse> {
    let spec = &template["spec"];
    let mut uses = Uses::default();
    for list in ["initContainers", "containers"] {
        for container in items(&spec[list]) {
            uses.container(spec, container);
        }
    }
    for pull in items(&spec["imagePullSecrets"]) {
        uses.add(ConfigKind::Secret, &pull["name"], true, Way::Pull);
    }
    uses.finish()
}

#[derive(Default)]
struct Uses(BTreeMap<(ConfigKind, Clean), (bool, Vec<Way>)>);

impl Uses {
    fn add(&mut self, kind: ConfigKind, name: &Value, optional: bool, way: Way) {
        let Some(name) = name.as_str().filter(|name| !name.is_empty()) else { return };
        let known = self.0.entry((kind, name.into())).or_insert_with(|| (true, Vec::new()));
        known.0 &= optional;
        if !known.1.contains(&way) {
            known.1.push(way);
        }
    }

    fn container(&mut self, spec: &Value, container: &Value) {
        let name = text(&container["name"]);
        let optional = |of: &Value| of["optional"] == true;
        for from in items(&container["envFrom"]) {
            for (field, kind) in [("configMapRef", ConfigKind::ConfigMap), ("secretRef", ConfigKind::Secret)] {
                self.add(kind, &from[field]["name"], optional(&from[field]), Way::Environment(name.clone()));
            }
        }
        for variable in items(&container["env"]) {
            let from = &variable["valueFrom"];
            for (field, kind) in [("configMapKeyRef", ConfigKind::ConfigMap), ("secretKeyRef", ConfigKind::Secret)] {
                self.add(kind, &from[field]["name"], optional(&from[field]), Way::Environment(name.clone()));
            }
        }
        for mount in items(&container["volumeMounts"]) {
            let volume = items(&spec["volumes"]).iter().find(|volume| volume["name"] == mount["name"]);
            let sub = !text(&mount["subPath"]).is_empty() || !text(&mount["subPathExpr"]).is_empty();
            let way = if sub { Way::File(name.clone()) } else { Way::Volume(name.clone()) };
            self.volume(volume.unwrap_or(&Value::Null), &way);
        }
    }

    fn volume(&mut self, volume: &Value, way: &Way) {
        let sources = items(&volume["projected"]["sources"]);
        for from in std::iter::once(volume).chain(sources) {
            let (map, secret) = (&from["configMap"], &from["secret"]);
            self.add(ConfigKind::ConfigMap, &map["name"], map["optional"] == true, way.clone());
            // A volume says secretName, a projected source says name.
            let name = if secret["secretName"].is_string() { &secret["secretName"] } else { &secret["name"] };
            self.add(ConfigKind::Secret, name, secret["optional"] == true, way.clone());
        }
    }

    fn finish(self) -> Vec<ConfigUse> {
        let one = |((kind, name), (optional, ways))| ConfigUse { kind, name, optional, ways };
        self.0.into_iter().map(one).collect()
    }
}

/// The names of the pods that run with an older one than there is now: a container that reads it only at its start began before it
/// changed. What is written after the second of a start is newer: times of the API are whole seconds.
pub fn older<'a>(of: &ConfigUse, changed: Time, pods: impl IntoIterator<Item = &'a Pod>) -> Vec<&'a Clean> {
    let frozen: Vec<&Clean> = of.ways.iter().filter_map(Way::frozen).collect();
    let began = |pod: &Pod| {
        let containers = pod.containers.iter().filter(|container| frozen.contains(&&container.name));
        containers
            .filter_map(|container| match container.state {
                ContainerState::Running(at) => at,
                _ => None,
            })
            .min()
    };
    pods.into_iter()
        .filter(|pod| !pod.ending && began(pod).is_some_and(|at| at < changed))
        .map(|pod| &pod.name)
        .collect()
}
