//! Get and list.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Response;
use serde_json::{Value, json};

use super::accept::{Media, Shown};
use super::call::{Call, protobuf};
use super::hooks::Body;
use super::listing::{self, Page};
use super::options::{self, At};
use super::proto;
use super::respond;
use super::selector::Selection;
use super::table;
use crate::store::{Kind, Listing, Refusal, Store, Stored, What};

/// Answers a get.
pub fn get(call: &Call) -> Result<Response<Body>, Refusal> {
    let current = call.server.store.version();
    if let At::NotOlderThan(version) = options::at(&call.query, false)?
        && version > current
    {
        return Err(options::too_large(version, current));
    }
    let stored = call.server.store.stored(call.kind, call.namespace(), call.name());
    let stored = stored.ok_or_else(|| Refusal::not_found(call.kind, call.name()))?;
    Ok(one(call, 200, &stored))
}

/// Answers with one stored object, in the form that was asked for.
pub fn one(call: &Call, code: u16, stored: &Stored) -> Response<Body> {
    match (call.form.shown, call.form.media) {
        (Shown::Table(_) | Shown::Metadata, _) => shown(call, code, &stored.value()),
        (Shown::Object, Media::Protobuf) if let Some(raw) = protobuf(stored) => {
            let content = proto::unknown(&call.kind.api_version(), call.kind.kind, raw);
            respond::packed(code, respond::content_type(Media::Protobuf), content, call.gzip)
        }
        _ => {
            let mut text = stored.json().to_vec();
            text.push(b'\n');
            respond::packed(code, respond::content_type(Media::Json), text, call.gzip)
        }
    }
}

/// Answers with one object that may not be stored, in the form that was asked for.
pub fn shown(call: &Call, code: u16, value: &Value) -> Response<Body> {
    match call.form.shown {
        Shown::Object => respond::object(code, value, call.form.media),
        Shown::Metadata => respond::json(code, &table::metadata_only(value)),
        Shown::Table(version) => {
            let include = call.query.get("includeObject");
            let now = call.server.store.clock().now();
            let mut table = table::table(call.kind, std::iter::once(value.clone()), include, version, true, now);
            table["metadata"] = json!({ "resourceVersion": value["metadata"]["resourceVersion"] });
            respond::json(code, &table)
        }
    }
}

/// Answers a list.
pub fn list(call: &Call) -> Result<Response<Body>, Refusal> {
    let selection = Selection::read(call.kind, call.route.namespace.as_deref(), &call.query)?;
    let page = page(call, &selection)?;
    Ok(match call.form.shown {
        Shown::Object => listing::answer(call, page),
        Shown::Metadata => {
            let items: Vec<Value> = page.objects.iter().map(|stored| table::metadata_only(&stored.value())).collect();
            respond::json(
                200,
                &json!({
                    "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                    "metadata": page.meta(), "items": items,
                }),
            )
        }
        Shown::Table(version) => {
            let include = call.query.get("includeObject");
            let objects = page.objects.iter().map(|stored| stored.value());
            let now = call.server.store.clock().now();
            let mut table = table::table(call.kind, objects, include, version, true, now);
            table["metadata"] = page.meta();
            respond::packed(200, "application/json", serde_json::to_vec(&table).unwrap_or_default(), call.gzip)
        }
    })
}

/// Where a page begins: after this object, at this version (`None`: whatever is newest).
struct Token {
    version: Option<u64>,
    after: (String, String),
}

impl Token {
    fn write(version: Option<u64>, last: &Stored) -> String {
        let version = version.map_or(json!(-1), Value::from);
        let start = format!("{}/{}\u{0}", last.namespace, last.name);
        URL_SAFE_NO_PAD.encode(json!({ "v": "meta.k8s.io/v1", "rv": version, "start": start }).to_string())
    }

    fn read(text: &str) -> Result<Token, Refusal> {
        let bad = |why: &str| Refusal::bad_request(format!("invalid continue token: continue key is not valid: {why}"));
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| {
            // Go names the first byte that is none of the alphabet, or the start of the group that is cut off.
            let strange = text.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'-' && byte != b'_');
            bad(&format!("illegal base64 data at input byte {}", strange.unwrap_or(text.len() / 4 * 4)))
        })?;
        let token: Value = serde_json::from_slice(&bytes).map_err(|error| bad(&error.to_string()))?;
        let start = token["start"].as_str().ok_or_else(|| bad("no start"))?;
        let (ns, name) = start.trim_end_matches('\0').split_once('/').ok_or_else(|| bad("no place"))?;
        Ok(Token { version: token["rv"].as_u64(), after: (ns.to_owned(), name.to_owned()) })
    }
}

