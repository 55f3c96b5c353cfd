//! Objects of a cluster, and what a console is started with.

use rolldeck_core::{
    Time,
    fleet::Object,
    model::{
        App, AppKey, AppKind, Asks, Condition, Container, ContainerState, Counts, Hpa, HpaMetric, Image, Labels, Pod,
        PodPhase, Requests, Strategy,
    },
    text::Clean,
};

use crate::{Clock, Keymap, KeymapFile, Session, Theme, ThemeFile};

/// Every moment of a test is told in seconds before this one.
pub const NOW: &str = "2026-11-22T14:05:02Z";

/// So many seconds before [`NOW`].
pub fn ago(seconds: i64) -> Time {
    NOW.parse::<Time>().expect("a time") - chrono::TimeDelta::seconds(seconds)
}

/// The clock at [`NOW`], in UTC.
pub fn clock() -> Clock {
    Clock { now: ago(0), offset: 0 }
}

/// The built-in keys.
pub fn keymap() -> Keymap {
    let file: KeymapFile = toml::from_str(include_str!("../../../keymaps/default.toml")).expect("a keymap");
    file.try_into().expect("no key twice")
}

/// The built-in colours for dark terminals.
pub fn theme() -> Theme {
    let file: ThemeFile = toml::from_str(include_str!("../../../themes/dark.toml")).expect("a theme");
    file.try_into().expect("colours")
}

/// Someone on a cluster, with these namespaces in view (none: all).
pub fn session(namespaces: &[&str]) -> Session {
    Session {
        context: "shop-eu".into(),
        server: "https://127.0.0.1:6443".into(),
        user: "dana".into(),
        namespaces: namespaces.iter().map(|&name| Clean::new(name)).collect(),
        readonly: false,
        demo: false,
        ..Session::default()
    }
}

/// An app's key.
pub fn key(namespace: &str, name: &str, kind: AppKind) -> AppKey {
    AppKey { namespace: namespace.into(), name: name.into(), kind }
}

/// A healthy Deployment of `replicas`, rolled out an hour ago, with one container `main`.
pub fn app(namespace: &str, name: &str, tag: &str, replicas: u32) -> App {
    App {
        key: key(namespace, name, AppKind::Deployment),
        uid: format!("uid-{namespace}-{name}").into(),
        created: Some(ago(40 * 86_400)),
        generation: 3,
        observed: 3,
        counts: Counts { wanted: replicas, current: replicas, updated: replicas, ready: replicas, available: replicas },
        paused: false,
        strategy: Strategy::Rolling { max_surge: "25%".into(), max_unavailable: "25%".into(), partition: 0 },
        parallel: false,
        images: [Image {
            container: "main".into(),
            image: format!("registry.local/{namespace}/{name}:{tag}").into(),
            init: false,
        }]
        .into(),
        requests: Requests { cpu_milli: Some(250), memory: Some(256 << 20) },
        conditions: [
            condition("Available", true, "MinimumReplicasAvailable", "Deployment has minimum availability."),
            condition("Progressing", true, "NewReplicaSetAvailable", "ReplicaSet has successfully progressed."),
        ]
        .into(),
        revision: "3".into(),
        current_revision: Clean::default(),
        batch: Clean::default(),
        managed_by: Clean::default(),
        labels: Labels::default(),
        extras: Box::default(),
    }
}

/// A condition of an hour ago.
pub fn condition(kind: &str, holds: bool, reason: &str, message: &str) -> Condition {
    Condition {
        kind: kind.into(),
        holds: Some(holds),
        reason: reason.into(),
        message: message.into(),
        at: Some(ago(3_700)),
    }
}

/// The nth pod of an app: runs its image, ready, an hour old.
pub fn pod(app: &App, n: usize) -> Pod {
    let image = app.images[0].image.clone();
    Pod {
        namespace: app.key.namespace.clone(),
        name: format!("{}-7d9f-{n:05}", app.key.name).into(),
        uid: format!("{}-{n}", app.uid).into(),
        app: Some((app.key.kind, app.key.name.clone())),
        revision: "7d9f".into(),
        node: "node-a".into(),
        asks: Asks::new(250, 256 << 20),
        phase: PodPhase::Running,
        reason: Clean::default(),
        unschedulable: Clean::default(),
        ready: true,
        ending: false,
        gates: (0, 0),
        created: Some(ago(3_700)),
        containers: [Container {
            name: app.images[0].container.clone(),
            digest: format!("sha256:{:064x}", image.len()).into(),
            image,
            ready: true,
            init: false,
            sidecar: false,
            started: true,
            restarts: 0,
            state: ContainerState::Running(Some(ago(3_690))),
            memory_limit: 0,
            last: None,
        }]
        .into(),
        labels: Labels::default(),
        extras: Box::default(),
    }
}

/// A pod whose container crashes: `n` restarts, the last by the memory limit, three minutes ago.
pub fn crashing(app: &App, n: usize, restarts: u32) -> Pod {
    let mut pod = pod(app, n);
    pod.ready = false;
    let container = &mut pod.containers[0];
    container.ready = false;
    container.restarts = restarts;
    container.state = ContainerState::Waiting("CrashLoopBackOff".into(), "back-off 40s".into());
    container.last = Some(("OOMKilled".into(), 137, Some(ago(190))));
    pod
}

/// An autoscaler of an app, at 43% of 60%.
pub fn hpa(app: &App, pinned: bool) -> Hpa {
    Hpa {
        namespace: app.key.namespace.clone(),
        name: app.key.name.clone(),
        target: Some((app.key.kind, app.key.name.clone())),
        min: 2,
        max: 10,
        current: app.counts.current,
        desired: app.counts.wanted,
        metrics: [HpaMetric { name: "cpu".into(), now: Some("43%".into()), target: "60%".into() }].into(),
        pinned,
        broken: Clean::default(),
        managed_by: Clean::default(),
    }
}

/// Six apps in two namespaces: one crashes, one is half-way, one is scaled to 0; names wide and hostile among them.
pub fn shop() -> Vec<Object> {
    let gateway = app("qa", "gateway", "v1.2.0", 3);
    let mut orders = app("qa", "orders", "v1.2.0", 2);
    (orders.counts.ready, orders.counts.available) = (1, 1);
    let mut db = app("qa", "db", "16.4", 1);
    db.key.kind = AppKind::StatefulSet;
    let mut idle = app("prod", "idle", "v0.9", 0);
    idle.conditions = Box::default();
    let wide = app("prod", "订单-服务", "v2.0.0", 1);
    let hostile = app("prod", "e\u{1b}[2Jvil\u{202e}", "v1\u{7}", 1);
    let mut out = vec![Object::Hpa(hpa(&gateway, false).into())];
    out.extend((0..3).map(|n| Object::Pod(pod(&gateway, n).into())));
    out.extend(
        [pod(&orders, 0), crashing(&orders, 1, 7), pod(&db, 0), pod(&wide, 0), pod(&hostile, 0)]
            .map(|p| Object::Pod(p.into())),
    );
    out.extend([gateway, orders, db, idle, wide, hostile].map(|app| Object::App(app.into())));
    out
}
