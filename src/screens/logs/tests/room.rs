//! The room as a whole.

use rstest::rstest;

use super::stage::*;

#[rstest]
fn the_room_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), filled(size).text());
    insta::assert_snapshot!(name("loading"), open(size).text());
    let mut stage = open(size);
    say(&mut stage, Told::Sources(sources()));
    insta::assert_snapshot!(name("connecting"), stage.text());
    insta::assert_snapshot!(name("silent"), live(size).text());
    let mut stage = open(size);
    say(&mut stage, Told::Pods(Freshness::Live));
    insta::assert_snapshot!(name("empty"), stage.text());
    let mut stage = open(size);
    say(&mut stage, Told::Pods(Freshness::Live));
    say(&mut stage, Told::Sources(sources()));
    for n in 0..3 {
        let what = "get pods/log in namespace qa".into();
        say(&mut stage, Told::State(SourceId(n), SourceState::Forbidden(what)));
    }
    insta::assert_snapshot!(name("forbidden"), stage.text());
    let mut stage = filled(size);
    stage.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
    say(&mut stage, Told::Pods(Freshness::Stale { since: ago(20), why: "connection refused".into() }));
    for n in 0..2 {
        let lost = SourceState::Reconnecting(at(20), "connection refused".into());
        say(&mut stage, Told::State(SourceId(n), lost));
    }
    insta::assert_snapshot!(name("stale"), stage.text());
}

#[test]
fn a_narrow_terminal_keeps_the_text_of_lines_in_sight() {
    insta::assert_snapshot!("narrow", filled((40, 12)).text());
}

#[rstest]
fn what_lies_over_the_lines(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    let shown = |keys: &str| {
        let mut stage = filled(size);
        stage.keys(keys);
        settle(&mut stage);
        stage.text()
    };
    insta::assert_snapshot!(name("legend"), shown("."));
    insta::assert_snapshot!(name("patterns"), shown("a"));
    insta::assert_snapshot!(name("compare"), shown("="));
    insta::assert_snapshot!(name("line"), shown("k k enter"));
    insta::assert_snapshot!(name("columns"), shown("|"));
    insta::assert_snapshot!(name("wrapped-with-times"), shown("w t"));
}

#[test]
fn the_newest_line_stays_in_sight_until_one_looks_back() {
    let mut stage = filled(SMALL);
    for n in 0..30 {
        say(&mut stage, Told::Lines(block(&[plain(0, &format!("line {n}"))])));
    }
    stage.shows("line 29").shows("autoscroll");
    stage.keys("k").shows("standing still");
    say(&mut stage, Told::Lines(block(&[plain(0, "line 30")])));
    stage.hides("line 30");
    stage.keys("G").shows("line 30");
    stage.keys("s").shows("standing still");
    stage.keys("s").shows("line 30");
}

#[test]
fn a_paused_view_shows_nothing_new_and_counts_it() {
    let mut stage = filled(SMALL);
    stage.keys("space").shows("PAUSED, 0 new");
    say(&mut stage, Told::Lines(block(&[plain(0, "one"), plain(0, "two")])));
    stage.shows("PAUSED, 2 new").hides(" two");
    stage.keys("space").shows(" two").hides("PAUSED");
}

#[test]
fn a_stack_trace_is_folded_into_its_first_line_and_unfolded() {
    let mut stage = filled(SMALL);
    stage.shows("⋯ 2 more").hides("Router.java");
    stage.keys("z").shows("Router.java").hides("⋯");
    stage.keys("z k k k k").keys("enter").shows("Trace of 3 lines").shows("Main.java:3");
}

#[test]
fn what_left_the_buffer_and_what_is_missing_is_said() {
    let mut stage = live(WIDE);
    let gap = Gap { from: at(9), to: at(8), count: Some(1_234), why: Why::Burst }.text();
    say(&mut stage, Told::Lines(block(&[(9, 0, Level::Unknown, Flags::GAP, &gap)])));
    stage.shows("1,234 lines missing");
    say(&mut stage, Told::Rotated(SourceId(0), Rotated { started: Some(at(9_000)), first: Some(at(100)) }));
    stage.shows("older than 14:03:22 is rotated away");
    let big = "x".repeat(60 << 20);
    for _ in 0..3 {
        say(&mut stage, Told::Lines(block(&[plain(1, &big)])));
    }
    stage.shows("3 older").shows("left the buffer");
}

#[test]
fn a_line_of_fifty_megabytes_is_drawn_wrapped_and_left_again() {
    let mut stage = live(SMALL);
    let big = "订x ".repeat(10 << 20);
    say(&mut stage, Told::Lines(block(&[plain(3, "before"), plain(2, &big), plain(1, "behind")])));
    stage.keys("w").shows("behind").shows("订x 订x");
    stage.keys("k").shows("订x 订x");
    stage.keys("g").shows("before");
    stage.keys("j enter G").shows("more: wrapped");
    stage.keys("esc right right").shows("wrapped");
    stage.keys("w").shows("before").shows("behind");
}

#[test]
fn the_rate_is_of_the_last_seconds_and_falls_by_itself() {
    let mut stage = live(SMALL);
    let lines: Vec<Said> = (0..50).map(|_| plain(0, "x")).collect();
    say(&mut stage, Told::Lines(block(&lines)));
    stage.at(1).shows("10 lines/s");
    assert!(stage.state.wake_at().is_some_and(|at| at <= ago(-2)));
    stage.at(9).shows("0 lines/s");
}

#[test]
fn fields_of_structured_lines_are_columns_and_plain_lines_stay() {
    let mut stage = filled(WIDE);
    stage.keys("|").shows("took").shows("order placed").shows("GET /health 200").hides("\"took\"");
    stage.keys("|").shows("\"took\":0.3");
}

#[test]
fn what_keeps_several_streams_from_being_read_is_said_once() {
    let mut stage = open(SMALL);
    say(&mut stage, Told::Pods(Freshness::Live));
    say(&mut stage, Told::Sources(sources()));
    for n in 0..2 {
        say(&mut stage, Told::State(SourceId(n), SourceState::Waiting("ImagePullBackOff: no such tag".into())));
    }
    say(&mut stage, Told::State(SourceId(2), SourceState::Ended(at(9), Ended::Exited(Some(137)))));
    stage.shows("2 streams: ").shows("qa/gateway-7d9f-x2x4k main").shows("qa/gateway-5c2a-订单-z main: ended");
    assert_eq!(stage.text().matches("ImagePullBackOff").count(), 1);
}