/// The page that a list asks for.
pub fn page(call: &Call, selection: &Selection) -> Result<Page, Refusal> {
    let store = &call.server.store;
    let at = options::at(&call.query, false)?;
    let token = call.query.text("continue").map(Token::read).transpose()?;
    // A list of any version comes whole from the API server's cache, whatever the limit.
    let limit = if at == At::Any && token.is_none() { None } else { limit(call)? };
    let listing = match &token {
        Some(token) => continued(store, call.kind, selection, token)?,
        None => listed(store, call.kind, selection, at)?,
    };
    let Listing { mut objects, version } = listing;
    if let Some(token) = &token {
        let after =
            |one: &Arc<Stored>| (&*one.namespace, &*one.name) <= (token.after.0.as_str(), token.after.1.as_str());
        let start = objects.partition_point(after);
        objects.drain(..start);
    }
    if !selection.everything() {
        objects.retain(|one| selection.takes(one));
    }
    let mut page = Page { objects, version, next: None, remaining: None };
    if let Some(limit) = limit
        && page.objects.len() > limit
    {
        let remaining = page.objects.len() - limit;
        page.objects.truncate(limit);
        let pinned = token.as_ref().is_none_or(|token| token.version.is_some()).then_some(version);
        page.next = page.objects.last().map(|last| Token::write(pinned, last));
        page.remaining = selection.everything().then_some(remaining);
    }
    Ok(page)
}

fn limit(call: &Call) -> Result<Option<usize>, Refusal> {
    let bad = |text: &str| Refusal::bad_request(format!("strconv.ParseInt: parsing {text:?}: invalid syntax"));
    let limit = call.query.text("limit").map(|text| text.parse::<usize>().map_err(|_| bad(text))).transpose()?;
    Ok(limit.filter(|limit| *limit > 0))
}

fn listed(store: &Store, kind: &'static Kind, selection: &Selection, at: At) -> Result<Listing, Refusal> {
    let listing = match (selection.name(), selection.namespace.as_deref(), kind.namespaced) {
        (Some(name), Some(namespace), true) => narrow(store, kind, namespace, name),
        (Some(name), _, false) => narrow(store, kind, "", name),
        _ => store.listing(kind, selection.namespace.as_deref()),
    };
    match at {
        At::Newest | At::Any => Ok(listing),
        At::NotOlderThan(version) | At::Exact(version) if version > listing.version => {
            Err(options::too_large(version, listing.version))
        }
        At::NotOlderThan(_) => Ok(listing),
        At::Exact(version) => past(store, kind, selection, version)
            .map_err(|_| Refusal::gone("The resourceVersion for the provided list is too old.")),
    }
}

fn narrow(store: &Store, kind: &'static Kind, namespace: &str, name: &str) -> Listing {
    let version = store.version();
    Listing { objects: store.stored(kind, namespace, name).into_iter().collect(), version }
}

fn continued(store: &Store, kind: &'static Kind, selection: &Selection, token: &Token) -> Result<Listing, Refusal> {
    let Some(version) = token.version else { return Ok(store.listing(kind, selection.namespace.as_deref())) };
    past(store, kind, selection, version).map_err(|_| {
        Refusal::gone(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list \
             without the continue parameter, or use the continue token in this response to retrieve the remainder of \
             the results. Continuing with the provided token results in an inconsistent list - objects that were \
             created, modified, or deleted between the time the first chunk was returned and now may show up in the \
             list.",
        )
    })
}

/// Namespace and name.
type Place = (Box<str>, Box<str>);

/// The objects as they were at a version: those of now with every later write undone.
fn past(store: &Store, kind: &'static Kind, selection: &Selection, version: u64) -> Result<Listing, Refusal> {
    let listing = store.listing(kind, selection.namespace.as_deref());
    let mut undone: HashMap<Place, Option<Arc<Stored>>> = HashMap::new();
    for change in store.changes(version, usize::MAX)? {
        let here = selection.namespace.as_deref().is_none_or(|namespace| namespace == &*change.object.namespace);
        if change.object.kind == kind && here && change.version <= listing.version {
            let before = if change.what == What::Added { None } else { change.prior };
            undone.entry((change.object.namespace.clone(), change.object.name.clone())).or_insert(before);
        }
    }
    let mut objects = listing.objects;
    if !undone.is_empty() {
        objects.retain(|one| !undone.contains_key(&(one.namespace.clone(), one.name.clone())));
        objects.extend(undone.into_values().flatten());
        objects.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    }
    Ok(Listing { objects, version })
}
