//! A port is asked for, forwarded, listed and closed.

use rolldeck_core::shell::{Access, Denied, ForwardStats, Place, Refused, Rule};
use rstest::rstest;

use super::{ForwardEffect, ForwardReply};
use crate::{Effect, Message, testing::Stage};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

/// The form over the pods of an app.
fn form(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.keys("/").type_text("gateway").keys("enter enter F").shows("Forward a port of qa/gateway-7d9f-00000");
    stage
}

fn asked(stage: &Stage) -> Vec<(u16, u16)> {
    let ports = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Forward(ForwardEffect::Open(_, wanted)) => Some((wanted.remote, wanted.local)),
        _ => None,
    });
    ports.collect()
}

#[rstest]
fn the_form_and_the_list_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let mut stage = form(size);
    insta::assert_snapshot!(name(size, "form"), stage.text());
    stage.type_text("80a000").keys("enter");
    insta::assert_snapshot!(name(size, "wrong"), stage.text());
    stage.keys("backspace backspace backspace tab backspace").type_text("8080").keys("enter");
    stage.keys("F").type_text("443").keys("enter F").type_text("9").keys("enter");
    assert_eq!(asked(&stage), [(80, 8080), (443, 0), (9, 0)]);
    stage.message(Message::Forward(1, ForwardReply::Opened("127.0.0.1:8080".parse().unwrap())));
    stage.shows("127.0.0.1:8080 goes to port 80 of qa/gateway-7d9f-00000");
    let stats = ForwardStats {
        open: 1,
        connections: 3,
        sent: 2048,
        received: 5 << 20,
        last_error: Some("接続が切れた\u{1b}[2J".into()),
    };
    stage.message(Message::Forward(1, ForwardReply::Stats(stats)));
    let why = Refused::Other("qa/gateway".into(), "port 0 of this machine cannot be listened on".into());
    stage.message(Message::Forward(3, ForwardReply::Refused(why)));
    stage.keys(":").type_text("forwards").keys("enter").shows("2 ports forwarded");
    insta::assert_snapshot!(name(size, "list"), stage.text());
    stage.keys("c").shows("copied 127.0.0.1:8080");
    stage.keys("x").shows("Forwarded ports: 2");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Forward(ForwardEffect::Close(1)))));
    stage.keys("x x");
    insta::assert_snapshot!(name(size, "empty"), stage.text());
}

#[test]
fn who_may_not_is_told_with_the_line_for_kubectl() {
    let mut stage = form(WIDE);
    stage.type_text("80").keys("enter");
    let id = rolldeck_core::act::PodId { namespace: "qa".into(), name: "gateway-7d9f-00000".into(), uid: "".into() };
    let place = Place { pod: id, container: "main".into() };
    let denied = Denied {
        rule: Rule { verbs: vec!["get"], resource: "pods/portforward" },
        namespace: "qa".into(),
        reason: "".into(),
        kubectl: Access::Forward.kubectl("c", &place),
        create_alone: false,
    };
    stage.message(Message::Forward(1, ForwardReply::Denied(denied)));
    stage.shows("you may not get pods/portforward in namespace qa");
    stage.keys(":").type_text("forwards").keys("enter").shows("port-forward pod/gateway-7d9f-00000 :80");
}

#[test]
fn nothing_is_forwarded_where_nothing_is_written() {
    let mut stage = Stage::read_only(SMALL);
    stage.keys("/").type_text("gateway").keys("enter enter F").shows("no port is forwarded from here");
}
