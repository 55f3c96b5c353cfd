//! The field in the fleet and in the pods: completion, errors, history.

use rstest::rstest;

use crate::testing::Stage;

const SMALL: (u16, u16) = (80, 24);

#[rstest]
fn the_field_with_an_error_and_with_a_completion(#[values(SMALL, (160, 50))] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    let mut stage = Stage::shop(size);
    stage.keys("/").type_text("ns:qa cpu>8x");
    insta::assert_snapshot!(name("error"), stage.text());
    stage.keys("ctrl-u").type_text("status:d");
    insta::assert_snapshot!(name("completion"), stage.text());
    stage.keys("ctrl-u").type_text("net>10M");
    insta::assert_snapshot!(name("no-figure"), stage.text());
}

#[test]
fn an_error_is_told_below_while_the_last_good_one_stays() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gate").shows("1 of 6 match");
    stage.type_text(" net>8x").shows("✗ net>8x: 8x is no quantity; write bytes a second, say 10M");
    stage.shows("in force: \"gate n").shows("0 of 6 match");
    stage.keys("enter").shows("✗ net>8x");
    stage.keys("backspace").hides("✗ net").shows("no figure").hides("in force");
    stage.keys("esc").shows("orders").hides("net>8");
}

#[test]
fn an_error_that_is_longer_than_the_screen_is_told_to_its_end() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gateway load>5").shows("known are cpu, mem, restarts").shows("net, disk");
    stage.shows("in force: \"gateway load\"").shows("NAME");
}

#[test]
fn tab_completes_with_the_words_and_with_what_occurs() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("st").shows("st atus:".replace(' ', "").as_str());
    stage.keys("tab").shows("status:");
    stage.type_text("d").keys("tab").shows("status:Degraded").shows("1 of 6 match");
    stage.keys("space").type_text("ns:").keys("tab").shows("ns:prod");
    stage.keys("tab").shows("ns:qa").shows("1 of 6 match");
}

#[test]
fn filters_that_were_kept_are_recalled_in_every_room() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("orders").keys("enter esc /").type_text("gate").keys("enter enter");
    stage.shows("Pods of qa/deploy/gateway");
    stage.keys("/").type_text("x").keys("up").shows("/ gate");
    stage.keys("up").shows("/ orders");
    stage.keys("up").shows("/ orders");
    stage.keys("down").shows("/ gate");
    stage.keys("down").shows("/ x");
}

#[test]
fn the_language_holds_for_pods_as_for_apps() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("orders").keys("enter enter /").type_text("restarts>3").shows("1 of 2 match");
    stage.keys("ctrl-u").type_text("ready<100%").shows("orders-7d9f-00001").hides("orders-7d9f-00000");
    stage.keys("ctrl-u").type_text("mem>0").shows("1 of 2 match · 1 row has no figure for mem");
    stage.keys("esc H").shows("STATUS▼").shows("▸  orders-7d9f-00001");
}

#[test]
fn rows_leave_a_filter_by_age_when_they_come_to_it() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("age<2h").keys("enter").shows("of 6 apps");
    let shown = |stage: &Stage| stage.text().contains("gateway");
    assert!(shown(&stage));
    stage.state.drawn();
    stage.at(3400);
    assert!(shown(&stage));
    stage.at(3600);
    assert!(!shown(&stage) && stage.state.dirty());
}

#[test]
fn a_name_in_full_finds_that_app_and_says_what_else_there_is() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("qa").shows("3 of 6 match");
    stage.keys("ctrl-u").type_text("db").shows("▸  db");
    stage.shows("1 of 6 match").hides("gateway");
}

#[test]
fn a_paste_is_a_filter_too() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").message(crate::Message::Paste("ns:prod\n".into())).shows("3 of 6 match");
}
