//! Keys in, fleet out.

use rolldeck_core::{
    fleet::{Freshness, Object, Resource},
    model::AppKind,
};
use rstest::rstest;

use crate::testing::{Stage, app, key, states};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

#[rstest]
fn the_fleet_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    for (what, stage) in states(size) {
        insta::assert_snapshot!(name(size, what), stage.text());
    }
    let mut stage = Stage::new(size, &[]);
    stage.fresh(Resource::Pods, Freshness::Loading { seen: 1200, of: Some(20_024) });
    stage.apply(vec![Object::App(app("qa", "gateway", "v1.2.0", 3).into())]);
    insta::assert_snapshot!(name(size, "loading-pods"), stage.text());
}

#[test]
fn the_fleet_in_colour() {
    let mut stage = Stage::shop(WIDE);
    stage.keys("space");
    insta::assert_snapshot!("colours", stage.styles());
    stage.keys("/").type_text("GATE");
    insta::assert_snapshot!("colours-filter", stage.styles());
    let [.., (_, stale), (_, forbidden)] = states(SMALL);
    insta::assert_snapshot!("colours-stale", stale.styles());
    insta::assert_snapshot!("colours-forbidden", forbidden.styles());
}

#[test]
fn the_question_about_hidden_marks() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("* /").type_text("gate").keys("enter u");
    insta::assert_snapshot!("hidden-marks-80x24", stage.text());
}

#[test]
fn hostile_text_is_shown_and_never_obeyed() {
    let stage = Stage::shop(WIDE);
    stage.shows("e␛[2Jvil\u{fffd}").shows("订单-服务");
    assert!(!stage.text().chars().any(|c| c.is_control() && c != '\n'));
}

#[test]
fn the_cursor_stays_with_its_app_when_rows_come_before_it() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("G k k").shows("▸  idle");
    stage.apply(vec![Object::App(app("qa", "aaa", "v1", 1).into())]).shows("▸  idle");
    stage.keys("N").shows("▸  idle");
}

#[test]
fn a_cursor_that_was_not_moved_stays_on_the_first_line_while_rows_load() {
    let mut stage = Stage::new(SMALL, &[]);
    stage.apply(vec![Object::App(app("qa", "orders", "v1", 1).into())]).shows("▸  orders");
    stage.apply(vec![Object::App(app("qa", "aaa", "v1", 1).into())]).shows("▸  aaa");
}

#[test]
fn the_filter_ranks_with_each_key_and_esc_clears_it() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gate").shows("1 of 6 match").shows("▸  gateway").hides("orders");
    stage.keys("enter").shows("Fleet: 1 of 6 apps");
    stage.keys("esc").shows("Fleet: 6 apps").shows("orders");
    stage.keys("/").type_text("zzz").shows("No app matches \"zzz\".").shows("esc clears the filter");
    stage.keys("esc").shows("orders");
}

#[test]
fn space_marks_and_goes_down_star_marks_what_is_shown_and_the_key_of_old_clears() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("space space").shows("2 marked");
    stage.keys("*").shows("6 marked");
    stage.keys("ctrl-\\").hides("marked");
    stage.keys("/").type_text("gate").keys("enter *").shows("1 marked");
}

#[test]
fn marks_that_the_filter_hides_are_counted_and_never_acted_on_unseen() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("* /").type_text("gate").shows("5 of 6 marks hidden by the filter");
    stage.keys("enter i").shows("5 of 6 marked apps are not shown").shows("qa/deploy/orders").shows("▸[Cancel]");
    stage.keys("enter").shows("Fleet: 1 of 6").hides("Cancel");
    stage.keys("i tab").shows("▸[Plan a release of the 1 app shown only]");
    let plans = |stage: &Stage| {
        let reads = stage.effects.iter().filter_map(|effect| match effect {
            crate::Effect::Plan(crate::PlanEffect::Read { apps, .. }) => {
                Some(apps.iter().map(|wanted| wanted.key.clone()).collect::<Vec<_>>())
            }
            _ => None,
        });
        reads.collect::<Vec<_>>()
    };
    assert!(plans(&stage).is_empty());
    stage.keys("enter");
    assert_eq!(plans(&stage), [vec![key("qa", "gateway", AppKind::Deployment)]]);
}

#[test]
fn the_mark_of_an_app_that_is_gone_is_dropped_and_said() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("*").delete(&key("qa", "gateway", AppKind::Deployment));
    stage.shows("5 marked").shows("qa/deploy/gateway is gone: its mark is dropped");
}

#[test]
fn marks_elsewhere_are_dropped_with_their_namespace() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("* :").type_text("qa").keys("enter").shows("3 marks out of view now: dropped").shows("3 marked");
}

#[test]
fn the_namespace_column_goes_where_one_namespace_is_in_view() {
    let mut stage = Stage::new(WIDE, &["qa"]);
    stage.apply(vec![Object::App(app("qa", "gateway", "v1", 1).into())]).hides("NAMESPACE");
    Stage::shop(WIDE).shows("NAMESPACE");
}

#[test]
fn a_missing_metrics_server_is_said_once() {
    let mut stage = Stage::shop(WIDE);
    stage.fresh(Resource::PodMetrics, Freshness::Absent);
    assert_eq!(stage.text().matches("n/a").count(), 1);
}

#[test]
fn sorting_twice_by_one_column_turns_the_order_round() {
    let mut stage = Stage::shop(WIDE);
    stage.keys("H").shows("STATUS▼").shows("▸  orders");
    stage.keys("H").shows("STATUS▲").hides("▸  orders");
}
