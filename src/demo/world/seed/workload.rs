//! The workloads of an app with their history: Deployment and ReplicaSets, StatefulSet or DaemonSet and their revisions.

use super::super::controllers::{daemon_set, deployment, history, replica_set, stateful_set, volume};
use super::super::json::{merge, name, owned_by, stamp, uid};
use super::super::kinds::{CONTROLLER_REVISION, DAEMON_SET, DEPLOYMENT, POD, PV, PVC, REPLICA_SET, STATEFUL_SET};
use super::super::names::{hash64, template_hash};
use super::catalog::{Plan, Trouble, Work};
use super::template::{selector, template, versions};
use super::{Seeder, around, batches, pods, trouble};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

const CAUSES: [&str; 9] = [
    "release {v}",
    "发布 {v}：修复重复提交",
    "{v}: fewer queries per request",
    "升级基础镜像到 {v}",
    "🚢 {v} new berth allocation",
    "hotfix {v}: timeouts against the carrier's gateway",
    "CI main@9c1f0de {v}",
    "{v} 灰度完成，全量发布",
    "security update {v}",
];

/// A revision of an app: its version, when it went live and what was said of it.
pub struct Revision {
    /// Its number when it was first released, from 1.
    pub number: usize,
    /// The image's tag.
    pub tag: String,
    /// When it was first released.
    pub time: DateTime<Utc>,
    /// The change-cause.
    pub cause: String,
    /// What the batch left that wrote it last.
    pub token: Option<String>,
    /// That it was brought back, which makes it the live one.
    pub again: Option<Again>,
}

/// How a revision was brought back.
pub struct Again {
    /// Its number since then.
    pub number: usize,
    /// When.
    pub time: DateTime<Utc>,
}

impl Revision {
    /// Since when its pods run.
    pub fn since(&self) -> DateTime<Utc> {
        self.again.as_ref().map_or(self.time, |again| again.time)
    }

    /// The number that it has now.
    fn current(&self) -> usize {
        self.again.as_ref().map_or(self.number, |again| again.number)
    }
}

/// Puts one app in one namespace into the store, with all that belongs to it.
pub fn app(seeder: &mut Seeder<'_>, plan: &Plan) {
    let revisions = revisions(seeder, plan);
    around::config(seeder, plan, &revisions);
    match plan.entry.work {
        Work::Stateless => deployment(seeder, plan, &revisions),
        Work::Stateful => stateful(seeder, plan, &revisions),
        Work::Daemon => daemon(seeder, plan, &revisions),
    }
    around::traffic(seeder, plan);
}

fn revisions(seeder: &mut Seeder<'_>, plan: &Plan) -> Vec<Revision> {
    let versions = versions(plan);
    let newest = match (plan.trouble, plan.namespace) {
        (Some(Trouble::Unready), _) => Duration::minutes(7),
        (Some(Trouble::Crash), _) => Duration::minutes(48),
        (Some(Trouble::Missing), _) => Duration::minutes(25),
        (_, "prod") => Duration::hours(20 + (hash64(plan.entry.name) % 300) as i64),
        (_, "qa") => Duration::hours(9 + (hash64(plan.entry.name) % 90) as i64),
        _ => Duration::hours(2 + (hash64(plan.entry.name) % 60) as i64),
    };
    let newest = batches::newest(plan, newest, seeder.now);
    let count = versions.len() as i64;
    let mut made = Vec::new();
    for (at, tag) in versions.into_iter().enumerate() {
        let back = count - 1 - at as i64;
        let days = back * back * 3 + back * seeder.dice.between(2, 6);
        let time = seeder.now - newest - Duration::days(days) - Duration::minutes(back * seeder.dice.between(0, 400));
        let cause = CAUSES[(hash64(plan.entry.name) as usize + at * 2) % CAUSES.len()].replace("{v}", &tag);
        made.push(Revision { number: at + 1, tag, time, cause, token: None, again: None });
    }
    batches::leave(plan, &mut made, seeder.now);
    made
}

