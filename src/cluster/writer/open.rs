//! The door for what is opened into a pod: read-only and guards asked first.

use std::time::Duration;

use http::{Method, Request};
use kube::client::Connection;
use rolldeck_core::{
    batch::PortError,
    shell::{Opening, Place, Refused},
    text::Clean,
};
use serde_json::Value;

use super::{Writer, send::Write};
use crate::{
    access::{self, of_failure},
    connect::{Cluster, find},
};

/// How long the API server and the kubelet may take to open a stream.
const OPEN: Duration = Duration::from_secs(20);
const STRATEGIC: &str = "application/strategic-merge-patch+json";

/// A way into pods, which the door gave for one opening. Only [`Writer::way`] makes one. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Way {
    door: kube::Client,
    cluster: Cluster,
    opening: Opening,
}

impl Writer {
    /// The way into pods of a namespace, if read-only mode and guards let this be opened there.
    ///
    /// # Errors
    /// [`Refused::ReadOnly`] and [`Refused::Guarded`].
    pub(crate) async fn way(&self, opening: Opening, namespace: &Clean) -> Result<Way, Refused> {
        let only_reads = opening.reads() && self.files_when_readonly;
        let place = || Clean::from(format!("namespace {namespace}"));
        if self.reader.readonly && !only_reads {
            return Err(Refused::ReadOnly(opening, place()));
        }
        if !only_reads && let Some(why) = self.keep.refuses(&self.reader, namespace).await {
            return Err(Refused::Guarded(opening, place(), why));
        }
        Ok(Way { door: self.door.clone(), cluster: self.reader.clone(), opening })
    }

    /// Adds an ephemeral container to a pod, if it still has this uid.
    pub(crate) async fn add_ephemeral(&self, place: &Place, body: &Value) -> Result<Value, PortError> {
        let namespace = &*place.pod.namespace;
        let path = format!("/api/v1/namespaces/{namespace}/pods/{}/ephemeralcontainers", place.pod.name);
        let what = format!("pod {}", place.pod);
        let (method, content_type, dry_run) = (Method::PATCH, STRATEGIC, false);
        self.send(Write { method, namespace, path, content_type, body, what: &what, dry_run }).await
    }
}

impl Way {
    /// The connection that only reads.
    pub(crate) fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Opens a stream. `place` names it in errors.
    ///
    /// # Errors
    /// Each of [`Refused`] that a server can cause.
    pub(crate) async fn open(&self, request: Request<Vec<u8>>, place: &Place) -> Result<Connection, Refused> {
        let opened = tokio::time::timeout(OPEN, self.door.connect(request)).await;
        let late = |_| {
            let why = format!("nothing within {} s", OPEN.as_secs());
            Refused::Unreached(place.to_string().into(), why.into())
        };
        opened.map_err(late)?.map_err(|error| self.refused(&error, place))
    }

    fn refused(&self, error: &kube::Error, place: &Place) -> Refused {
        let at = || Clean::from(place.to_string());
        if find::<access::Refused>(error).is_some() {
            return Refused::ReadOnly(self.opening, at());
        }
        match error {
            kube::Error::Api(status) => {
                let said = Clean::new(&status.message);
                match status.code {
                    401 => Refused::Unauthorized(said),
                    403 => Refused::Forbidden(said),
                    404 => Refused::Gone(at()),
                    _ => Refused::Other(at(), said),
                }
            }
            kube::Error::UpgradeConnection(why) => {
                let said = format!("the server does not open a WebSocket (v5 or v4 of channel.k8s.io): {why}");
                Refused::Other(at(), said.into())
            }
            _ => of_port(of_failure(error, &place.to_string()), place),
        }
    }
}

/// The same error, of something that was to be opened.
pub(crate) fn of_port(error: PortError, place: &Place) -> Refused {
    let at = || Clean::from(place.to_string());
    match error {
        PortError::NotFound(_) => Refused::Gone(at()),
        PortError::Conflict(_) => Refused::Replaced(at()),
        PortError::Forbidden(why) => Refused::Forbidden(why.into()),
        PortError::Unauthorized(why) => Refused::Unauthorized(why.into()),
        PortError::Unreached(why) | PortError::NoAnswer(why) => Refused::Unreached(at(), why.into()),
        PortError::Busy(why, _) => Refused::Unreached(at(), format!("the server is busy: {why}").into()),
        PortError::Invalid(why) | PortError::Refused(why) => Refused::Other(at(), why.into()),
    }
}
