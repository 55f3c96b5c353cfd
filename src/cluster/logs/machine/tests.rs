//! One container's log against a kubelet that rotates, restarts, cuts and lags.

use std::time::Duration;

use proptest::prelude::*;
use rolldeck_core::logs::{Begin, Ended, Flags, Gap, Nanos, SECOND, SourceId, SourceState, Why, rfc3339};

use super::{Ask, Input, Machine, Moment, Of};
use crate::{
    logs::{
        request::{Address, From, Wants},
        subject::{Instance, Status},
    },
    watch::machine::Refusal,
};

/// A line as its container wrote it.
type Written = (Nanos, String);

/// A container, its kubelet, and a reader.
struct World {
    /// The logs of all instances, and how many lines of each the kubelet has rotated away.
    logs: Vec<(Vec<Written>, usize)>,
    started: Nanos,
    running: bool,
    wall: Nanos,
    mono: Duration,
    machine: Machine,
    stream: Option<Stream>,
    /// What was shown: lines, and gaps.
    shown: Vec<Shown>,
}

#[derive(Clone, Debug, PartialEq)]
enum Shown {
    Line(String),
    Gap(Gap),
}

struct Stream {
    instance: usize,
    /// The next line of it that is sent.
    at: usize,
    follow: bool,
    /// Bytes on their way.
    wire: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many lines, each so many milliseconds after the other.
    Write(u8, u16),
    /// So many bytes arrive.
    Arrive(u16),
    Cut,
    /// The kubelet ends the stream though the container runs.
    EndEarly,
    Rotate,
    Exit,
    Restart,
    /// The status is known.
    Status,
    /// Time passes, and the reader asks what it wants.
    Act,
}

impl World {
    fn new(begin: Begin) -> Self {
        let address = Address { namespace: "qa".into(), pod: "web-1".into(), container: "main".into() };
        let status = Status::There(Instance { id: "c0".into(), started: Some(SECOND), ..Instance::default() });
        Self {
            logs: vec![(Vec::new(), 0)],
            started: SECOND,
            running: true,
            wall: 100 * SECOND,
            mono: Duration::ZERO,
            machine: Machine::new(SourceId(0), address, (Of::Newest, begin), status, 1),
            stream: None,
            shown: Vec::new(),
        }
    }

    fn now(&self) -> Moment {
        Moment { mono: self.mono, wall: self.wall }
    }