/// Labels, annotations and field managers that tell who manages an app.
fn managed(plan: &Plan, kind: &str, revision: &Revision) -> Value {
    let (app, namespace) = (plan.entry.name, plan.namespace);
    let mut labels = json!({
        "app.kubernetes.io/name": app,
        "app.kubernetes.io/instance": format!("{app}-{namespace}"),
        "app.kubernetes.io/part-of": plan.entry.part,
        "app.kubernetes.io/version": revision.tag,
        "freight.example/team": plan.entry.part,
    });
    let mut annotations = json!({
        "kubernetes.io/change-cause": revision.cause,
        "freight.example/说明": plan.entry.about,
    });
    if let Some(token) = &revision.token {
        annotations["rolldeck.dev/batch"] = json!(token);
    }
    if !plan.entry.needs.is_empty() {
        annotations["rolldeck.dev/depends-on"] = json!(plan.entry.needs.join(","));
    }
    let manager = match plan.entry.part {
        _ if revision.token.is_some() => "rolldeck",
        "billing" | "data" => {
            labels["app.kubernetes.io/managed-by"] = json!("Helm");
            labels["helm.sh/chart"] = json!(format!("{app}-0.{}.0", hash64(app) % 40));
            annotations["meta.helm.sh/release-name"] = json!(app);
            annotations["meta.helm.sh/release-namespace"] = json!(namespace);
            "helm"
        }
        "search" | "tracking" => {
            let id = format!("{namespace}-{}:apps/{kind}:{namespace}/{app}", plan.entry.part);
            annotations["argocd.argoproj.io/tracking-id"] = json!(id);
            labels["argocd.argoproj.io/instance"] = json!(format!("{namespace}-{}", plan.entry.part));
            "argocd-controller"
        }
        "notification" => {
            labels["kustomize.toolkit.fluxcd.io/name"] = json!(format!("notification-{namespace}"));
            labels["kustomize.toolkit.fluxcd.io/namespace"] = json!("flux-system");
            "kustomize-controller"
        }
        _ => ["kubectl-set", "kubectl-client-side-apply", "jenkins"][(hash64(app) % 3) as usize],
    };
    let fields = json!({"f:spec": {"f:template": {"f:spec": {"f:containers": {
        format!("k:{{\"name\":\"{app}\"}}"): {"f:image": {}},
    }}}}});
    json!({
        "name": app, "namespace": namespace, "labels": labels, "annotations": annotations,
        "managedFields": [{
            "manager": manager, "operation": "Update", "apiVersion": "apps/v1", "time": stamp(revision.time),
            "fieldsType": "FieldsV1", "fieldsV1": fields,
        }],
    })
}

fn deployment(seeder: &mut Seeder<'_>, plan: &Plan, revisions: &[Revision]) {
    let Some(live) = revisions.iter().max_by_key(|revision| revision.current()) else { return };
    let mut metadata = managed(plan, "Deployment", live);
    metadata["annotations"][deployment::REVISION] = json!(live.current().to_string());
    metadata["uid"] = json!(seeder.dice.uid());
    metadata["creationTimestamp"] = json!(stamp(revisions[0].time));
    metadata["generation"] = json!(live.current() + 2);
    let recreate = plan.entry.name == "tide-tables";
    let strategy = if recreate {
        json!({"type": "Recreate"})
    } else {
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}})
    };
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
        "spec": {
            "replicas": plan.replicas, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": selector(plan)}, "strategy": strategy,
            "template": template(plan, &live.tag),
        },
    });
    let failed = trouble::rolls_badly(plan);
    let mut counts = (0, 0);
    for (at, revision) in revisions.iter().enumerate() {
        let newest = revision.number == live.number;
        let replicas = match (newest, failed, at + 2 == revisions.len()) {
            (true, true, _) => 1,
            (true, false, _) | (false, true, true) => plan.replicas,
            _ => 0,
        };
        let made = set(seeder, plan, &object, revision, replicas);
        let ready = if newest {
            trouble::pods(seeder, plan, &made, revision, replicas)
        } else {
            old_pods(seeder, &made, revision, replicas)
        };
        let created = if plan.trouble == Some(Trouble::Quota) { ready } else { replicas };
        counts = (counts.0 + created, counts.1 + ready);
        let status = set_status(created, ready, trouble::failure(plan, revision).filter(|_| newest));
        let _ = seeder.store.update(&REPLICA_SET, plan.namespace, name(&made), |set| {
            set["status"] = status;
            Ok(())
        });
        if newest {
            object["status"] = trouble::deployment_status(plan, name(&made), revision, counts, created, replicas);
            object["status"]["observedGeneration"] = object["metadata"]["generation"].clone();
        }
    }
    seeder.put(&DEPLOYMENT, object);
}

