//! Watch events in each form.

use serde_json::{Value, json};

use super::super::accept::{Form, Media, Shown};
use super::super::call::protobuf;
use super::super::{proto, schema, table};
use crate::clock::Clock;
use crate::store::{Kind, Refusal, Stored};

/// Writes the events of one watch.
pub struct Writer {
    kind: &'static Kind,
    api_version: String,
    form: Form,
    include: Option<String>,
    clock: Clock,
    columns_sent: bool,
}

impl Writer {
    /// A writer of events of this kind in this form.
    pub fn new(kind: &'static Kind, form: Form, include: Option<&str>, clock: Clock) -> Writer {
        let include = include.map(str::to_owned);
        Writer { kind, api_version: kind.api_version(), form, include, clock, columns_sent: false }
    }

    /// The kind that is watched.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// An object as it is kept.
    pub fn object(&mut self, out: &mut Vec<u8>, what: &str, object: &Stored) {
        match (self.form.shown, self.form.media) {
            (Shown::Object, Media::Json) => json_event(out, what, object.json()),
            (Shown::Object, Media::Protobuf) => {
                if let Some(raw) = protobuf(object) {
                    proto::event_frame(out, what, &self.api_version, self.kind.kind, raw);
                }
            }
            _ => self.value(out, what, &object.value()),
        }
    }

    /// An object that is not kept.
    pub fn value(&mut self, out: &mut Vec<u8>, what: &str, value: &Value) {
        let text = match self.form.shown {
            Shown::Object => value.to_string(),
            Shown::Metadata => table::metadata_only(value).to_string(),
            Shown::Table(version) => {
                let columns = !std::mem::replace(&mut self.columns_sent, true);
                let (include, now) = (self.include.as_deref(), self.clock.now());
                let mut table = table::table(self.kind, std::iter::once(value.clone()), include, version, columns, now);
                table["metadata"] = json!({ "resourceVersion": value["metadata"]["resourceVersion"] });
                table.to_string()
            }
        };
        match self.form.media {
            Media::Json => json_event(out, what, text.as_bytes()),
            Media::Protobuf => {
                let raw = schema::message_of(self.kind).map(|message| proto::encode(message, text.as_bytes()));
                if let Some(Ok(raw)) = raw {
                    proto::event_frame(out, what, &self.api_version, self.kind.kind, &raw);
                }
            }
        }
    }

    /// A bookmark; `end` marks the end of the initial state.
    pub fn bookmark(&mut self, out: &mut Vec<u8>, version: u64, end: bool) {
        let mut metadata = json!({ "resourceVersion": version.to_string(), "creationTimestamp": null });
        if end {
            metadata["annotations"] = json!({ "k8s.io/initial-events-end": "true" });
        }
        let value = json!({ "kind": self.kind.kind, "apiVersion": self.api_version, "metadata": metadata });
        self.value(out, "BOOKMARK", &value);
    }

    /// The refusal that ends a watch.
    pub fn error(&mut self, out: &mut Vec<u8>, refusal: &Refusal) {
        let text = refusal.status().to_string();
        match self.form.media {
            Media::Json => json_event(out, "ERROR", text.as_bytes()),
            Media::Protobuf => {
                let raw = schema::named("Status").map(|message| proto::encode(message, text.as_bytes()));
                if let Some(Ok(raw)) = raw {
                    proto::event_frame(out, "ERROR", "v1", "Status", &raw);
                }
            }
        }
    }
}

fn json_event(out: &mut Vec<u8>, what: &str, object: &[u8]) {
    out.extend_from_slice(b"{\"type\":\"");
    out.extend_from_slice(what.as_bytes());
    out.extend_from_slice(b"\",\"object\":");
    out.extend_from_slice(object);
    out.extend_from_slice(b"}\n");
}
