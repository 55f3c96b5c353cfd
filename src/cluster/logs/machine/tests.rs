//! One container's log against a kubelet that rotates, restarts, cuts and lags.

mod world;

use std::time::Duration;

use proptest::prelude::*;
use rolldeck_core::logs::{Begin, Ended, SECOND, SourceId, SourceState, Why};

use self::world::{Shown, Step, World};
use super::{Ask, Input, Machine, Moment, Of};
use crate::{
    logs::{
        request::{Address, From, Wants},
        subject::{Instance, Status},
    },
    watch::machine::Refusal,
};

fn steps(with: Vec<Step>) -> impl Strategy<Value = Vec<Step>> {
    let any = prop_oneof![
        4 => (1u8..6, 0u16..900).prop_map(|(lines, pace)| Step::Write(lines, pace)),
        4 => (1u16..200).prop_map(Step::Arrive),
        3 => Just(Step::Act),
        2 => Just(Step::Status),
        3 => prop::sample::select(with),
    ];
    prop::collection::vec(any, 1..80)
}

proptest! {
    #[test]
    fn over_cuts_and_early_ends_no_line_is_lost_or_doubled(steps in steps(vec![Step::Cut, Step::EndEarly])) {
        let mut world = World::new(Begin::Head);
        steps.into_iter().for_each(|step| world.step(step));
        world.settle();
        prop_assert_eq!(world.lines(), world.written());
    }

    #[test]
    fn what_rotations_and_restarts_take_away_is_said(
        steps in steps(vec![Step::Cut, Step::EndEarly, Step::Rotate, Step::Exit, Step::Restart])) {
        let mut world = World::new(Begin::Head);
        // A log that was rotated before anything was read is told elsewhere: where it begins.
        world.step(Step::Write(1, 1));
        world.step(Step::Act);
        world.step(Step::Arrive(200));
        steps.into_iter().for_each(|step| world.step(step));
        if !world.running {
            world.step(Step::Restart);
        }
        world.settle();
        world.step(Step::Write(1, 1));
        world.settle();
        // Which instance an open stream is of may come out only at its end.
        world.step(Step::Cut);
        world.settle();
        world.check();
    }

    #[test]
    fn one_restart_at_a_time_loses_nothing_though_the_stream_was_cut(
        before in steps(vec![Step::Cut]), between in steps(vec![Step::Cut]), after in steps(vec![Step::Cut])) {
        let mut world = World::new(Begin::Head);
        world.step(Step::Act);
        before.into_iter().for_each(|step| world.step(step));
        world.step(Step::Status);
        world.step(Step::Cut);
        world.step(Step::Exit);
        world.step(Step::Restart);
        world.step(Step::Status);
        between.into_iter().for_each(|step| world.step(step));
        after.into_iter().for_each(|step| world.step(step));
        world.settle();
        prop_assert_eq!(world.lines(), world.written());
    }
}

#[test]
fn a_log_that_was_rotated_while_the_stream_was_cut_and_is_silent_since_says_so_once() {
    let mut world = World::new(Begin::Head);
    for step in [Step::Write(3, 10), Step::Act, Step::Arrive(500), Step::Cut, Step::Write(9, 10), Step::Rotate] {
        world.step(step);
    }
    world.settle();
    let gaps = |world: &World| world.shown.iter().filter(|shown| matches!(shown, Shown::Gap(_))).count();
    assert_eq!((gaps(&world), world.lines().len()), (1, 3), "nothing has come, and that is said");
    world.check();
    world.step(Step::Write(1, 10));
    world.settle();
    assert_eq!((gaps(&world), world.lines().len()), (1, 4), "what comes is behind the same gap");
}

#[test]
fn a_log_that_nobody_wrote_to_while_the_stream_was_cut_lacks_nothing() {
    let mut world = World::new(Begin::Head);
    for step in [Step::Write(3, 10), Step::Act, Step::Arrive(500), Step::Cut] {
        world.step(step);
    }
    world.settle();
    world.settle();
    assert_eq!(world.shown.len(), 3, "what was delivered came again, and is known: {:?}", world.shown);
}

#[test]
fn the_next_instance_goes_on_behind_a_seam_that_lacks_nothing() {
    let mut world = World::new(Begin::Tail(1));
    for step in [Step::Write(3, 10), Step::Act, Step::Arrive(500), Step::Write(1, 10), Step::Exit, Step::Status] {
        world.step(step);
    }
    world.settle();
    let SourceState::Ended(_, why) = world.machine.state(world.now()) else { panic!("it has ended") };
    assert_eq!(why, Ended::Exited(Some(1)));
    world.wall += 2 * SECOND;
    world.step(Step::Restart);
    world.step(Step::Write(2, 10));
    world.settle();
    assert_eq!(world.machine.state(world.now()), SourceState::Live);
    let gaps: Vec<_> =
        world.shown.iter().filter_map(|shown| if let Shown::Gap(gap) = shown { Some(gap) } else { None }).collect();
    assert_eq!(gaps.iter().map(|gap| (gap.count, gap.why)).collect::<Vec<_>>(), [(Some(0), Why::Restarted)]);
    assert_eq!(world.lines(), ["0:2", "0:3", "1:0", "1:1"]);
}

