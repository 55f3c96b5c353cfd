//! Sessions that end, and what is typed then.

use rolldeck_core::shell::End;

use super::{SMALL, place, shell};
use crate::{
    Effect, Message,
    shell::{ShellAction, ShellEffect, ShellReply, Shells, Wanted, What},
    testing::Stage,
};

#[test]
fn a_key_typed_into_a_shell_that_ended_within_the_last_second_never_reaches_the_console() {
    let mut stage = shell(SMALL);
    stage.at(10).told(1, ShellReply::Ended(End::Exit(0))).shows("The shell ended: exit code 0");
    stage.sent();
    stage.keys("enter x ctrl-c ctrl-] esc : q").shows("The shell ended: exit code 0").hides("Leave?");
    let begun = |stage: &Stage| stage.asked_for(|effect| matches!(effect, ShellEffect::Open(..)));
    assert_eq!((begun(&stage), stage.sent().as_str()), (0, ""));
    stage.at(11).keys("enter").shows("is on its way");
    assert_eq!(begun(&stage), 1);
}

#[test]
fn one_that_ended_is_opened_again_put_away_or_left() {
    let mut stage = shell(SMALL);
    stage.told(1, ShellReply::Ended(End::Network("reset".into()))).at(5).keys("esc").shows("Pods of qa");
    stage.keys(":").type_text("shells").keys("enter").shows("what ran may still run");
    stage.keys("x").shows("Pods of qa");
    stage.keys(":").type_text("shells").keys("enter").shows("no shell is open");
}

#[test]
fn leaving_asks_while_a_shell_is_open() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] d ctrl-c").shows("1 shell is open: what runs in it is hung up");
    stage.keys("esc");
    stage.message(Message::Shell(1, ShellReply::Ended(End::Exit(0)))).keys("ctrl-c");
    assert_eq!(stage.effects.iter().filter(|effect| matches!(effect, Effect::Quit)).count(), 1);
}

#[test]
fn a_tab_that_is_closed_by_another_place_leaves_the_one_looked_at() {
    let mut shells = Shells::default();
    let now = crate::testing::ago(0);
    for pod in ["a", "b", "c"] {
        shells.act(ShellAction::Open(Wanted { place: place(pod), what: What::Shell }), now);
    }
    shells.act(ShellAction::Close(1), now);
    assert_eq!(shells.current().map(|tab| tab.id), Some(3));
    shells.act(ShellAction::Show(2), now);
    shells.act(ShellAction::Close(3), now);
    assert_eq!(shells.current().map(|tab| tab.id), Some(2));
}

#[test]
fn of_a_pod_that_is_gone_another_one_of_its_app_is_offered() {
    let mut stage = shell(SMALL);
    stage
        .told(1, ShellReply::Ended(End::PodGone))
        .shows("the pod was deleted")
        .shows("enter chooses another pod of gateway");
    stage.at(2);
    stage.keys("enter").shows("Shell in which pod of gateway?");
}
