//! What a plan shows, and what its keys do.

mod behaviour;
mod elsewhere;
mod known;
mod looks;
mod pins;
mod whole;
mod whole_batches;

use std::sync::Arc;

use rolldeck_core::{
    batch::{Intent, Problem},
    model::{AppKey, AppKind, Revision},
};

use super::{
    PlanRead,
    bench::{Answer, Bench, deploy, live, revision, template},
};

/// Six apps of a shop in qa.
fn shop() -> Vec<AppKey> {
    ["gateway", "orders", "cart", "search", "billing", "mail"].into_iter().map(|name| deploy("qa", name)).collect()
}

/// The cluster that the shop runs in: `orders` has a sidecar, `billing` is paused, `mail` is managed by Argo CD.
fn cluster(key: &AppKey) -> Answer {
    let image = format!("registry.local/shop/{}:v1.0.0", key.name);
    let mut containers = vec![("main", image.as_str())];
    if &*key.name == "orders" {
        containers.push(("sidecar", "registry.local/mesh/proxy:v0.9"));
    }
    let mut object = (*live(key, 3, template(&containers))).clone();
    if &*key.name == "billing" {
        object["spec"]["paused"] = true.into();
    }
    if &*key.name == "mail" {
        object["metadata"]["labels"]["argocd.argoproj.io/instance"] = "mail".into();
    }
    Ok(PlanRead { live: Arc::new(object), revisions: history(key), autoscaler: autoscaler(key) })
}

/// `orders` has an autoscaler.
fn autoscaler(key: &AppKey) -> Option<Arc<serde_json::Value>> {
    let object = serde_json::json!({
        "metadata": {"name": "orders-hpa", "namespace": "qa", "uid": "h-1"}, "spec": {"minReplicas": 2, "maxReplicas": 6},
    });
    (&*key.name == "orders").then(|| Arc::new(object))
}

/// Five revisions: 9 is live, 8 a restart of the same images, 7 and 6 older images.
fn history(key: &AppKey) -> Arc<[Revision]> {
    let of = |tag: &str| template(&[("main", &format!("registry.local/shop/{}:{tag}", key.name))]);
    let mut restarted = of("v1.0.0");
    restarted["metadata"]["annotations"] =
        serde_json::json!({"kubectl.kubernetes.io/restartedAt": "2026-11-01T00:00:00Z"});
    Arc::from([
        revision(9, 2, true, "", of("v1.0.0")),
        revision(8, 3, false, "", restarted),
        revision(7, 12, false, "release v0.9.4: fewer queries", of("v0.9.4")),
        revision(6, 40, false, "release v0.9.3", of("v0.9.3")),
    ])
}

/// A fleet that no one would like to read on a terminal: names in Chinese, text that would move the cursor.
fn hostile(key: &AppKey) -> Answer {
    match &*key.name {
        "forbidden" => Err(Problem::error(
            rolldeck_core::batch::ProblemKind::Permission,
            "you may not get deployments in namespace 测试环境: ask for the verb get\x1b[2J\u{202e}",
        )),
        _ => {
            let image = "registry.local/商店/订单-服务-非常-长-的-名字:版本-一\x1b]0;x\x07";
            let live = live(key, 1, template(&[("main", image)]));
            Ok(PlanRead { live, revisions: Arc::from([]), autoscaler: None })
        }
    }
}

fn hostile_apps() -> Vec<AppKey> {
    let strange = AppKey {
        namespace: "测试环境".into(),
        name: "订单-服务-\x1b[31m非常\u{202e}长-的-名字".into(),
        kind: AppKind::StatefulSet,
    };
    vec![strange, deploy("测试环境", "forbidden")]
}

fn plan(intent: Intent, apps: Vec<AppKey>) -> Bench {
    let mut bench = Bench::new(super::open(intent, apps), Vec::new());
    bench.enter();
    bench
}

/// A plan that was read and checked.
fn read(intent: Intent, apps: Vec<AppKey>) -> Bench {
    let mut bench = plan(intent, apps);
    bench.answer(&cluster);
    bench
}
