//! Pieces of objects in words.

use rolldeck_core::Time;
use serde_json::Value;

use crate::{
    Ctx,
    widgets::text::{age, time_of_day},
};

/// A scalar as text; empty where there is none.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Object(_) | Value::Array(_) => String::new(),
        other => other.to_string(),
    }
}

/// The items of a list; none where there is no list.
pub(crate) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The fields of a map, as texts.
pub(crate) fn pairs(value: &Value) -> impl Iterator<Item = (&str, String)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), text(value)))
}

/// `a=1, b=2`.
pub(crate) fn joined(map: &Value) -> String {
    pairs(map).map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}

/// A time of the API.
pub(crate) fn time(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}

/// `3h ago`; what lies ahead is told by the time of day.
pub(crate) fn ago(ctx: &Ctx, value: &Value) -> String {
    match time(value) {
        Some(at) if at > ctx.clock.now + chrono::TimeDelta::seconds(60) => format!("at {}", time_of_day(at, ctx.clock)),
        Some(at) => format!("{} ago", age(at, ctx.clock.now)),
        None => String::new(),
    }
}

/// A probe: `HTTP GET :8080/ready every 10s, times out after 1s, fails after 3`.
pub(crate) fn probe(probe: &Value) -> String {
    if !probe.is_object() {
        return String::new();
    }
    let (http, tcp, grpc, exec) = (&probe["httpGet"], &probe["tcpSocket"], &probe["grpc"], &probe["exec"]["command"]);
    let what = if http.is_object() {
        let scheme = if http["scheme"] == "HTTPS" { "HTTPS" } else { "HTTP" };
        format!("{scheme} GET {}:{}{}", text(&http["host"]), text(&http["port"]), text(&http["path"]))
    } else if tcp.is_object() {
        format!("TCP :{}", text(&tcp["port"]))
    } else if grpc.is_object() {
        format!("gRPC :{} {}", text(&grpc["port"]), text(&grpc["service"])).trim_end().to_owned()
    } else {
        format!("runs {}", items(exec).iter().map(text).collect::<Vec<_>>().join(" "))
    };
    let or = |field: &str, default: i64| probe[field].as_i64().unwrap_or(default);
    let mut out = format!(
        "{what} every {}s, times out after {}s, fails after {}",
        or("periodSeconds", 10),
        or("timeoutSeconds", 1),
        or("failureThreshold", 3)
    );
    if or("initialDelaySeconds", 0) > 0 {
        out += &format!(", begins after {}s", or("initialDelaySeconds", 0));
    }
    if or("successThreshold", 1) > 1 {
        out += &format!(", holds after {} in a row", or("successThreshold", 1));
    }
    out
}

/// A container's requests and limits: `CPU 250m, at most 1 · memory 256Mi, no limit`.
pub(crate) fn resources(container: &Value) -> String {
    let (requests, limits) = (&container["resources"]["requests"], &container["resources"]["limits"]);
    let mut names: Vec<&str> = vec!["cpu", "memory"];
    for map in [requests, limits] {
        names.extend(map.as_object().into_iter().flatten().map(|(name, _)| name.as_str()));
    }
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(name);
            true
        }
    });
    let one = |name: &str| {
        let (asks, most) = (text(&requests[name]), text(&limits[name]));
        let label = if name == "cpu" { "CPU" } else { name };
        match (asks.is_empty(), most.is_empty()) {
            (true, true) => format!("{label}: no request, no limit"),
            (false, true) => format!("{label} {asks}, no limit"),
            (true, false) => format!("{label}: at most {most}, which it requests, too"),
            (false, false) => format!("{label} {asks}, at most {most}"),
        }
    };
    names.into_iter().map(one).collect::<Vec<_>>().join(" · ")
}

