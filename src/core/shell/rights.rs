//! Whether the user may, and what is missing where not.

use super::Place;
use crate::text::Clean;

/// What a right is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Shell, run, files, copies: `pods/exec`.
    Exec,
    /// `pods/attach`.
    Attach,
    /// `pods/portforward`.
    Forward,
    /// `pods/ephemeralcontainers`.
    Debug,
    /// `nodes/proxy`: amounts to a command in every container of the node, so that it is never assumed.
    NodeFiles,
}

impl Access {
    /// The resource that a rule names.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Exec => "pods/exec",
            Self::Attach => "pods/attach",
            Self::Forward => "pods/portforward",
            Self::Debug => "pods/ephemeralcontainers",
            Self::NodeFiles => "nodes/proxy",
        }
    }

    /// The verbs that are needed. WebSockets are opened by a GET, and Kubernetes 1.35 and newer ask for `create` besides
    /// (AuthorizePodWebsocketUpgradeCreatePermission).
    pub fn verbs(self, create_too: bool) -> &'static [&'static str] {
        match self {
            Self::Debug => &["patch"],
            Self::NodeFiles => &["get"],
            _ if create_too => &["get", "create"],
            _ => &["get"],
        }
    }

    /// The same with kubectl, to be copied.
    pub fn kubectl(self, context: &str, place: &Place) -> String {
        let Place { pod, container } = place;
        let flags = format!("--context {} -n {}", quoted(context), quoted(&pod.namespace));
        let (name, container) = (quoted(&pod.name), quoted(container));
        match self {
            Self::Exec => format!("kubectl {flags} exec -it {name} -c {container} -- sh"),
            Self::Attach => format!("kubectl {flags} attach {name} -c {container}"),
            Self::Forward => format!("kubectl {flags} port-forward pod/{name} :PORT"),
            Self::Debug => format!("kubectl {flags} debug -it {name} --image IMAGE --target {container}"),
            Self::NodeFiles => format!("kubectl {flags} get --raw /api/v1/nodes/NODE/proxy/logs/"),
        }
    }
}

/// A rule of a role that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The verbs that are missing.
    pub verbs: Vec<&'static str>,
    /// `pods/exec`.
    pub resource: &'static str,
}

impl Rule {
    /// As a line of a Role: `- {apiGroups: [""], resources: ["pods/exec"], verbs: ["get"]}`.
    pub fn yaml(&self) -> String {
        let verbs: Vec<String> = self.verbs.iter().map(|verb| format!("\"{verb}\"")).collect();
        format!("- {{apiGroups: [\"\"], resources: [\"{}\"], verbs: [{}]}}", self.resource, verbs.join(", "))
    }
}

/// What is missing, and what works instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The rule that is missing.
    pub rule: Rule,
    /// Where: a namespace, or empty for the whole cluster.
    pub namespace: Clean,
    /// The server's reason; mostly empty.
    pub reason: Clean,
    /// The same with kubectl, to be copied.
    pub kubectl: String,
    /// `create` alone is given: kubectl falls back to SPDY with it, rolldeck speaks WebSocket only.
    pub create_alone: bool,
}

impl Denied {
    /// What is missing where, in a sentence or two.
    pub fn words(&self) -> Clean {
        let place = match self.namespace.is_empty() {
            true => "in the cluster".to_owned(),
            false => format!("in namespace {}", self.namespace),
        };
        let why = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        let spdy = match self.create_alone {
            true => "; a role with create alone works with kubectl, which falls back to SPDY, but not here",
            false => "",
        };
        format!("you may not {} {} {place}{why}{spdy}", self.rule.verbs.join(" and "), self.rule.resource).into()
    }
}

/// Whether the user may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// Yes.
    Allowed,
    /// No.
    Denied(Denied),
    /// It could not be asked.
    Unknown(Clean),
}

/// Quoted for a shell where it has to be.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,+%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::PodId;

    #[test]
    fn what_is_missing_is_said_with_the_rule_the_line_to_copy_and_the_word_on_create() {
        let pod = PodId { namespace: "qa".into(), name: "web-1".into(), uid: "u".into() };
        let place = Place { pod, container: "main".into() };
        let denied = Denied {
            rule: Rule { verbs: vec!["get"], resource: "pods/exec" },
            namespace: "qa".into(),
            reason: Clean::default(),
            kubectl: Access::Exec.kubectl("a b'c", &place),
            create_alone: true,
        };
        assert_eq!(denied.rule.yaml(), r#"- {apiGroups: [""], resources: ["pods/exec"], verbs: ["get"]}"#);
        assert_eq!(denied.kubectl, r"kubectl --context 'a b'\''c' -n qa exec -it web-1 -c main -- sh");
        assert!(denied.words().starts_with("you may not get pods/exec in namespace qa; a role with create alone"));
    }
}
