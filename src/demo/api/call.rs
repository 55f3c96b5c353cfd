//! One request for a resource, understood.

use http::HeaderMap;

use super::accept::{Form, gzip, negotiate};
use super::proto;
use super::query::Query;
use super::route::Route;
use super::schema;
use crate::server::Server;
use crate::store::{Kind, Refusal, Stored};

/// A request whose kind is known and whose form was chosen.
pub struct Call {
    /// The server's parts.
    pub server: Server,
    /// The kind.
    pub kind: &'static Kind,
    /// What the path names.
    pub route: Route,
    /// What the query says.
    pub query: Query,
    /// Kubernetes' verb.
    pub verb: &'static str,
    /// How it is answered.
    pub form: Form,
    /// Whether the answer may be packed.
    pub gzip: bool,
    /// Who writes, for `managedFields`.
    pub manager: String,
    /// Its content type, without parameters.
    pub content_type: String,
}

impl Call {
    /// Understands a request.
    ///
    /// # Errors
    /// 406 where no form suits.
    pub fn new(
        server: &Server,
        kind: &'static Kind,
        route: Route,
        query: Query,
        verb: &'static str,
        headers: &HeaderMap,
    ) -> Result<Call, Refusal> {
        let text = |name: http::header::HeaderName| {
            headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let agent = text(http::header::USER_AGENT);
        let manager = match query.text("fieldManager") {
            Some(manager) => manager.to_owned(),
            None => agent.split('/').next().unwrap_or_default().to_owned(),
        };
        let content_type = text(http::header::CONTENT_TYPE);
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        let form = negotiate(headers, schema::message_of(kind).is_some())?;
        Ok(Call {
            server: server.clone(),
            kind,
            route,
            query,
            verb,
            form,
            gzip: gzip(headers),
            manager: if manager.is_empty() { "unknown".to_owned() } else { manager },
            content_type,
        })
    }

    /// The namespace, empty where none is named.
    pub fn namespace(&self) -> &str {
        self.route.namespace.as_deref().unwrap_or_default()
    }

    /// The name, empty where none is named.
    pub fn name(&self) -> &str {
        self.route.name.as_deref().unwrap_or_default()
    }

    /// The same request as if its body were JSON of the object.
    pub fn as_json(&self) -> Call {
        Call {
            server: self.server.clone(),
            route: self.route.clone(),
            query: self.query.clone(),
            manager: self.manager.clone(),
            content_type: "application/json".to_owned(),
            ..*self
        }
    }

    /// Whether nothing is to be written.
    ///
    /// # Errors
    /// 422 for a directive that is not `All`.
    pub fn dry_run(&self) -> Result<bool, Refusal> {
        let bad = self.query.all("dryRun").find(|value| *value != "All").map(str::to_owned);
        match bad {
            Some(value) => Err(Refusal::bad_request(format!(
                "invalid dryRun: Unsupported value: \"{value}\": supported values: \"All\""
            ))),
            None => Ok(self.query.get("dryRun").is_some()),
        }
    }
}

/// The object as protobuf, made once and kept.
pub fn protobuf(stored: &Stored) -> Option<&[u8]> {
    stored.protobuf(|kind, json| proto::encode(schema::message_of(kind)?, json).ok())
}
