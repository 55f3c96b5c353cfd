//! Which rows are shown, in which order, and when that is computed.

use std::sync::Arc;

use rstest::rstest;

use super::*;
use crate::{
    model::{
        App, AppKind, Condition, Counts, PodUsage,
        samples::{app, at, crashing, key, pod, progressing, unready},
    },
    query::Query,
};

const DEPLOY: AppKind = AppKind::Deployment;

fn said(resource: Resource, object: Object) -> Update {
    Update { source: Arc::new(Source { resource, scope: None }), event: SourceEvent::Applied(object) }
}

fn of_app(app: App) -> Update {
    said(Resource::Deployments, Object::App(Box::new(app)))
}

/// cart and web in qa and web in prod: web in qa crashes and uses most, cart is scaled to 0 and was rolled out last.
fn fleet() -> Fleet {
    let resources = [Resource::Deployments, Resource::Pods];
    let mut fleet = Fleet::new(resources.map(|resource| Source { resource, scope: None }).to_vec());
    let rolled = |seconds| {
        [Condition { at: Some(at(seconds)), ..progressing("cart", "new", "NewReplicaSetAvailable", "is up") }]
    };
    let cart = App { counts: Counts::default(), conditions: rolled(900).into(), ..app(DEPLOY, "qa", "cart") };
    let (qa, prod) = (key(DEPLOY, "qa", "web"), key(DEPLOY, "prod", "web"));
    fleet.apply(vec![
        of_app(cart),
        of_app(app(DEPLOY, "qa", "web")),
        of_app(App { conditions: rolled(300).into(), ..app(DEPLOY, "prod", "web") }),
        said(Resource::Pods, Object::Pod(Box::new(unready(&qa, "a", "new", [crashing("Error", 3, 4)])))),
        said(Resource::Pods, Object::Pod(Box::new(pod(&prod, "a", "new")))),
        Update { source: Arc::new(Source { resource: Resource::Pods, scope: None }), event: SourceEvent::Listed },
    ]);
    let used = |namespace: &str, cpu_milli, memory| PodUsage {
        namespace: namespace.into(),
        pod: "web-a".into(),
        cpu_milli,
        memory,
    };
    fleet.usage(&None, vec![used("qa", 90, 10), used("prod", 20, 80)]);
    fleet
}

fn shown(view: &View) -> Vec<String> {
    view.keys.iter().map(|key| format!("{}/{}", key.namespace, key.name)).collect()
}

const CART: &str = "qa/cart";
const QA: &str = "qa/web";
const PROD: &str = "prod/web";

#[rstest]
#[case(SortKey::Name, [CART, PROD, QA])]
#[case(SortKey::Namespace, [PROD, CART, QA])]
#[case(SortKey::Health, [QA, PROD, CART])]
#[case(SortKey::Cpu, [QA, PROD, CART])]
#[case(SortKey::Memory, [PROD, QA, CART])]
#[case(SortKey::Restarts, [QA, CART, PROD])]
#[case(SortKey::Age, [CART, PROD, QA])]
fn rows_are_sorted_by_the_column(#[case] by: SortKey, #[case] expected: [&str; 3]) {
    let mut view = View::default();
    assert!(view.refresh(&fleet(), &Query::default(), Order { key: by, reverse: false }, at(1000)));
    assert_eq!(shown(&view), expected);
}

#[test]
fn an_order_can_be_turned_round() {
    let mut view = View::default();
    view.refresh(&fleet(), &Query::default(), Order { key: SortKey::Name, reverse: true }, at(1000));
    assert_eq!(shown(&view), [QA, PROD, CART]);
}

#[rstest]
#[case("web", vec![PROD, QA])]
#[case("web qa", vec![QA])]
#[case("qa", vec![CART, QA])]
#[case("crash", vec![QA])]
#[case("degraded", vec![QA])]
#[case("!degraded", vec![CART, PROD])]
#[case("deploy !prod", vec![CART, QA])]
#[case("v1 healthy", vec![PROD])]
#[case("nothing", vec![])]
fn a_filter_finds_by_name_and_by_every_other_column(#[case] query: &str, #[case] expected: Vec<&str>) {
    let mut view = View::default();
    view.refresh(&fleet(), &Query::parse(query).unwrap(), Order::default(), at(1000));
    assert_eq!(shown(&view), expected);
}

#[test]
fn the_best_match_stands_first_whatever_the_order() {
    let mut fleet = fleet();
    fleet.apply(vec![of_app(app(DEPLOY, "a", "web-shop")), of_app(app(DEPLOY, "a", "the-web"))]);
    let mut view = View::default();
    view.refresh(
        &fleet,
        &Query::parse("name:web").unwrap(),
        Order { key: SortKey::Namespace, reverse: false },
        at(1000),
    );
    assert_eq!(shown(&view), [PROD, QA, "a/web-shop", "a/the-web"]);
}

