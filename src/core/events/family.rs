//! Whether an event about a ReplicaSet or a pod, which may be gone, is about an app.

use super::About;
use crate::{
    model::{AppKey, AppKind},
    text::Clean,
};

/// An app, and what belongs to it by name: of what is gone nothing else is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The app.
    pub app: AppKey,
    /// The name of the autoscaler that aims at it, by its `scaleTargetRef`, where one is known.
    pub hpa: Option<Clean>,
}

impl Family {
    /// Whether an event is about the app, its autoscaler, one of its ReplicaSets or one of its pods.
    pub fn has(&self, about: &About) -> bool {
        let app = &self.app;
        if about.namespace != app.namespace {
            return false;
        }
        match &*about.kind {
            "HorizontalPodAutoscaler" => self.hpa.as_ref() == Some(&about.name),
            "ReplicaSet" => app.kind == AppKind::Deployment && self.set(&about.name),
            "Pod" => self.pod(&about.name),
            kind => kind == app.kind.name() && about.name == app.name,
        }
    }

    fn set(&self, name: &str) -> bool {
        name.strip_prefix(self.app.name.as_str()).and_then(|rest| rest.strip_prefix('-')).is_some_and(generated)
    }

    fn pod(&self, name: &str) -> bool {
        let Some((owner, last)) = name.rsplit_once('-') else { return false };
        match self.app.kind {
            AppKind::Deployment => last.len() == 5 && generated(last) && self.set(owner),
            AppKind::StatefulSet => {
                *owner == *self.app.name && !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
            }
            AppKind::DaemonSet => *owner == *self.app.name && last.len() == 5 && generated(last),
        }
    }
}

/// Whether the controllers would make such a word: neither vowels nor digits that look like one
/// (k8s.io/apimachinery/pkg/util/rand, `alphanums`).
fn generated(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| b"bcdfghjklmnpqrstvwxz2456789".contains(&byte))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Deployment", "web", true)]
    #[case("Deployment", "web-api", false)]
    #[case("StatefulSet", "web", false)]
    #[case("ReplicaSet", "web-7d9f8c6b5d", true)]
    #[case("ReplicaSet", "web-api-7d9f8c6b5d", false)]
    #[case("Pod", "web-7d9f8c6b5d-x2x4z", true)]
    #[case("Pod", "web-api-7d9f8c6b5d-x2x4z", false)]
    #[case("Pod", "web-agent-x2x4z", false)]
    #[case("Pod", "web", false)]
    #[case("HorizontalPodAutoscaler", "web-by-cpu", true)]
    #[case("HorizontalPodAutoscaler", "web", false)]
    fn a_deployment_has_its_sets_and_their_pods(#[case] kind: &str, #[case] name: &str, #[case] has: bool) {
        assert_eq!(of(AppKind::Deployment).has(&about(kind, "qa", name)), has);
        assert!(!of(AppKind::Deployment).has(&about(kind, "prod", name)));
    }

    #[rstest]
    #[case(AppKind::StatefulSet, "web-0", true)]
    #[case(AppKind::StatefulSet, "web-x2x4z", false)]
    #[case(AppKind::StatefulSet, "web-", false)]
    #[case(AppKind::DaemonSet, "web-x2x4z", true)]
    #[case(AppKind::DaemonSet, "web-0", false)]
    fn the_others_have_pods_of_their_own(#[case] kind: AppKind, #[case] name: &str, #[case] has: bool) {
        assert_eq!(of(kind).has(&about("Pod", "qa", name)), has);
    }

    fn of(kind: AppKind) -> Family {
        let app = AppKey { namespace: "qa".into(), name: "web".into(), kind };
        Family { app, hpa: Some("web-by-cpu".into()) }
    }

    fn about(kind: &str, namespace: &str, name: &str) -> About {
        About { api_version: "v1".into(), kind: kind.into(), namespace: namespace.into(), name: name.into() }
    }
}
