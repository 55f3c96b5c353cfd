//! What a plan looks like.

use rolldeck_core::batch::{Intent, Problem};

use super::{cluster, hostile, hostile_apps, plan, read, shop};
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
    bench.press("esc G k z");
    bench.answer(&cluster);
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
fn read_only() {
    let mut bench = read(Intent::Restart, shop());
    bench.session.readonly = true;
    looks!("read_only", bench);
}
