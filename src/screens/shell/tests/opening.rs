//! From what is asked for to a session.

use rolldeck_core::{
    batch::guard::{Glob, Guard, GuardRule, Guards},
    shell::{End, Refused},
};

use super::{SMALL, denied, shell};
use crate::{
    Message,
    shell::{ShellEffect, ShellReply, Wanted, What},
    testing::Stage,
};

#[test]
fn an_attachment_only_looks_on() {
    let mut stage = Stage::shop(SMALL);
    stage.wants(What::Attach { stdin: false }).type_text("x").hides("typed ahead");
    stage.opened(1, "gateway-7d9f-00000", SMALL).shows("Attached, looking on qa/gateway-7d9f-00000");
    stage.shows("looking on · ctrl-] a: type · ctrl-]: commands");
    stage.keys("x ctrl-c").shows("nothing that is typed reaches it");
    assert_eq!(stage.sent(), "");
    stage.keys("ctrl-] a").shows("ctrl-c may end it");
    stage.keys("tab enter").shows("Attached, typing qa/gateway-7d9f-00000").hides("looking on");
    stage.opened(2, "gateway-7d9f-00000", SMALL);
    stage.type_text("x");
    assert_eq!(stage.sent(), "x");
}

#[test]
fn nothing_is_opened_where_nothing_is_written() {
    let mut stage = Stage::read_only(SMALL);
    stage.wants(What::Shell).shows("This session is read-only: no shell is opened from here.");
    assert_eq!(stage.asked_for(|_| true), 0);
}

fn guarded(what: Guard) -> Stage {
    let rule = GuardRule { namespace: Glob::new("qa"), ..GuardRule::new(what, "config.toml, line 3") };
    Stage::guarded(SMALL, Guards::new(vec![rule]))
}

#[test]
fn a_guard_refuses_or_asks_for_the_name_first() {
    let mut stage = guarded(Guard::ReadOnly);
    stage.wants(What::Shell).shows("Nothing is opened here:");
    assert_eq!(stage.asked_for(|_| true), 0);
    let mut stage = guarded(Guard::Type);
    stage.wants(What::Shell).shows("Type qa to go on");
    stage.keys("tab enter");
    assert_eq!(stage.asked_for(|_| true), 0);
    stage.type_text("qa").keys("enter").shows("is on its way");
    assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Open(..))), 1);
}

#[test]
fn without_a_shell_a_debug_container_is_offered_and_asked_about() {
    let mut stage = Stage::shop(SMALL);
    stage.wants(What::Shell).told(1, ShellReply::Ended(End::NoShell(vec!["sh".into()]))).at(2);
    stage.keys("!").shows("image busybox:1.37 is added to the pod");
    stage.keys("enter").shows("The shell ended: the image has no shell");
    stage.keys("! tab enter").shows("Debug container qa/gateway-7d9f-00000");
    let debug = |effect: &ShellEffect| matches!(effect, ShellEffect::Open(_, Wanted { what: What::Debug, .. }, _));
    assert_eq!(stage.asked_for(debug), 1);
    stage.told(2, ShellReply::Stage("starting a container of busybox:1.37".into())).shows("starting a container of");
}

#[test]
fn who_is_denied_copies_the_line_for_kubectl() {
    let mut stage = Stage::shop(SMALL);
    stage.wants(What::Shell).told(1, ShellReply::Denied(denied())).at(2).keys("c").shows("copied kubectl --context");
}

#[test]
fn an_app_asks_in_which_pod_the_healthiest_first() {
    let mut stage = Stage::shop(SMALL);
    stage.keys(":").type_text("shell orders").keys("enter").shows("Shell in which pod of orders?");
    insta::assert_snapshot!("choose", stage.text());
    stage.keys("enter").shows("Shell qa/orders-7d9f-00000");
}

#[test]
fn what_is_typed_while_a_shell_opens_arrives_once_it_is_open() {
    let mut stage = Stage::shop(SMALL);
    stage.wants(What::Shell).shows("What is typed goes to it once it is open");
    stage.type_text("ls -l日").keys("enter q : ? d up ctrl-d ctrl-] ctrl-]").message(Message::Paste("a\nb".into()));
    assert_eq!(stage.sent(), "", "it is not open");
    stage.told(1, ShellReply::Stage("opening it".into()));
    insta::assert_snapshot!("typed-ahead", stage.text());
    stage.opened(1, "gateway-7d9f-00000", SMALL).hides("typed ahead");
    assert_eq!(stage.sent(), "ls -l日\rq:?d\x1b[A\x04\x1da\rb");
    stage.type_text("x");
    assert_eq!(stage.sent(), "x", "nothing comes twice");
}

#[test]
fn what_is_typed_ahead_is_kept_for_its_own_session_while_one_looks_at_another() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] d j s").type_text("second").keys("ctrl-] p").type_text("first");
    assert_eq!(stage.sent(), "first");
    stage.opened(2, "gateway-7d9f-00001", SMALL);
    let to =
        |stage: &Stage| stage.asked_for(|effect| matches!(effect, ShellEffect::Input(2, bytes) if bytes == b"second"));
    assert_eq!(to(&stage), 1);
}

#[test]
fn more_than_a_line_is_not_typed_ahead_and_that_is_said() {
    let mut stage = Stage::shop(SMALL);
    stage.wants(What::Shell).message(Message::Paste("x".repeat(4090))).type_text("abc");
    stage.message(Message::Paste("0123".into())).shows("not typed: 4 bytes, for at most 4096 are kept until");
    stage.type_text("def").keys("q").shows("not typed: 1 byte");
    stage.opened(1, "gateway-7d9f-00000", SMALL);
    assert_eq!(stage.sent(), "x".repeat(4090) + "abcdef");
}

#[test]
fn what_was_typed_for_a_shell_that_did_not_open_reaches_neither_the_console_nor_the_next_one() {
    let refused = Refused::NotRunning("qa/gateway-7d9f-00000 [main]".into(), "waiting".into());
    for reply in [ShellReply::Denied(denied()), ShellReply::Refused(refused), ShellReply::Ended(End::PodGone)] {
        let mut stage = Stage::shop(SMALL);
        stage.wants(What::Shell).type_text("rm -r x").at(10).told(1, reply);
        stage.keys("x ! c q : ctrl-c esc enter").shows("Shell qa/gateway-7d9f-00000").hides("Leave?");
        assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Open(..))), 1);
        stage.at(12).keys("!").shows("Debug container in qa/gateway-7d9f-00000");
        stage.keys("tab enter").opened(2, "gateway-7d9f-00000", SMALL);
        assert_eq!(stage.sent(), "");
    }
}

#[test]
fn what_is_typed_while_a_question_stands_is_the_questions() {
    let mut stage = Stage::shop(SMALL);
    stage.keys(":").type_text("shell orders").keys("enter").shows("Shell in which pod of orders?");
    stage.type_text("ls").keys("enter").shows("Shell qa/orders-7d9f-00000");
    stage.type_text("id").keys("ctrl-] !").shows("is added to the pod");
    stage.type_text("no");
    stage.opened(1, "orders-7d9f-00000", SMALL).keys("esc");
    assert_eq!(stage.sent(), "id");
}

#[test]
fn what_is_on_its_way_is_given_up_as_a_terminal_gives_up() {
    for key in ["esc", "ctrl-c"] {
        let mut stage = Stage::shop(SMALL);
        stage.wants(What::Shell).type_text("ls").keys(key).shows("Pods of qa/deploy/gateway").hides("Leave?");
        assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Close(1))), 1);
        assert_eq!(stage.sent(), "");
    }
}
