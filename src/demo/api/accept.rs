//! What a client accepts, and what it is therefore given.

use http::HeaderMap;
use http::header::ACCEPT;

use crate::store::Refusal;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// `application/json`
    Json,
    /// `application/vnd.kubernetes.protobuf`
    Protobuf,
}

/// What is answered in an object's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The object itself.
    Object,
    /// A table, of this version of `meta.k8s.io`.
    Table(&'static str),
    /// Only its metadata.
    Metadata,
}

/// An answer's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// How it is written.
    pub media: Media,
    /// What it shows.
    pub shown: Shown,
}

/// One clause of an Accept header.
pub struct Clause<'a> {
    /// `application/json`
    pub media: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    quality: f32,
}

impl Clause<'_> {
    /// A parameter, or nothing.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}

/// The clauses of the Accept headers, most wanted first; none is the same as `*/*`.
pub fn clauses(headers: &HeaderMap) -> Vec<Clause<'_>> {
    let texts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut clauses: Vec<Clause<'_>> =
        texts.flat_map(|text| text.split(',')).filter(|text| !text.trim().is_empty()).map(clause).collect();
    if clauses.is_empty() {
        clauses.push(clause("*/*"));
    }
    clauses.retain(|clause| clause.quality > 0.0);
    clauses.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    clauses
}

fn clause(text: &str) -> Clause<'_> {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let parameters: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let quality = parameters.iter().find(|(name, _)| *name == "q").and_then(|(_, value)| value.parse().ok());
    Clause { media, parameters, quality: quality.unwrap_or(1.0) }
}

/// Chooses a form, as the API server does: the most wanted clause that can be served.
///
/// # Errors
/// 406 when there is none; `protobuf` says whether the resource has that encoding.
pub fn negotiate(headers: &HeaderMap, protobuf: bool) -> Result<Form, Refusal> {
    clauses(headers).iter().find_map(|clause| form(clause, protobuf)).ok_or_else(|| not_acceptable(protobuf))
}

fn form(clause: &Clause<'_>, protobuf: bool) -> Option<Form> {
    let media = match clause.media {
        "application/json" | "application/*" | "*/*" => Media::Json,
        "application/vnd.kubernetes.protobuf" if protobuf => Media::Protobuf,
        _ => return None,
    };
    let shown = match (clause.parameter("as"), clause.parameter("g"), clause.parameter("v")) {
        (None, ..) => Shown::Object,
        (Some("Table"), Some("meta.k8s.io"), Some("v1")) => Shown::Table("v1"),
        (Some("Table"), Some("meta.k8s.io"), Some("v1beta1")) => Shown::Table("v1beta1"),
        (Some("PartialObjectMetadata" | "PartialObjectMetadataList"), Some("meta.k8s.io"), Some("v1")) => {
            Shown::Metadata
        }
        _ => return None,
    };
    (shown == Shown::Object || media == Media::Json).then_some(Form { media, shown })
}

fn not_acceptable(protobuf: bool) -> Refusal {
    let more = if protobuf { ", application/vnd.kubernetes.protobuf" } else { "" };
    let message = format!("406: Not Acceptable\n\nAvailable representations: application/json{more}");
    let mut refusal = Refusal::new(406, "NotAcceptable", message);
    refusal.details = Some(serde_json::json!({}));
    refusal
}

/// Whether the client takes gzip.
pub fn gzip(headers: &HeaderMap) -> bool {
    let texts = headers.get_all(http::header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next() == Some("gzip") && !words.any(|word| word == "q=0")
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const JSON: Form = Form { media: Media::Json, shown: Shown::Object };
    const PROTOBUF: Form = Form { media: Media::Protobuf, shown: Shown::Object };
    const TABLE: Form = Form { media: Media::Json, shown: Shown::Table("v1") };

    #[rstest]
    #[case("", Some(JSON))]
    #[case("*/*", Some(JSON))]
    #[case("application/vnd.kubernetes.protobuf, application/json", Some(PROTOBUF))]
    #[case("application/vnd.kubernetes.protobuf;q=0.1, application/json", Some(JSON))]
    #[case("application/vnd.kubernetes.protobuf;stream=watch,application/json;stream=watch", Some(PROTOBUF))]
    #[case("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", Some(TABLE))]
    #[case("application/json;as=Chair;v=v1;g=meta.k8s.io,application/json", Some(JSON))]
    #[case("text/html", None)]
    #[case("application/json;q=0", None)]
    fn the_most_wanted_form_that_can_be_served_is_chosen(#[case] accept: &str, #[case] chosen: Option<Form>) {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(ACCEPT, accept.parse().expect("a header"));
        }
        assert_eq!(negotiate(&headers, true).ok(), chosen);
    }

    #[test]
    fn a_resource_without_protobuf_answers_json_where_that_is_accepted_and_406_elsewhere() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, "application/vnd.kubernetes.protobuf".parse().expect("a header"));
        assert_eq!(negotiate(&headers, false).expect_err("refused").code, 406);
        headers.insert(ACCEPT, "application/vnd.kubernetes.protobuf, application/json".parse().expect("a header"));
        assert_eq!(negotiate(&headers, false).expect("accepted"), JSON);
    }
}