    fn status(&self) -> Status {
        let newest = self.logs.len() - 1;
        Status::There(Instance {
            id: format!("c{newest}"),
            restarts: newest as u32,
            started: Some(self.started),
            ended: (!self.running).then_some((Some(self.wall), Some(1))),
        })
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Write(lines, pace) if self.running => {
                for _ in 0..lines {
                    self.wall += Nanos::from(pace) * 1_000_000 + 1;
                    let instance = self.logs.len() - 1;
                    let log = &mut self.logs[instance].0;
                    log.push((self.wall, format!("{instance}:{}", log.len())));
                }
            }
            Step::Write(..) => {}
            Step::Arrive(bytes) => self.arrive(bytes.into()),
            Step::Cut => {
                if self.stream.take().is_some() {
                    self.machine.input(Input::Lost("cut".into()), self.now());
                }
            }
            Step::EndEarly => {
                if self.stream.as_ref().is_some_and(|stream| stream.follow) {
                    self.stream = None;
                    self.machine.input(Input::Ended, self.now());
                }
            }
            Step::Rotate => {
                // A log of which nothing was read yet is told by where it begins.
                let read = format!("{}:", self.logs.len() - 1);
                if let Some((log, gone)) = self.logs.last_mut()
                    && self.shown.iter().any(|shown| matches!(shown, Shown::Line(line) if line.starts_with(&read)))
                {
                    *gone = log.len();
                }
            }
            Step::Exit => self.running = false,
            Step::Restart => {
                if !self.running {
                    self.logs.push((Vec::new(), 0));
                    self.started = self.wall.div_euclid(SECOND) * SECOND;
                    self.running = true;
                }
            }
            Step::Status => {
                let status = self.status();
                self.machine.input(Input::Status(status), self.now());
            }
            Step::Act => self.act(),
        }
        self.show();
    }

    fn show(&mut self) {
        for block in self.machine.take() {
            for line in block.lines() {
                self.shown.push(match line.gap() {
                    Some(gap) => Shown::Gap(gap),
                    None => Shown::Line(String::from_utf8_lossy(line.text).into_owned()),
                });
                assert!(!line.flags.has(Flags::ARRIVAL), "every line brings its time");
            }
        }
    }

    fn act(&mut self) {
        self.mono += Duration::from_secs(20);
        if let Some(stream) = &self.stream {
            if stream.follow && stream.wire.is_empty() && stream.at == self.logs[stream.instance].0.len() {
                self.machine.input(Input::Silent, self.now());
            }
            return;
        }
        if let Ask::Open(wants) = self.machine.ask(self.now()) {
            self.serve(wants);
        }
    }

    fn serve(&mut self, wants: Wants) {
        let newest = self.logs.len() - 1;
        let Some(instance) = (if wants.previous { newest.checked_sub(1) } else { Some(newest) }) else {
            let message = r#"previous terminated container "main" in pod "web-1" not found"#.into();
            self.machine.input(Input::Refused(Refusal { code: 400, message, retry_after: None }), self.now());
            return;
        };
        let (log, gone) = &self.logs[instance];
        let since = match wants.from {
            From::Start => Nanos::MIN,
            From::At(at) => at,
            From::Ago(seconds) => self.wall - seconds as Nanos * SECOND,
            From::Tail(lines) => log.iter().rev().nth(lines as usize).map_or(Nanos::MIN, |(at, _)| at + 1),
        };
        let at = log.partition_point(|(at, _)| *at < since).max(*gone);
        self.stream = Some(Stream { instance, at, follow: wants.follow, wire: Vec::new() });
        self.machine.input(Input::Opened, self.now());
    }

    fn arrive(&mut self, bytes: usize) {
        let now = self.now();
        let Some(stream) = &mut self.stream else { return };
        let (log, _) = &self.logs[stream.instance];
        for (at, text) in log.get(stream.at..).unwrap_or_default() {
            stream.wire.extend(format!("{} {text}\n", rfc3339(*at)).bytes());
        }
        stream.at = log.len();
        let rest = stream.wire.split_off(bytes.min(stream.wire.len()));
        let come = std::mem::replace(&mut stream.wire, rest);
        let lives = self.running && stream.instance == self.logs.len() - 1;
        let over = stream.wire.is_empty() && !(stream.follow && lives);
        if !come.is_empty() {
            assert!(self.machine.feed(&come, now));
        }
        if over {
            self.stream = None;
            self.machine.input(Input::Ended, now);
        }
    }

    /// Nothing goes wrong any more.
    fn settle(&mut self) {
        for _ in 0..40 {
            for step in [Step::Status, Step::Act, Step::Arrive(u16::MAX)] {
                self.step(step);
            }
        }
    }

    fn written(&self) -> Vec<String> {
        self.logs.iter().flat_map(|(log, _)| log.iter().map(|(_, text)| text.clone())).collect()
    }

    fn lines(&self) -> Vec<String> {
        let line = |shown: &Shown| match shown {
            Shown::Line(text) => Some(text.clone()),
            Shown::Gap(_) => None,
        };
        self.shown.iter().filter_map(line).collect()
    }

    /// Every line comes once, and where some are missing a gap says so.
    fn check(&self) {
        let mut lines = self.lines();
        lines.sort();
        assert!(lines.windows(2).all(|two| two[0] != two[1]), "a line came twice: {:?}", self.shown);
        let gaps = self.shown.iter().filter_map(|shown| if let Shown::Gap(gap) = shown { Some(gap) } else { None });
        let gaps: Vec<_> = gaps.filter(|gap| gap.count.is_none()).collect();
        for (at, text) in self.logs.iter().flat_map(|(log, _)| log) {
            // Starts of containers are known to the second.
            let told = || gaps.iter().any(|gap| gap.from <= *at && *at <= gap.to + SECOND);
            assert!(
                lines.binary_search(text).is_ok() || told(),
                "{text} is missing, and nothing says so: {:?}",
                self.shown
            );
        }
    }
}

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
