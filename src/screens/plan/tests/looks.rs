//! What a plan looks like.

use std::sync::Arc;

use rolldeck_core::batch::{Intent, Problem, guard::Guard};

use super::{
    cluster, hostile, hostile_apps,
    known::{guards, past, seen},
    plan, read, shop,
};
use crate::{
    Message, PlanReply,
    plan::bench::{deploy, looks},
};

#[test]
fn release() {
    let mut bench = read(Intent::Release, shop());
    looks!("release_empty", bench);
    bench.press("a");
    bench.text("v1.1.0");
    looks!("release_editing_all", bench);
    bench.press("enter");
    bench.answer(&cluster);
    bench.press("down e");
    looks!("release_editing_one", bench);
    bench.press("esc g down down down down down down z");
    bench.answer(&cluster);
    looks!("release_warned", bench);
    bench.press("down space");
    looks!("release_ready", bench);
    bench.press("ctrl-s");
    looks!("release_confirm", bench);
    bench.press("5 enter");
    looks!("release_confirm_wrong_number", bench);
    bench.press("backspace 6 enter");
    looks!("release_starting", bench);
    bench.hear(Message::RunRefused("qa/deploy/orders was changed since the plan: its image is v1.0.1 now".into()));
    looks!("release_refused", bench);
}

#[test]
fn reading_and_nothing_left() {
    let mut bench = plan(Intent::Rollback, shop());
    looks!("reading", bench);
    bench.press("x x x x x x");
    looks!("nothing_left", bench);
}

#[test]
fn rollback() {
    let mut bench = read(Intent::Rollback, shop());
    looks!("rollback", bench);
    bench.press("h down");
    looks!("rollback_history", bench);
    bench.press("esc d");
    looks!("rollback_diff", bench);
    let mut bench = read(Intent::Rollback, vec![deploy("qa", "gateway")]);
    bench.press("ctrl-s tab");
    looks!("rollback_confirm_one", bench);
}

#[test]
fn scale_and_restart() {
    let mut bench = read(Intent::Scale, shop());
    bench.press("a 5 enter");
    bench.answer(&cluster);
    looks!("scale", bench);
    bench.press("a 5 0 % enter");
    bench.answer(&cluster);
    bench.press("a 0 enter");
    bench.answer(&cluster);
    bench.press("G space k space ctrl-s 6 enter");
    looks!("scale_to_zero_asks_twice", bench);
    looks!("restart", read(Intent::Restart, shop()));
}

#[test]
fn forbidden_drifted_and_hostile() {
    let mut bench = plan(Intent::Release, hostile_apps());
    bench.answer(&hostile);
    bench.press("e");
    bench.text("v2");
    bench.press("enter");
    bench.answer(&hostile);
    looks!("hostile", bench);
    let mut bench = read(Intent::Restart, vec![deploy("qa", "gateway"), deploy("qa", "cart")]);
    let problem = Problem::error(
        rolldeck_core::batch::ProblemKind::Rival,
        "it is in the unfinished batch 20261120-101500-aaaa: revert that first",
    );
    bench.press("o");
    bench.effects.clear();
    bench.hear(Message::Plan(PlanReply::Read(deploy("qa", "cart"), Err(problem))));
    looks!("blocked_while_reading", bench);
}

#[test]
fn bounds_pause_and_resume() {
    let mut bench = read(Intent::Bounds, vec![deploy("qa", "orders"), deploy("qa", "cart")]);
    bench.press("e");
    looks!("bounds_editing", bench);
    bench.text("3-12");
    bench.press("enter");
    bench.answer(&cluster);
    looks!("bounds", bench);
    looks!("pause", read(Intent::Pause, shop()));
    let mut apps = shop();
    apps.push(rolldeck_core::model::AppKey {
        kind: rolldeck_core::model::AppKind::DaemonSet,
        ..deploy("qa", "代理-agent")
    });
    let mut bench = read(Intent::Resume, apps);
    bench.press("space");
    looks!("resume_with_one_left_out", bench);
}

#[test]
fn how_it_runs() {
    let mut bench = read(Intent::Rollback, shop());
    bench.press("f");
    looks!("options", bench);
    bench.text("9");
    bench.press("enter");
    looks!("options_wrong", bench);
    bench.text("2");
    bench.press("down right down");
    bench.text("30s");
    bench.press("down space down space down down");
    bench.text("orders lose messages: 回滚\u{202e}");
    looks!("options_filled", bench);
    bench.press("enter");
    looks!("options_taken", bench);
}

#[test]
fn details_and_guards() {
    let mut bench = read(Intent::Release, vec![deploy("qa", "orders")]);
    bench.press("e");
    bench.text("v1.1.0");
    bench.press("enter");
    bench.answer(&cluster);
    bench.press("w");
    looks!("details", bench);
    bench.press("pgdn pgdn pgdn");
    looks!("details_end", bench);
    bench.press("esc");
    bench.session.guards = guards(Guard::Type);
    bench.press("ctrl-s tab tab enter");
    looks!("guarded_by_name", bench);
    bench.press("esc");
    bench.session.guards = guards(Guard::ReadOnly);
    looks!("guarded_read_only", bench);
}

#[test]
fn tags_that_were_seen() {
    let mut bench = read(Intent::Release, shop());
    bench.press("t");
    looks!("tags_reading", bench);
    bench.hear(Message::Plan(PlanReply::Seen(Ok(Arc::new(seen())))));
    looks!("tags", bench);
    bench.press("down down down enter");
    bench.answer(&cluster);
    looks!("tags_taken", bench);
    let mut bench = read(Intent::Release, hostile_apps());
    bench.press("t");
    bench.hear(Message::Plan(PlanReply::Seen(Err("you may not list replicasets in namespace 测试环境\x1b[2J".into()))));
    looks!("tags_forbidden", bench);
}

#[test]
fn a_point_in_time() {
    let mut bench = read(Intent::Rollback, shop());
    bench.press("@");
    bench.text("20 minutes ago");
    looks!("past_typed", bench);
    bench.press("enter");
    looks!("past_reading", bench);
    bench.hear(Message::Plan(PlanReply::Past(Ok(Box::new(past())))));
    bench.answer(&cluster);
    looks!("past", bench);
    bench.press("g down h");
    looks!("past_candidates", bench);
    let mut bench = read(Intent::Rollback, hostile_apps());
    bench.press("@");
    bench.text("tomorrow\u{202e}");
    bench.press("enter");
    looks!("past_refused", bench);
}

#[test]
fn read_only() {
    let mut bench = read(Intent::Restart, shop());
    bench.session.readonly = true;
    looks!("read_only", bench);
}
