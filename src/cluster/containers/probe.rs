//! Probes in words.

use rolldeck_core::text::Clean;
use serde_json::Value;

use super::decode::items;

/// Each probe of a container: which, and in words.
pub(super) fn probes(container: &Value) -> Box<[(Clean, Clean)]> {
    let kinds = [("startup", "startupProbe"), ("readiness", "readinessProbe"), ("liveness", "livenessProbe")];
    let told = kinds.into_iter().filter(|(_, key)| container[*key].is_object());
    told.map(|(kind, key)| (kind.into(), words(&container[key]).into())).collect()
}

/// `http GET :8080/healthz every 10s, 3 failures`. What the API server leaves out has its default
/// (k8s.io/kubernetes, pkg/apis/core/v1/defaults.go, `SetDefaults_Probe`).
fn words(probe: &Value) -> String {
    let number = |key: &str, default: u64| probe[key].as_u64().filter(|number| *number > 0).unwrap_or(default);
    let mut words = format!("{} every {}s", action(probe), number("periodSeconds", 10));
    words += &format!(", {} failure{}", number("failureThreshold", 3), plural(number("failureThreshold", 3)));
    match number("successThreshold", 1) {
        1 => {}
        n => words += &format!(", {n} successes"),
    }
    words += &format!(", timeout {}s", number("timeoutSeconds", 1));
    match number("initialDelaySeconds", 0) {
        0 => {}
        n => words += &format!(", after {n}s"),
    }
    words
}

fn plural(n: u64) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn action(probe: &Value) -> String {
    let port = |of: &Value| of["port"].as_str().map_or_else(|| of["port"].to_string(), str::to_owned);
    let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
    let http = &probe["httpGet"];
    if http.is_object() {
        let scheme = http["scheme"].as_str().unwrap_or("HTTP").to_lowercase();
        return format!("{scheme} GET {}:{}{}", text(&http["host"]), port(http), http["path"].as_str().unwrap_or("/"));
    }
    if probe["tcpSocket"].is_object() {
        return format!("tcp {}:{}", text(&probe["tcpSocket"]["host"]), port(&probe["tcpSocket"]));
    }
    if probe["grpc"].is_object() {
        return format!("grpc :{} {}", port(&probe["grpc"]), text(&probe["grpc"]["service"])).trim_end().to_owned();
    }
    let command: Vec<&str> = items(&probe["exec"]["command"]).iter().filter_map(Value::as_str).collect();
    format!("exec {}", command.join(" "))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10, "failureThreshold": 3}),
        "http GET :8080/healthz every 10s, 3 failures, timeout 1s")]
    #[case(json!({"httpGet": {"scheme": "HTTPS", "host": "a", "port": "web"}, "failureThreshold": 1, "timeoutSeconds": 5}),
        "https GET a:web/ every 10s, 1 failure, timeout 5s")]
    #[case(json!({"tcpSocket": {"port": 5432}, "initialDelaySeconds": 30}),
        "tcp :5432 every 10s, 3 failures, timeout 1s, after 30s")]
    #[case(json!({"grpc": {"port": 9000, "service": "live"}, "successThreshold": 2}),
        "grpc :9000 live every 10s, 3 failures, 2 successes, timeout 1s")]
    #[case(json!({"exec": {"command": ["cat", "/tmp/ok"]}}), "exec cat /tmp/ok every 10s, 3 failures, timeout 1s")]
    fn a_probe_is_told_in_words(#[case] probe: Value, #[case] expected: &str) {
        assert_eq!(words(&probe), expected);
    }
}
