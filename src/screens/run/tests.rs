//! One command in many pods.

use std::time::Duration;

use rolldeck_core::{
    act::PodId,
    shell::{End, Place, RunEnd, RunOutput},
    text::Clean,
};
use rstest::rstest;

use super::RunEffect;
use crate::{Effect, Message, testing::Stage};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

fn output(out: &str, err: &str, code: i32) -> Result<RunOutput, Clean> {
    Ok(RunOutput {
        stdout: out.into(),
        stderr: err.into(),
        stdout_cut: 0,
        stderr_cut: 0,
        end: RunEnd::Ended(End::Exit(code)),
    })
}

/// Where the command was sent.
fn started(stage: &Stage) -> Vec<Place> {
    let places = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Run(RunEffect::Start(places, _)) => Some(places.clone()),
        _ => None,
    });
    places.flatten().collect()
}

#[rstest]
fn in_the_pods_of_a_marked_app_after_the_number_was_typed(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let mut stage = Stage::shop(size);
    stage.keys("/").type_text("gateway").keys("enter space :").type_text("run uptime").keys("enter");
    insta::assert_snapshot!(name(size, "choosing"), stage.text());
    stage.keys("enter");
    insta::assert_snapshot!(name(size, "asking"), stage.text());
    stage.keys("tab enter");
    assert!(started(&stage).is_empty());
    stage.type_text("3").keys("enter");
    let places = started(&stage);
    assert_eq!(places.len(), 3);
    stage.shows("0 of 3 pods answered");
    stage.message(Message::RunIn((places[0].clone(), output("up 3 days\n日本語\tx\n", "", 0))));
    stage.message(Message::RunIn((places[1].clone(), output("", "sh: uptime: \u{1b}[31mnot found\n", 127))));
    stage.message(Message::RunIn((places[2].clone(), output("up 3 days\n日本語\tx\n", "", 0))));
    insta::assert_snapshot!(name(size, "done"), stage.text());
}

#[test]
fn in_one_pod_without_a_question_and_in_those_beside_it_with_one() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gateway").keys("enter enter :").type_text("run id").keys("enter").shows("Run in 1 pod");
    stage.keys("enter").shows("0 of 1 pod answered");
    assert_eq!(started(&stage).len(), 1);
    stage.message(Message::RunIn((started(&stage)[0].clone(), Err("the pod is gone".into()))));
    stage.shows("not run: the pod is gone");
    stage.keys("esc").shows("Pods of qa");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Run(RunEffect::Stop))));
    stage.keys(":").type_text("run id").keys("enter *").shows("Run in 3 pods");
    stage.keys("enter").shows("Type 3 to go on");
}

#[test]
fn what_took_too_long_and_what_was_cut_are_said() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gateway").keys("enter enter :").type_text("run yes").keys("enter enter");
    let cut = RunOutput {
        stdout: b"y\n".repeat(3),
        stderr: Vec::new(),
        stdout_cut: 7000,
        stderr_cut: 0,
        end: RunEnd::TooLong(Duration::from_secs(60)),
    };
    stage.message(Message::RunIn((started(&stage)[0].clone(), Ok(cut))));
    stage.shows("ended after 60 s: it took too long").shows("7000 bytes more were not kept");
}

#[test]
fn nothing_is_run_where_nothing_is_written_or_nothing_is_said() {
    let mut stage = Stage::read_only(SMALL);
    stage.keys("enter :").type_text("run id").keys("enter").shows("read-only: nothing is run from here");
    let mut stage = Stage::shop(SMALL);
    stage.keys("enter :").type_text("run").keys("enter").shows("run what?");
}

#[test]
fn a_place_is_what_the_answer_names() {
    let place = |name: &str| Place {
        pod: PodId { namespace: "qa".into(), name: name.into(), uid: "".into() },
        container: "main".into(),
    };
    let (one, other) = (output("same", "", 0), output("same", "", 1));
    let (a, b, c) = (place("a"), place("b"), place("c"));
    let groups = super::fold::fold([(&a, &one), (&b, &other), (&c, &one)].into_iter());
    let sizes: Vec<usize> = groups.iter().map(|group| group.places.len()).collect();
    assert_eq!(sizes, [2, 1]);
}

#[test]
fn how_many_answered_is_said_before_a_line_that_is_too_long() {
    let mut stage = Stage::shop(SMALL);
    let line = format!("run echo {}", "x".repeat(100));
    stage
        .keys("/")
        .type_text("gateway")
        .keys("enter space :")
        .type_text(&line)
        .keys("enter")
        .shows("space marks, * all");
    stage.keys("enter tab").type_text("3").keys("enter").shows("0 of 3 pods answered · $ echo xxx");
    for place in started(&stage) {
        stage.message(Message::RunIn((place, output("y", "", 0))));
    }
    stage.shows("3 of 3 pods answered, all the same · $ echo xxx");
}