fn set(seeder: &mut Seeder<'_>, plan: &Plan, owner: &Value, revision: &Revision, replicas: i64) -> Value {
    let mut template = template(plan, &revision.tag);
    let hash = template_hash(&template, 0);
    merge(&mut template, &json!({"metadata": {"labels": {deployment::TEMPLATE_HASH: hash}}}));
    let mut labels = selector(plan);
    labels[deployment::TEMPLATE_HASH] = json!(hash);
    let mut annotations = managed(plan, "Deployment", revision)["annotations"].clone();
    let surge = if plan.entry.name == "tide-tables" { 0 } else { (plan.replicas + 3) / 4 };
    annotations[deployment::REVISION] = json!(revision.current().to_string());
    annotations[deployment::DESIRED] = json!(plan.replicas.to_string());
    annotations[deployment::MAXIMUM] = json!((plan.replicas + surge).to_string());
    if revision.again.is_some() {
        annotations[deployment::REVISION_HISTORY] = json!(revision.number.to_string());
    }
    let object = json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{}-{hash}", plan.entry.name), "namespace": plan.namespace,
            "labels": template["metadata"]["labels"], "annotations": annotations, "generation": 2,
            "creationTimestamp": stamp(revision.time),
            "ownerReferences": [owned_by("apps/v1", "Deployment", plan.entry.name, uid(owner))],
        },
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    });
    seeder.put(&REPLICA_SET, object)
}

/// The status of a ReplicaSet with pods.
pub fn set_status(replicas: i64, ready: i64, failure: Option<Value>) -> Value {
    let mut status = json!({"observedGeneration": 2, "replicas": replicas, "terminatingReplicas": 0});
    for (field, count) in [("fullyLabeledReplicas", replicas), ("readyReplicas", ready), ("availableReplicas", ready)] {
        if count > 0 {
            status[field] = json!(count);
        }
    }
    if let Some(failure) = failure {
        status["conditions"] = json!([failure]);
    }
    status
}

fn old_pods(seeder: &mut Seeder<'_>, set: &Value, revision: &Revision, count: i64) -> i64 {
    for _ in 0..count {
        healthy(seeder, set, revision);
    }
    count
}

/// One healthy pod of a ReplicaSet.
pub fn healthy(seeder: &mut Seeder<'_>, set: &Value, revision: &Revision) -> Value {
    let created = revision.since() + Duration::seconds(seeder.dice.between(2, 90));
    let pod =
        replica_set::pod_of(&set["spec"]["template"], set, "ReplicaSet", super::super::json::namespace(set), created);
    let at = seeder.berth();
    pods::put(seeder, pod, name(set), at, created)
}

