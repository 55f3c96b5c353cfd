//! Filters, searches, levels.

use super::stage::*;

#[test]
fn filters_are_stacked_counted_and_taken_away() {
    let mut stage = filled(WIDE);
    stage.keys("/").type_text("get");
    settle(&mut stage);
    stage.shows("GET /health").hides("no route");
    stage.keys("enter x").type_text("health").keys("enter");
    settle(&mut stage);
    stage.shows("/get · !health · ").shows("/orders/17").hides("GET /health");
    stage.keys("del");
    settle(&mut stage);
    stage.shows("GET /health").hides("!health");
    stage.keys("esc");
    settle(&mut stage);
    stage.shows("no route").shows("Logs of");
    stage.keys("/").type_text("!get").keys("enter");
    settle(&mut stage);
    stage.shows("!get").hides("GET /health");
}

#[test]
fn a_mark_of_missing_lines_passes_every_filter() {
    let mut stage = filled(SMALL);
    stage.keys("/").type_text("nothing has this").keys("enter");
    settle(&mut stage);
    stage.shows("lines may be missing, 14:03:52 to 14:04:02 (▽订单-z): the log was rotated");
}

#[test]
fn an_expression_that_is_none_says_why_and_keeps_what_was() {
    let mut stage = filled(WIDE);
    stage.keys("/").type_text("/a(b/").shows("unclosed group");
    stage.keys("enter").shows("Only lines with:");
    stage.keys("esc").hides("Only lines with:").shows("GET /health");
}

#[test]
fn a_search_goes_through_its_hits_and_counts_them_apart_from_filters() {
    let mut stage = filled(SMALL);
    stage.keys("e").type_text("get").keys("enter");
    settle(&mut stage);
    stage.shows("search get: 2 of 2 hits").shows("no route");
    stage.keys("N");
    settle(&mut stage);
    stage.shows("1 of 2 hits");
    stage.keys("n");
    settle(&mut stage);
    stage.shows("2 of 2 hits");
    stage.keys("esc").hides("hits").shows("Logs of");
}

#[test]
fn levels_are_raised_step_by_step() {
    let mut stage = filled(SMALL);
    stage.keys("l").hides("DEBUG a long");
    stage.keys("l").hides("GET /health").shows("cache is cold");
    stage.keys("l").hides("cache is cold").shows("ERROR no route");
    stage.keys("l").shows("GET /health");
}

#[test]
fn revisions_are_told_apart_and_shown_alone() {
    let mut stage = filled(WIDE);
    stage.shows("▲x2x4k").shows("▽订单-z");
    stage.keys("o").shows("only revision 8 (7d9f)").hides("cache is cold");
    stage.keys("o").shows("only revision 7 (5c2a)").hides("GET /health").shows("cache is cold");
    stage.keys("o").shows("GET /health").shows("cache is cold");
}

#[test]
fn a_source_is_shown_alone_from_the_legend() {
    let mut stage = filled(WIDE);
    stage.keys(".").shows("Sources: 3 streams").shows("ended 14:04:53: exited with code 137");
    stage.keys("j j enter").shows("one source").shows("DEBUG a long").hides("GET /health");
    stage.keys(". g enter").hides("one source").shows("GET /health");
}

#[test]
fn keys_wait_for_no_work_on_a_full_buffer() {
    let mut stage = live(SMALL);
    let line = "some words of a line that is neither long nor short, with a number 1234567 in it\n".trim_end();
    for _ in 0..40 {
        let lines: Vec<Said> = (0..10_000).map(|_| plain(1, line)).collect();
        let id = id(&stage);
        stage.message(Message::Logs(id, Told::Lines(block(&lines)).into()));
    }
    settle(&mut stage);
    stage.keys("/").type_text("9");
    // A step looks at a part of it, and asks for the next one behind whatever else is queued.
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Logs(LogsEffect::Continue(_)))));
    stage.keys("esc");
    settle(&mut stage);
    stage.shows("some words");
}

#[test]
fn the_bars_count_what_passes_and_say_so() {
    let mut stage = filled(WIDE);
    stage.shows(" · up to 1 in 1 s").shows("1 error").hides("that pass in");
    stage.keys("/").type_text("get").keys("enter").shows(" · up to 1 that pass in 1 s").shows("0 errors");
    stage.keys("/").type_text("written nowhere").shows(" · up to 0 that pass in 1 s");
    stage.keys("esc esc").hides("that pass in").shows("1 error");
    let more: Vec<Said> = (0..3).map(|_| plain(1, "GET /health 200")).collect();
    say(&mut stage, Told::Lines(block(&more)));
    stage.shows(" · up to 4 in 1 s");
}

#[test]
fn a_hit_beyond_the_edge_of_the_screen_comes_into_sight() {
    let mut stage = live(SMALL);
    let far = format!("{} the needle {}", "x".repeat(300), "y".repeat(300));
    say(&mut stage, Told::Lines(block(&[plain(3, &far), plain(2, "a needle at hand"), plain(1, "last")])));
    stage.hides("the needle");
    stage.keys("e").type_text("needle").keys("enter").shows("▸ ▲x2x4k  a needle at hand");
    stage.keys("N").shows("xx the needle yy");
    stage.keys("n").shows("▸ ▲x2x4k  a needle at hand");
    stage.keys("w N").shows("the needle");
    let huge = format!("{}the spindle", "订x ".repeat(1 << 20));
    say(&mut stage, Told::Lines(block(&[plain(0, &huge), plain(0, "behind")])));
    stage.keys("esc e").type_text("spindle").keys("enter");
    settle(&mut stage);
    stage.shows("the spindle");
}

#[test]
fn fields_that_say_the_same_in_every_line_come_after_those_that_tell_lines_apart() {
    let mut stage = live(SMALL);
    let texts: Vec<String> = (0..9)
        .map(|n| format!("{{\"app\":\"gateway-of-qa\",\"ms\":{},\"msg\":\"served\",\"path\":\"/v1/{n}\"}}", n * 7))
        .collect();
    let lines: Vec<Said> = texts.iter().map(|text| plain(1, text)).collect();
    say(&mut stage, Told::Lines(block(&lines)));
    stage.keys("|").shows("ms  path   app").shows("56  /v1/8  gateway-of-qa");
}
