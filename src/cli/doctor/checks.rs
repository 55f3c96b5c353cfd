//! What a cluster's answers mean for the console.

use rolldeck_cluster::{
    connect::Cluster,
    doctor::{Examined, Metrics, Purpose, Right, Server},
};

use super::{Findings, State};

/// The oldest minor version that serves all that the console reads: autoscaling/v2 came with 1.23.
const OLDEST: u32 = 23;
/// The minor version of the API server that the console is tested with.
const TESTED: u32 = 36;
/// Seconds by which clocks may differ before ages and certificates are told wrongly.
const SKEW: i64 = 5;

/// Whom we are connected to.
pub fn connection(findings: &mut Findings, cluster: &Cluster) {
    let readonly = if cluster.readonly { ", read-only" } else { "" };
    findings.good("cluster", "connection", format!("{} as {}{readonly}", cluster.server, cluster.user));
    findings.good("cluster", "context", cluster.context.to_string());
    let names: Vec<&str> = cluster.namespaces.iter().map(|name| &**name).collect();
    findings.good("cluster", "namespaces", if names.is_empty() { "all".to_owned() } else { names.join(", ") });
}

/// What it answered.
pub fn cluster(findings: &mut Findings, examined: &Examined) {
    server(findings, &examined.server);
    match &examined.metrics {
        Metrics::Answer(Some(at)) => {
            findings.good("cluster", "metrics", format!("metrics.k8s.io answers, of {}", at.format("%H:%M:%S UTC")))
        }
        Metrics::Answer(None) => {
            findings.lacks("cluster", "metrics", "metrics.k8s.io answers, without a figure for any pod in view")
        }
        Metrics::Absent => findings.lacks(
            "cluster",
            "metrics",
            "there is no metrics.k8s.io: CPU and memory are not shown; install metrics-server",
        ),
        Metrics::Fail(why) => findings.lacks("cluster", "metrics", format!("CPU and memory are not shown: {why}")),
    }
    match &examined.rights {
        Ok(rights) => self::rights(findings, rights),
        Err(why) => findings.lacks("rights", "review", format!("what the user may do cannot be asked: {why}")),
    }
}

fn server(findings: &mut Findings, server: &Server) {
    let version = &server.version;
    match server.minor {
        Some(minor) if minor < OLDEST => findings.fail(
            "cluster",
            "version",
            format!("{version}: older than 1.{OLDEST}, the first that serves all that is read here"),
        ),
        Some(minor) if minor > TESTED + 1 => findings.lacks(
            "cluster",
            "version",
            format!(
                "{version}: {} minor versions newer than 1.{TESTED}, with which rolldeck {} is tested",
                minor - TESTED,
                env!("CARGO_PKG_VERSION")
            ),
        ),
        Some(minor) => {
            let skew = match TESTED.abs_diff(minor) {
                0 => "the version that is tested with".to_owned(),
                n => {
                    format!("{n} minor version{} from 1.{TESTED}, which is tested with", if n == 1 { "" } else { "s" })
                }
            };
            findings.good("cluster", "version", format!("{version}; rolldeck {}: {skew}", env!("CARGO_PKG_VERSION")));
        }
        None => findings.lacks("cluster", "version", format!("\"{version}\" is no version that can be compared")),
    }
    if let Some(ahead) = server.ahead {
        let seconds = ahead.num_seconds();
        match seconds.abs() {
            0..=SKEW => findings.good("cluster", "clock", "as ours, within 5 s"),
            _ => findings.lacks(
                "cluster",
                "clock",
                format!(
                    "{} s {} ours: ages are told wrongly; set one of the clocks",
                    seconds.abs(),
                    if seconds > 0 { "ahead of" } else { "behind" }
                ),
            ),
        }
    }
}

/// A line for each purpose; what lacks is named.
fn rights(findings: &mut Findings, rights: &[Right]) {
    let purposes = [
        (Purpose::Look, "see the fleet", State::Bad),
        (Purpose::More, "other screens", State::Lacking),
        (Purpose::Batch, "release and roll back", State::Lacking),
        (Purpose::Act, "delete and evict pods", State::Lacking),
    ];
    for (purpose, what, without) in purposes {
        let of: Vec<&Right> = rights.iter().filter(|right| right.need.purpose == purpose).collect();
        let lacking: Vec<String> =
            of.iter().filter(|right| !right.lacks.is_empty()).map(|right| sentence(right)).collect();
        match lacking.is_empty() {
            true => findings.good("rights", what, verbs(&of)),
            false => findings.note("rights", what, without, format!("may not\n{}", lacking.join("\n"))),
        }
    }
}

fn sentence(right: &Right) -> String {
    let place = match (&right.namespace, right.need.namespaced) {
        (Some(namespace), _) => format!(" in namespace {namespace}"),
        (None, true) => " in all namespaces".to_owned(),
        (None, false) => String::new(),
    };
    format!("{} {}{place}", right.lacks.join(", "), right.need.object())
}

fn verbs(rights: &[&Right]) -> String {
    let verbs: usize = rights.iter().map(|right| right.need.verbs.len()).sum();
    format!("all {verbs} that are used")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rolldeck_cluster::doctor::NEEDS;

    use super::*;

    fn examined(minor: u32, lacks: &[&'static str]) -> Findings {
        let right = |need| Right { need, namespace: Some("qa".into()), lacks: lacks.to_vec() };
        let server = Server {
            version: format!("v1.{minor}.0").into(),
            minor: Some(minor),
            ahead: Some(TimeDelta::seconds(-90)),
        };
        let rights = Ok(NEEDS.into_iter().map(right).collect());
        let mut findings = Findings::default();
        cluster(&mut findings, &Examined { server, metrics: Metrics::Absent, rights });
        findings
    }

    #[test]
    fn a_user_who_may_all_on_a_known_version_finds_nothing_in_the_way() {
        let findings = examined(35, &[]);
        assert!(findings.sound(), "{}", findings.text());
        assert!(findings.text().contains("1 minor version from 1.36"));
        assert!(findings.text().contains("90 s behind ours"));
        assert!(findings.text().contains("install metrics-server"));
    }

    #[test]
    fn a_right_that_lacks_is_named_with_verb_resource_and_place() {
        let findings = examined(36, &["list"]);
        assert!(!findings.sound());
        assert!(findings.text().contains("list deployments.apps in namespace qa"), "{}", findings.text());
    }

    #[test]
    fn a_server_too_old_is_in_the_way_and_one_too_new_is_not() {
        assert!(!examined(22, &[]).sound());
        assert!(examined(40, &[]).sound());
    }
}