/// A container's ports: `http 8080/TCP, 9090/TCP`.
pub(crate) fn ports(container: &Value) -> String {
    let one = |port: &Value| {
        let protocol = port["protocol"].as_str().unwrap_or("TCP");
        format!("{} {}/{protocol}", text(&port["name"]), text(&port["containerPort"])).trim_start().to_owned()
    };
    items(&container["ports"]).iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What a volume is: `ConfigMap web`, `claim data (read only)`, `empty directory (memory)`.
pub(crate) fn volume(volume: &Value) -> String {
    let Some((kind, of)) = volume.as_object().into_iter().flatten().find(|(name, _)| *name != "name") else {
        return "empty directory".to_owned();
    };
    let optional = |of: &Value| if of["optional"] == true { " (optional)" } else { "" };
    match kind.as_str() {
        "configMap" => format!("ConfigMap {}{}", text(&of["name"]), optional(of)),
        "secret" => format!("Secret {}{}", text(&of["secretName"]), optional(of)),
        "persistentVolumeClaim" => {
            format!("claim {}{}", text(&of["claimName"]), if of["readOnly"] == true { " (read only)" } else { "" })
        }
        "emptyDir" => {
            let medium = if of["medium"] == "Memory" { " in memory" } else { "" };
            let most = text(&of["sizeLimit"]);
            format!(
                "empty directory{medium}{}",
                if most.is_empty() { String::new() } else { format!(", at most {most}") }
            )
        }
        "hostPath" => format!("host's {}", text(&of["path"])),
        "projected" => {
            let one = |source: &Value| {
                let (kind, of) = source.as_object()?.iter().next()?;
                Some(match kind.as_str() {
                    "configMap" => format!("ConfigMap {}", text(&of["name"])),
                    "secret" => format!("Secret {}", text(&of["name"])),
                    "serviceAccountToken" => "service account token".to_owned(),
                    "downwardAPI" => "pod's own fields".to_owned(),
                    other => other.to_owned(),
                })
            };
            items(&of["sources"]).iter().filter_map(one).collect::<Vec<_>>().join(" + ")
        }
        "downwardAPI" => "pod's own fields".to_owned(),
        "nfs" => format!("NFS {}:{}", text(&of["server"]), text(&of["path"])),
        "csi" => format!("CSI {}", text(&of["driver"])),
        other => other.to_owned(),
    }
}

/// Where an environment variable's value comes from: the value itself, or `key password of Secret db`.
pub(crate) fn variable(variable: &Value) -> String {
    let from = &variable["valueFrom"];
    let key = |of: &Value, kind: &str| format!("key {} of {kind} {}", text(&of["key"]), text(&of["name"]));
    if from["secretKeyRef"].is_object() {
        key(&from["secretKeyRef"], "Secret")
    } else if from["configMapKeyRef"].is_object() {
        key(&from["configMapKeyRef"], "ConfigMap")
    } else if from["fieldRef"].is_object() {
        format!("the pod's {}", text(&from["fieldRef"]["fieldPath"]))
    } else if from["resourceFieldRef"].is_object() {
        format!("its {}", text(&from["resourceFieldRef"]["resource"]))
    } else {
        format!("{:?}", text(&variable["value"]))
    }
}

/// A label selector in the words of kubectl: `app=web, tier in (a,b)`; `everything` where it is empty, nothing where there is none.
pub(crate) fn selector(selector: &Value) -> String {
    let Some(fields) = selector.as_object() else { return String::new() };
    let mut parts: Vec<String> =
        pairs(&selector["matchLabels"]).map(|(name, value)| format!("{name}={value}")).collect();
    for expression in items(&selector["matchExpressions"]) {
        let key = text(&expression["key"]);
        let values = items(&expression["values"]).iter().map(text).collect::<Vec<_>>().join(",");
        parts.push(match expression["operator"].as_str().unwrap_or_default() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} not in ({values})"),
            "Exists" => key,
            "DoesNotExist" => format!("!{key}"),
            other => format!("{key} {other} ({values})"),
        });
    }
    if parts.is_empty() {
        // A plain map of labels, as Services and ReplicationControllers have it.
        parts = fields.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?))).collect();
    }
    if parts.is_empty() { "everything".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn probes_are_told_in_a_sentence_with_the_defaults_of_the_api() {
        let http =
            json!({ "httpGet": { "port": "http", "path": "/ready" }, "periodSeconds": 5, "initialDelaySeconds": 3 });
        assert_eq!(probe(&http), "HTTP GET :http/ready every 5s, times out after 1s, fails after 3, begins after 3s");
        assert_eq!(
            probe(&json!({ "tcpSocket": { "port": 80 } })),
            "TCP :80 every 10s, times out after 1s, fails after 3"
        );
        assert_eq!(probe(&Value::Null), "");
    }

    #[test]
    fn a_limit_alone_is_the_request_and_their_lack_is_said() {
        let container =
            json!({ "resources": { "limits": { "cpu": "1" }, "requests": { "ephemeral-storage": "1Gi" } } });
        assert_eq!(
            resources(&container),
            "CPU: at most 1, which it requests, too · memory: no request, no limit · ephemeral-storage 1Gi, no limit"
        );
    }

    #[test]
    fn selectors_of_both_forms_are_words() {
        assert_eq!(selector(&json!({ "app": "web" })), "app=web");
        assert_eq!(
            selector(
                &json!({ "matchLabels": { "a": "b" }, "matchExpressions": [{ "key": "c", "operator": "NotIn", "values": ["d"] }] })
            ),
            "a=b, c not in (d)"
        );
        assert_eq!((selector(&json!({})).as_str(), selector(&Value::Null).as_str()), ("everything", ""));
    }
}
