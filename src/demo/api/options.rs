//! The options of lists and watches that contradict each other.

use serde_json::json;

use super::query::Query;
use crate::store::Refusal;

/// What a resourceVersion asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The newest state.
    Newest,
    /// Any state (`0`).
    Any,
    /// This version or a newer one.
    NotOlderThan(u64),
    /// This version.
    Exact(u64),
}

/// Reads `resourceVersion` and `resourceVersionMatch` for a list (or a get), with the server's rules.
///
/// # Errors
/// 400 for what is no version, 422 for a combination that is forbidden.
pub fn at(query: &Query, watch: bool) -> Result<At, Refusal> {
    let text = query.text("resourceVersion");
    let version = text.map(parse).transpose()?;
    let initial = query.text("sendInitialEvents");
    let matching = query.text("resourceVersionMatch");
    if initial.is_some() && !watch {
        return Err(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
    }
    match (matching, version) {
        (Some("NotOlderThan"), version) if initial.is_some() => {
            return Ok(version.map_or(At::Newest, At::NotOlderThan));
        }
        (_, _) if initial.is_some() => {
            let why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
            return Err(forbidden("resourceVersionMatch", why));
        }
        (Some(_), _) if watch => {
            return Err(forbidden(
                "resourceVersionMatch",
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            ));
        }
        (Some(_), None) => {
            let why = "resourceVersionMatch is forbidden unless resourceVersion is provided";
            return Err(forbidden("resourceVersionMatch", why));
        }
        (Some("Exact"), Some(0)) => {
            let why = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
            return Err(forbidden("resourceVersionMatch", why));
        }
        (Some(_), _) if query.text("continue").is_some() => {
            return Err(forbidden(
                "resourceVersionMatch",
                "resourceVersionMatch is forbidden when continue is provided",
            ));
        }
        (Some("Exact"), Some(version)) => return Ok(At::Exact(version)),
        (Some("NotOlderThan") | None, _) => {}
        (Some(other), _) => {
            let cause = json!({
                "reason": "FieldValueNotSupported", "field": "resourceVersionMatch",
                "message": format!("Unsupported value: \"{other}\": supported values: \"Exact\", \"NotOlderThan\", \"\""),
            });
            return Err(invalid(cause));
        }
    }
    Ok(match version {
        None => At::Newest,
        Some(0) => At::Any,
        // A page of a given version is a page of exactly that version.
        Some(version) if !watch && query.text("limit").is_some_and(|limit| limit != "0") && matching.is_none() => {
            At::Exact(version)
        }
        Some(version) => At::NotOlderThan(version),
    })
}

fn parse(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| {
        let why = format!("strconv.ParseUint: parsing {text:?}: invalid syntax");
        Refusal::bad_request(format!("invalid resource version: resourceVersion: Invalid value: {text:?}: {why}"))
    })
}

fn forbidden(field: &str, why: &str) -> Refusal {
    invalid(json!({ "reason": "FieldValueForbidden", "field": field, "message": format!("Forbidden: {why}") }))
}

fn invalid(cause: serde_json::Value) -> Refusal {
    let (field, message) = (cause["field"].as_str().unwrap_or_default(), cause["message"].as_str().unwrap_or_default());
    let text = format!("ListOptions.meta.k8s.io \"\" is invalid: {field}: {message}");
    let mut refusal = Refusal::new(422, "Invalid", text);
    refusal.details = Some(json!({ "group": "meta.k8s.io", "kind": "ListOptions", "causes": [cause] }));
    refusal
}

/// 504 for a version that is not yet there.
pub fn too_large(version: u64, current: u64) -> Refusal {
    let message = format!("Timeout: Too large resource version: {version}, current: {current}");
    let mut refusal = Refusal::new(504, "Timeout", message);
    let cause = json!({ "reason": "ResourceVersionTooLarge", "message": "Too large resource version" });
    refusal.details = Some(json!({ "causes": [cause], "retryAfterSeconds": 1 }));
    refusal
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", false, Ok(At::Newest))]
    #[case("resourceVersion=0&limit=5", false, Ok(At::Any))]
    #[case("resourceVersion=7", false, Ok(At::NotOlderThan(7)))]
    #[case("resourceVersion=7&limit=5", false, Ok(At::Exact(7)))]
    #[case("resourceVersion=7&resourceVersionMatch=Exact", false, Ok(At::Exact(7)))]
    #[case("resourceVersion=0&resourceVersionMatch=Exact", false, Err(422))]
    #[case("resourceVersionMatch=Exact", false, Err(422))]
    #[case("resourceVersion=x", false, Err(400))]
    #[case("resourceVersion=7&resourceVersionMatch=Newish", false, Err(422))]
    #[case("sendInitialEvents=true", true, Err(422))]
    #[case("sendInitialEvents=true&resourceVersionMatch=NotOlderThan", true, Ok(At::Newest))]
    #[case("sendInitialEvents=true&resourceVersionMatch=NotOlderThan", false, Err(422))]
    #[case("resourceVersion=7&resourceVersionMatch=NotOlderThan", true, Err(422))]
    fn versions_mean_what_they_mean_to_the_api_server(
        #[case] query: &str,
        #[case] watch: bool,
        #[case] wanted: Result<At, u16>,
    ) {
        assert_eq!(at(&Query::parse(query), watch).map_err(|refusal| refusal.code), wanted);
    }
}