#[test]
fn a_status_that_is_late_by_seconds_does_not_make_a_restart_a_doubt() {
    let mut world = World::new(Begin::Head);
    for step in [Step::Write(3, 10), Step::Act, Step::Exit, Step::Arrive(500)] {
        world.step(step);
    }
    world.wall += 2 * SECOND;
    world.step(Step::Restart);
    world.step(Step::Write(2, 900));
    world.mono += Duration::from_secs(8);
    assert!(matches!(world.machine.ask(world.now()), Ask::Wait(Some(_))), "the next instance is not read unawares");
    assert!(matches!(world.machine.state(world.now()), SourceState::Waiting(_)));
    world.settle();
    assert_eq!(world.lines(), world.written());
    let gaps: Vec<_> =
        world.shown.iter().filter_map(|shown| if let Shown::Gap(gap) = shown { Some(gap) } else { None }).collect();
    assert_eq!(gaps.iter().map(|gap| (gap.count, gap.why)).collect::<Vec<_>>(), [(Some(0), Why::Restarted)]);
}

#[test]
fn a_kubelet_that_ends_streams_of_what_goes_on_is_waited_for_once() {
    let mut world = World::new(Begin::Head);
    for step in [Step::Write(1, 10), Step::Act, Step::Arrive(500), Step::EndEarly, Step::Act, Step::Arrive(500)] {
        world.step(step);
    }
    world.step(Step::EndEarly);
    world.mono += Duration::from_secs(3);
    assert!(matches!(world.machine.ask(world.now()), Ask::Open(_)), "its container has not ended the last time either");
}

#[test]
fn what_may_not_be_read_names_verb_resource_and_place_and_is_not_asked_again() {
    let mut world = World::new(Begin::Head);
    assert!(matches!(world.machine.ask(world.now()), Ask::Open(_)));
    let refusal = Refusal { code: 403, message: "User \"dana\" cannot".into(), retry_after: None };
    world.machine.input(Input::Refused(refusal), world.now());
    let SourceState::Forbidden(what) = world.machine.state(world.now()) else { panic!("it is forbidden") };
    assert_eq!(&*what, "get pods/log in namespace qa: User \"dana\" cannot");
    assert_eq!(world.machine.ask(world.now()), Ask::Nothing);
}

#[test]
fn a_pod_that_goes_while_its_log_is_read_is_read_to_its_end() {
    let mut world = World::new(Begin::Head);
    for step in [Step::Write(2, 10), Step::Act, Step::Arrive(10)] {
        world.step(step);
    }
    world.machine.input(Input::Status(Status::Gone), world.now());
    world.step(Step::Exit);
    world.step(Step::Arrive(500));
    world.step(Step::Act);
    assert_eq!(world.lines(), world.written());
    assert!(matches!(world.machine.state(world.now()), SourceState::Ended(_, Ended::PodGone)));
}

#[test]
fn a_container_that_starts_later_is_read_from_its_start() {
    let address = Address { namespace: "qa".into(), pod: "web-1".into(), container: "main".into() };
    let status = Status::NotStarted("ContainerCreating".into());
    let mut machine = Machine::new(SourceId(0), address, (Of::Newest, Begin::Tail(1)), status, 1);
    let now = Moment { mono: Duration::ZERO, wall: 0 };
    assert_eq!(machine.ask(now), Ask::Wait(None));
    assert_eq!(machine.state(now), SourceState::Waiting("ContainerCreating".into()));
    machine.input(Input::Status(Status::There(Instance::default())), now);
    assert_eq!(machine.ask(now), Ask::Open(Wants { previous: false, follow: true, from: From::Start }));
}

#[test]
fn a_window_of_time_does_not_move_while_nothing_is_answered() {
    let mut world = World::new(Begin::Ago(60));
    assert_eq!(world.machine.ask(world.now()), Ask::Open(Wants { previous: false, follow: true, from: From::Ago(60) }));
    world.machine.input(Input::Lost("no answer".into()), world.now());
    world.mono += Duration::from_mins(10);
    let Ask::Open(wants) = world.machine.ask(world.now()) else { panic!("it is tried again") };
    assert_eq!(wants.from, From::Ago(660));
}