#[test]
fn a_name_typed_in_full_finds_that_app_alone_and_says_what_else_there_is() {
    let mut fleet = fleet();
    fleet.apply(vec![of_app(app(DEPLOY, "a", "web-shop")), of_app(app(DEPLOY, "a", "the-web"))]);
    let (mut view, order) = (View::default(), Order::default());
    view.refresh(&fleet, &Query::parse("web").unwrap(), order, at(1000));
    assert_eq!((shown(&view), view.about.others), (vec![PROD.to_owned(), QA.to_owned()], 2));
    view.refresh(&fleet, &Query::parse("we").unwrap(), order, at(1000));
    assert_eq!((view.keys.len(), view.about.others), (4, 0));
}

#[test]
fn an_age_lets_a_row_go_at_the_moment_that_it_names() {
    let (fleet, mut view, order) = (fleet(), View::default(), Order::default());
    let young = Query::parse("age<10m").unwrap();
    view.refresh(&fleet, &young, order, at(910));
    assert_eq!((shown(&view), view.about.changes), (vec![CART.to_owned()], Some(at(1500))));
    assert!(!view.refresh(&fleet, &young, order, at(1499)));
    assert!(view.refresh(&fleet, &young, order, at(1500)));
    assert!(view.keys.is_empty());
}

#[test]
fn rows_without_a_figure_are_counted_and_never_shown() {
    let (fleet, mut view, order) = (fleet(), View::default(), Order::default());
    view.refresh(&fleet, &Query::parse("cpu>10m !prod").unwrap(), order, at(1000));
    assert_eq!(shown(&view), [QA]);
    assert_eq!(view.about.blank, [(crate::query::Figure::Cpu, 1)], "cart has no figure; prod is out anyway");
}

#[test]
fn an_app_is_found_by_the_node_of_a_pod_and_by_its_labels() {
    let (mut fleet, mut view, order) = (fleet(), View::default(), Order::default());
    let labels = [("team".into(), "blue".into())].into_iter().collect();
    fleet.apply(vec![of_app(App { labels, ..app(DEPLOY, "qa", "api") })]);
    for (query, expected) in
        [("node:node-1", vec![PROD, QA]), ("team=blue", vec!["qa/api"]), ("team!=blue ns:qa", vec![CART, QA])]
    {
        view.refresh(&fleet, &Query::parse(query).unwrap(), order, at(1000));
        assert_eq!(shown(&view), expected, "{query}");
    }
}

#[test]
fn an_added_column_can_be_sorted_by_and_filtered() {
    use crate::model::{Added, AddedFrom};
    let mut fleet = fleet().with_added(AddedColumns {
        apps: Added::all([("OWNER".into(), AddedFrom::Annotation("owner".into()))]).into(),
        ..AddedColumns::default()
    });
    let owned = |name: &str, owner: &str| of_app(App { extras: [owner.into()].into(), ..app(DEPLOY, "qa", name) });
    fleet.apply(vec![owned("api", "zoe"), owned("web", "adam")]);
    let mut view = View::default();
    view.refresh(&fleet, &Query::default(), Order { key: SortKey::Added(0), reverse: false }, at(1000));
    assert_eq!(shown(&view), ["qa/web", "qa/api", CART, PROD]);
    view.refresh(&fleet, &Query::parse("owner=zoe").unwrap(), Order::default(), at(1000));
    assert_eq!(shown(&view), ["qa/api"]);
}

#[test]
fn keys_are_computed_again_only_when_something_changed() {
    let mut fleet = fleet();
    let (mut view, query, order) = (View::default(), Query::default(), Order::default());
    assert!(view.refresh(&fleet, &query, order, at(1000)));
    view.keys.clear();
    assert!(!view.refresh(&fleet, &query, order, at(1000)));
    assert_eq!(shown(&view), [""; 0], "nothing was computed");
    fleet.apply(vec![of_app(app(DEPLOY, "qa", "api"))]);
    assert!(view.refresh(&fleet, &query, order, at(1000)));
    assert_eq!(view.keys.len(), 4);
}

#[test]
fn another_fleet_is_never_taken_for_the_one_before() {
    let mut view = View::default();
    view.refresh(&fleet(), &Query::default(), Order::default(), at(1000));
    assert!(view.refresh(&Fleet::new(vec![]), &Query::default(), Order::default(), at(1000)));
    assert!(view.keys.is_empty());
}
