//! Logs beside a shell.

use rolldeck_core::shell::End;
use rstest::rstest;

use super::{SMALL, WIDE, name, shell};
use crate::{
    Click, Effect, LogsEffect,
    shell::{ShellEffect, ShellReply},
    testing::Stage,
};

/// The sizes that were told to containers.
fn sizes(stage: &Stage) -> Vec<(u16, u16)> {
    let sizes = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Shell(ShellEffect::Resize(_, size)) => Some((size.cols, size.rows)),
        _ => None,
    });
    sizes.collect()
}

fn reads_logs(stage: &Stage) -> (usize, usize) {
    let count = |hit: fn(&LogsEffect) -> bool| {
        stage.effects.iter().filter(|effect| matches!(effect, Effect::Logs(effect) if hit(effect))).count()
    };
    (count(|effect| matches!(effect, LogsEffect::Open { .. })), count(|effect| matches!(effect, LogsEffect::Close(_))))
}

#[rstest]
#[case(SMALL, (80, 10), (80, 20))]
#[case(WIDE, (80, 46), (160, 46))]
fn logs_stand_beside_a_shell_whose_container_is_told_its_new_size(
    #[case] size: (u16, u16),
    #[case] split: (u16, u16),
    #[case] whole: (u16, u16),
) {
    let mut stage = shell(size);
    stage.keys("ctrl-] v").shows("logs of qa/gateway-7d9f-00000");
    assert_eq!((sizes(&stage), reads_logs(&stage)), (vec![split], (1, 0)));
    insta::assert_snapshot!(name(size, "split"), stage.text());
    stage.keys("ctrl-] tab");
    insta::assert_snapshot!(name(size, "split-logs"), stage.text());
    stage.keys("ctrl-] v").hides("logs of qa/gateway-7d9f-00000").shows("Shell qa/gateway");
    assert_eq!((sizes(&stage), reads_logs(&stage)), (vec![split, whole], (1, 1)));
}

#[test]
fn beside_each_other_keys_go_to_the_part_that_has_them() {
    let mut stage = shell(SMALL);
    stage.sent();
    stage.keys("ctrl-] v a");
    assert_eq!(stage.sent(), "a");
    stage.keys("ctrl-] tab").shows("to the shell");
    stage.keys("w / x").type_text("ab");
    assert_eq!(stage.sent(), "", "these are the logs'");
    stage.keys("esc esc").hides("to the shell");
    stage.keys("b");
    assert_eq!(stage.sent(), "b");
    stage.keys("ctrl-] tab ?").shows("Help");
    stage.keys("esc ctrl-] /").shows("search: ");
    stage.keys("esc q c");
    assert_eq!(stage.sent(), "c", "a command of the shells brings the keys to them");
}

#[test]
fn a_click_brings_the_keys_to_the_part_that_it_hits() {
    let mut stage = shell(WIDE);
    stage.keys("ctrl-] v");
    stage.sent();
    stage.mouse(Click::Press, 120, 20).shows("to the shell");
    stage.keys("w");
    assert_eq!(stage.sent(), "");
    stage.mouse(Click::Press, 10, 20).hides("to the shell");
    stage.keys("w");
    assert_eq!(stage.sent(), "w");
}

#[test]
fn what_stands_beside_is_read_only_while_the_room_is_open_and_goes_with_the_last_session() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] v ctrl-] d").shows("Pods of");
    assert_eq!(reads_logs(&stage), (1, 1));
    stage.keys(":").type_text("shells").keys("enter").shows("logs of qa/gateway-7d9f-00000");
    assert_eq!(reads_logs(&stage), (2, 1));
    stage.keys("ctrl-] x tab enter").shows("Pods of");
    assert_eq!(reads_logs(&stage), (2, 2));
    stage.keys("s").hides("logs of qa/gateway-7d9f-00000");
}

#[test]
fn the_logs_beside_are_those_of_the_session_that_is_looked_at() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] v ctrl-] d j s").opened(2, "gateway-7d9f-00001", SMALL);
    stage.shows("logs of qa/gateway-7d9f-00001");
    let before = reads_logs(&stage);
    insta::assert_snapshot!("followed", stage.text());
    stage.keys("ctrl-] 1").shows("logs of qa/gateway-7d9f-00000").hides("logs of qa/gateway-7d9f-00001");
    assert_eq!(reads_logs(&stage), (before.0 + 1, before.1 + 1), "one is read at a time");
    stage.keys("ctrl-] tab ctrl-] n").shows("logs of qa/gateway-7d9f-00001");
    stage.keys("ctrl-] x tab enter").shows("logs of qa/gateway-7d9f-00000");
    assert_eq!(reads_logs(&stage), (before.0 + 3, before.1 + 3));
}

#[test]
fn another_pod_in_the_place_of_one_that_is_gone_brings_its_logs() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] v").told(1, ShellReply::Ended(End::PodGone)).at(2);
    stage.keys("enter j enter").shows("Shell qa/gateway-7d9f-00001").shows("logs of qa/gateway-7d9f-00001");
}