fn stateful(seeder: &mut Seeder<'_>, plan: &Plan, revisions: &[Revision]) {
    let Some(last) = revisions.last() else { return };
    let mut metadata = managed(plan, "StatefulSet", last);
    metadata["uid"] = json!(seeder.dice.uid());
    metadata["creationTimestamp"] = json!(stamp(revisions[0].time));
    metadata["generation"] = json!(revisions.len());
    let update = if plan.entry.name == "session-store" {
        json!({"type": "OnDelete"})
    } else {
        json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}})
    };
    let claim = json!({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "storageClassName": "block-ssd", "volumeMode": "Filesystem",
            "resources": {"requests": {"storage": if plan.namespace == "prod" { "200Gi" } else { "20Gi" }}},
        },
        "status": {"phase": "Pending"},
    });
    let policy = if plan.entry.name == "search-index" { "Parallel" } else { "OrderedReady" };
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata,
        "spec": {
            "replicas": plan.replicas, "serviceName": plan.entry.name, "podManagementPolicy": policy,
            "revisionHistoryLimit": 10, "updateStrategy": update, "selector": {"matchLabels": selector(plan)},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            "template": template(plan, &last.tag), "volumeClaimTemplates": [claim],
        },
    });
    let newest = history_of(seeder, plan, &object, "StatefulSet", revisions);
    for ordinal in 0..plan.replicas {
        let created = last.time + Duration::seconds(30 * (plan.replicas - ordinal));
        let (pod, claims) = stateful_set::pod(&object, &newest, ordinal, created);
        for mut claim in claims {
            claim["metadata"]["creationTimestamp"] = json!(stamp(revisions[0].time));
            claim["metadata"]["uid"] = json!(seeder.dice.uid());
            let volume = volume(&claim, revisions[0].time);
            claim["spec"]["volumeName"] = json!(name(&volume));
            claim["status"] = json!({
                "phase": "Bound", "accessModes": ["ReadWriteOnce"],
                "capacity": claim.pointer("/spec/resources/requests"),
            });
            seeder.put(&PV, volume);
            seeder.put(&PVC, claim);
        }
        let at = seeder.berth();
        pods::put(seeder, pod, plan.entry.name, at, created);
    }
    let revision = name(&newest).to_owned();
    object["status"] = json!({
        "observedGeneration": revisions.len(), "replicas": plan.replicas, "readyReplicas": plan.replicas,
        "availableReplicas": plan.replicas, "currentReplicas": plan.replicas, "updatedReplicas": plan.replicas,
        "currentRevision": revision, "updateRevision": revision, "collisionCount": 0,
    });
    seeder.put(&STATEFUL_SET, object);
}

/// The ControllerRevisions of an owner, one for each version; answers the newest.
fn history_of(seeder: &mut Seeder<'_>, plan: &Plan, owner: &Value, kind: &str, revisions: &[Revision]) -> Value {
    let mut newest = Value::Null;
    for (at, revision) in revisions.iter().enumerate() {
        let mut then = owner.clone();
        then["spec"]["template"] = template(plan, &revision.tag);
        then["metadata"]["annotations"] = managed(plan, kind, revision)["annotations"].clone();
        let mut made = history::revision_of(&then, kind, at as i64 + 1);
        made["metadata"]["creationTimestamp"] = json!(stamp(revision.time));
        newest = seeder.put(&CONTROLLER_REVISION, made);
    }
    newest
}

fn daemon(seeder: &mut Seeder<'_>, plan: &Plan, revisions: &[Revision]) {
    let Some(last) = revisions.last() else { return };
    let mut metadata = managed(plan, "DaemonSet", last);
    metadata["uid"] = json!(seeder.dice.uid());
    metadata["creationTimestamp"] = json!(stamp(revisions[0].time));
    metadata["generation"] = json!(revisions.len());
    metadata["annotations"]["deprecated.daemonset.template.generation"] = json!(revisions.len().to_string());
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata,
        "spec": {
            "revisionHistoryLimit": 10, "selector": {"matchLabels": selector(plan)},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
            "template": template(plan, &last.tag),
        },
    });
    let newest = history_of(seeder, plan, &object, "DaemonSet", revisions);
    let hash = history::hash(&newest).to_owned();
    let count = seeder.berths.len();
    for at in 0..count {
        let created = last.time + Duration::seconds(40 * at as i64);
        let node = seeder.berths[at].name.clone();
        let pod =
            daemon_set::daemon(&object, &object["spec"]["template"].clone(), &hash, &node, &mut seeder.dice, created);
        let pod = pods::running(seeder, pod, at, created);
        seeder.put(&POD, pod);
    }
    object["status"] = json!({
        "currentNumberScheduled": count, "desiredNumberScheduled": count, "numberAvailable": count,
        "numberMisscheduled": 0, "numberReady": count, "observedGeneration": revisions.len(),
        "updatedNumberScheduled": count,
    });
    seeder.put(&DAEMON_SET, object);
}
