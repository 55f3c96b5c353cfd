//! One object: from bytes or a JSON value to what rolldeck knows.

use bytes::Bytes;
use prost::Message;
use rolldeck_core::{
    fleet::{Object, Resource},
    model::{Added, AddedFrom, App, AppKind, Hpa, Pod},
    text::{Clean, Interner},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    apps::{DaemonSet, Deployment, StatefulSet},
    convert::{self, Sample},
    envelope::{Encoding, object},
    frame::WireError,
    hpa,
    meta::{MetaOnly, ObjectMeta},
    pod,
    usage::PodMetrics,
};

/// Reads the objects of one stream, and keeps one copy of each text that repeats in it.
#[derive(Debug)]
pub struct Decoder {
    resource: Resource,
    interner: Interner,
    /// The columns that objects keep a text for.
    kept: Vec<Added>,
}

/// An object that came, and where a watch resumes after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<T = Object> {
    /// The object.
    pub object: T,
    /// Its resourceVersion.
    pub version: Bytes,
}

impl Decoder {
    /// For objects of one kind.
    pub fn new(resource: Resource) -> Self {
        Self { resource, interner: Interner::default(), kept: Vec::new() }
    }

    /// The same, with what those of the added columns show that labels do not tell.
    #[must_use]
    pub fn keeping(mut self, added: &[Added]) -> Self {
        self.kept = added.iter().filter(|column| column.is_kept()).cloned().collect();
        self
    }

    /// The texts that an object keeps for added columns. A path finds something only in JSON: its streams ask for that.
    fn extras(&mut self, encoding: Encoding, bytes: &Bytes, meta: &ObjectMeta) -> Box<[Clean]> {
        if self.kept.is_empty() {
            return Box::default();
        }
        let paths = encoding == Encoding::Json && is_read_as_json(&self.kept);
        let object = if paths { serde_json::from_slice(bytes).unwrap_or_default() } else { Value::Null };
        let interner = &mut self.interner;
        let text = |column: &Added| match &column.from {
            AddedFrom::Annotation(key) => {
                interner.intern(meta.annotation(key).map(|value| &value[..]).unwrap_or_default())
            }
            _ => interner.intern(column.read(&object).as_bytes()),
        };
        self.kept.iter().map(text).collect()
    }

    /// Reads an object without its envelope.
    ///
    /// # Errors
    /// The name as far as it can be read, where the object cannot be understood.
    pub fn object(&mut self, encoding: Encoding, bytes: &Bytes) -> Result<Seen, Clean> {
        self.read(encoding, bytes).map_err(|_| name_of(encoding, bytes))
    }

    fn read(&mut self, encoding: Encoding, bytes: &Bytes) -> Result<Seen, WireError> {
        let interner = &mut self.interner;
        let app = |version: Option<ObjectMeta>, app: App| (version, Object::App(Box::new(app)));
        let (meta, object) = match self.resource {
            Resource::Deployments => {
                let from: Deployment = object(encoding, bytes)?;
                let made = convert::deployment(&from, interner);
                app(from.metadata, made)
            }
            Resource::StatefulSets => {
                let from: StatefulSet = object(encoding, bytes)?;
                let made = convert::stateful_set(&from, interner);
                app(from.metadata, made)
            }
            Resource::DaemonSets => {
                let from: DaemonSet = object(encoding, bytes)?;
                let made = convert::daemon_set(&from, interner);
                app(from.metadata, made)
            }
            Resource::Hpas => {
                let from: hpa::Hpa = object(encoding, bytes)?;
                let made = convert::hpa(&from, interner);
                (from.metadata, Object::Hpa(Box::new(made)))
            }
            Resource::Pods | Resource::PodMetrics => {
                let from: pod::Pod = object(encoding, bytes)?;
                let made = convert::pod(&from, interner);
                (from.metadata, Object::Pod(Box::new(made)))
            }
        };
        let meta = meta.filter(|meta| !meta.name.is_empty()).ok_or(WireError::Malformed("object without a name"))?;
        let mut object = object;
        match &mut object {
            Object::App(app) => app.extras = self.extras(encoding, bytes, &meta),
            Object::Pod(pod) => pod.extras = self.extras(encoding, bytes, &meta),
            Object::Hpa(_) => {}
        }
        Ok(Seen { object, version: Bytes::copy_from_slice(&meta.resource_version) })
    }

    /// Reads what a pod uses.
    ///
    /// # Errors
    /// [`WireError::Malformed`].
    pub fn sample(&mut self, encoding: Encoding, bytes: &Bytes) -> Result<Sample, WireError> {
        object::<PodMetrics>(encoding, bytes).map(|from| convert::sample(&from, &mut self.interner))
    }
}

/// Reads an object's metadata alone.
///
/// # Errors
/// [`WireError::Malformed`].
pub fn meta_of(encoding: Encoding, bytes: &Bytes) -> Result<ObjectMeta, WireError> {
    object::<MetaOnly>(encoding, bytes).map(|only| only.metadata.unwrap_or_default())
}

/// Namespace and name of an object that cannot be understood, as far as they can be read.
pub fn name_of(encoding: Encoding, bytes: &Bytes) -> Clean {
    match meta_of(encoding, bytes) {
        Ok(meta) => Clean::from_bytes(&[&meta.namespace[..], b"/", &meta.name].concat()),
        Err(_) => Clean::default(),
    }
}

/// Whether objects must come as JSON for these columns.
pub fn is_read_as_json(added: &[Added]) -> bool {
    added.iter().any(|column| matches!(column.from, AddedFrom::JsonPath(_)))
}

fn from_json<T: Message + Default + DeserializeOwned>(json: &Value) -> Result<T, WireError> {
    T::deserialize(json).map_err(|_| WireError::Malformed("object whose fields are not what its kind has"))
}

/// An app from the JSON of a GET of it.
///
/// # Errors
/// [`WireError::Malformed`].
pub fn app_from_json(kind: AppKind, json: &Value) -> Result<App, WireError> {
    let interner = &mut Interner::default();
    Ok(match kind {
        AppKind::Deployment => convert::deployment(&from_json(json)?, interner),
        AppKind::StatefulSet => convert::stateful_set(&from_json(json)?, interner),
        AppKind::DaemonSet => convert::daemon_set(&from_json(json)?, interner),
    })
}

/// A pod from the JSON of a GET of it.
///
/// # Errors
/// [`WireError::Malformed`].
pub fn pod_from_json(json: &Value) -> Result<Pod, WireError> {
    Ok(convert::pod(&from_json(json)?, &mut Interner::default()))
}

/// An autoscaler (autoscaling/v2) from the JSON of a GET of it.
///
/// # Errors
/// [`WireError::Malformed`].
pub fn hpa_from_json(json: &Value) -> Result<Hpa, WireError> {
    Ok(convert::hpa(&from_json(json)?, &mut Interner::default()))
}
