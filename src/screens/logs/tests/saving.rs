//! What is kept.

use super::stage::*;

#[test]
fn everything_can_be_kept_in_a_file_and_it_says_where() {
    let mut stage = filled(WIDE);
    stage.keys("alt-k").shows("everything that comes is kept");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Logs(LogsEffect::Keep(_, true)))));
    say(&mut stage, LogsReply::Kept(Ok(Some(KeptLog { path: "/state/gateway.log".into(), bytes: 5 << 20 }))));
    stage.shows("kept in /state/gateway.log (5Mi)");
    say(&mut stage, LogsReply::Kept(Err("no space is left for /state/gateway.log: make room, or clear it".into())));
    stage.shows("no space is left").hides("kept in");
    stage.keys("j").shows("no longer kept: no space is left for /state/gateway.log");
    stage.keys("alt-k").hides("no longer kept");
}

#[test]
fn what_is_read_anew_is_kept_anew() {
    let mut stage = filled(WIDE);
    stage.keys("alt-k 2");
    let id = id(&stage);
    let keeps = |effect: &Effect| matches!(effect, Effect::Logs(LogsEffect::Keep(of, true)) if *of == id);
    assert!(stage.effects.iter().any(keeps));
    say(&mut stage, LogsReply::Kept(Ok(Some(KeptLog { path: "/state/second.log".into(), bytes: 0 }))));
    stage.shows("kept in /state/second.log");
}

#[test]
fn a_long_path_is_named_by_its_end() {
    let mut stage = filled(SMALL);
    stage.keys("alt-k");
    let path = format!("/home/dana/.local/state/rolldeck/{}/20261123T120507.log", "logs/".repeat(9));
    say(&mut stage, LogsReply::Kept(Ok(Some(KeptLog { path: path.into(), bytes: 5 << 20 }))));
    stage.shows("120507.log (5Mi)");
}
