//! What the cluster and the configuration tell of the shop: tags, the past, guards.

use rolldeck_core::{
    batch::{
        BatchId,
        guard::{Guard, GuardRule, Guards},
        past::{Entry, Gone, Moment, Proof, Sighting, Source, Verdict, Was},
        seen::{Seen, SeenRevision},
    },
    model::{AppKey, Image},
};

use super::{history, shop};
use crate::plan::{
    PastFound,
    bench::{at, deploy, template},
};

fn image(app: &str, tag: &str) -> Box<[Image]> {
    let image = format!("registry.local/shop/{app}:{tag}").into();
    Box::new([Image { container: "main".into(), image, init: false }])
}

/// Every app runs v1.0.0, and has run v0.9.4; the gateway tried v1.0.1, which failed. A mail from nowhere has a strange tag.
pub(super) fn seen() -> Seen {
    let revision = |key: &AppKey, number, tag: &str, days: i64| SeenRevision {
        key: key.clone(),
        number,
        created: Some(at(-days * 86_400)),
        images: image(&key.name, tag),
        pods: None,
    };
    let mut revisions: Vec<_> =
        shop().iter().flat_map(|key| [revision(key, 9, "v1.0.0", 2), revision(key, 7, "v0.9.4", 12)]).collect();
    revisions.push(revision(&deploy("qa", "gateway"), 8, "v1.0.1", 1));
    revisions.push(revision(&deploy("测试环境", "mail"), 3, "版本\x1b[31m-一", 40));
    let live: Vec<_> = shop().into_iter().map(|key| (key.clone(), image(&key.name, "v1.0.0"))).collect();
    let mut seen = Seen::new(live.iter().map(|(key, images)| (key, &**images)), &revisions);
    let why = "CrashLoopBackOff: exit code 3 (batch 20261121-101500-aaaa)".into();
    seen.fail("registry.local/shop/gateway:v1.0.1", &deploy("qa", "gateway"), why);
    seen
}

/// 20 minutes ago: the gateway ran another revision, of orders it is not certain, cart is as it was, search was created since.
pub(super) fn past() -> PastFound {
    let gateway = deploy("qa", "gateway");
    let was = Was {
        template: history(&gateway)[2].template.clone(),
        revision: Some(7),
        cause: "release v0.9.4: fewer queries".into(),
        since: at(-12 * 86_400),
        until: Some(at(-600)),
        healthy: Some(false),
        by: Proof { from: Source::Created("gateway-7d9f".into()), until: Source::Created("gateway-5c4b".into()) },
    };
    let only_journal = Was {
        template: template(&[("main", "registry.local/shop/billing:v0.8")]).into(),
        revision: None,
        healthy: None,
        until: None,
        by: Proof { from: Source::App, until: Source::App },
        ..was.clone()
    };
    let uncertain = Verdict::Uncertain {
        why: "revision 8 was in use more than once, and nothing tells when".into(),
        candidates: vec![8, 6],
    };
    let gone = deploy("qa", "reports-夜");
    PastFound {
        moment: Moment { at: at(-1200), before: None, note: "".into() },
        verdicts: vec![
            (gateway, Ok(Verdict::Was(was))),
            (deploy("qa", "orders"), Ok(uncertain)),
            (deploy("qa", "cart"), Ok(Verdict::Same)),
            (deploy("qa", "search"), Ok(Verdict::CreatedSince(at(-900)))),
            (deploy("qa", "billing"), Ok(Verdict::Was(only_journal))),
            (deploy("qa", "mail"), Err("you may not list replicasets in namespace qa".into())),
        ],
        gone: vec![Gone {
            key: gone.clone(),
            certain: true,
            seen: Sighting { key: gone, at: at(-1500), by: Source::Journal(BatchId("20261122-120000-aaaa".into())) },
        }],
        lacks: vec!["events in qa: you may not list events in namespace qa".into()],
    }
}

/// What a batch so many hours ago told of an app: one container ran this image as the digest of one letter.
fn ran(app: &AppKey, container: &str, image: &str, digest: &str, hours: i64) -> Entry {
    let accepted = at(-hours * 3600);
    let of = |image: &str| template(&[(container, image)]).into();
    Entry {
        batch: BatchId(format!("{}-x{hours}", accepted.format("%Y%m%d-%H%M%S"))),
        uid: app.name.to_string(),
        started: accepted,
        accepted,
        reverted: None,
        returned: None,
        healthy: Some(true),
        why: "".into(),
        before: of(""),
        before_cause: "".into(),
        after: Some(of(image)),
        paused: false,
        digests: [(container.into(), format!("sha256:{}", digest.repeat(64)).into())].into(),
    }
}

/// Tags that have meant two digests: v1.1.0 and v0.9.4 of the gateway, of which it ran the first; the sidecar of orders, which runs the
/// first; v1.1.0 of cart, which never ran it.
pub(super) fn pushed_again() -> Seen {
    let of = |app: &str, tag: &str| format!("registry.local/shop/{app}:{tag}");
    let proxy = "registry.local/mesh/proxy:v0.9";
    let there = |name: &str| AppKey { namespace: "测试环境".into(), ..deploy("", name) };
    let told = [
        (deploy("qa", "gateway"), "main", of("gateway", "v1.1.0"), "a", 50),
        (there("gateway"), "main", of("gateway", "v1.1.0"), "b", 3),
        (deploy("qa", "gateway"), "main", of("gateway", "v0.9.4"), "a", 300),
        (there("gateway"), "main", of("gateway", "v0.9.4"), "b", 280),
        (deploy("qa", "orders"), "sidecar", proxy.to_owned(), "a", 70),
        (there("订单\x1b[31m"), "sidecar", proxy.to_owned(), "b", 2),
        (deploy("dev", "cart"), "main", of("cart", "v1.1.0"), "c", 30),
        (there("cart"), "main", of("cart", "v1.1.0"), "d", 1),
    ];
    let entries: Vec<_> = told
        .iter()
        .map(|(app, container, image, digest, hours)| (app, ran(app, container, image, digest, *hours)))
        .collect();
    let mut seen = Seen::default();
    seen.tell(entries.iter().map(|(app, entry)| (*app, entry)));
    seen
}

/// One rule that asks for this everywhere.
pub(super) fn guards(guard: Guard) -> Guards {
    Guards::new([GuardRule::new(guard, "config.toml, line 12")])
}
