//! A container, its kubelet, and a reader.

use std::time::Duration;

use rolldeck_core::logs::{Begin, Flags, Gap, Nanos, SECOND, SourceId, rfc3339};

use super::super::{Ask, Input, Machine, Moment, Of};
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
pub(super) struct World {
    /// The logs of all instances, and how many lines of each the kubelet has rotated away.
    pub(super) logs: Vec<(Vec<Written>, usize)>,
    started: Nanos,
    pub(super) running: bool,
    pub(super) wall: Nanos,
    pub(super) mono: Duration,
    pub(super) machine: Machine,
    stream: Option<Stream>,
    /// What was shown: lines, and gaps.
    pub(super) shown: Vec<Shown>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
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
pub(super) enum Step {
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
    pub(super) fn new(begin: Begin) -> Self {
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

    pub(super) fn now(&self) -> Moment {
        Moment { mono: self.mono, wall: self.wall }
    }

    pub(super) fn status(&self) -> Status {
        let newest = self.logs.len() - 1;
        Status::There(Instance {
            id: format!("c{newest}"),
            restarts: newest as u32,
            started: Some(self.started),
            ended: (!self.running).then_some((Some(self.wall), Some(1))),
        })
    }

    pub(super) fn step(&mut self, step: Step) {
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

    pub(super) fn act(&mut self) {
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
    pub(super) fn settle(&mut self) {
        for _ in 0..40 {
            for step in [Step::Status, Step::Act, Step::Arrive(u16::MAX)] {
                self.step(step);
            }
        }
    }

    pub(super) fn written(&self) -> Vec<String> {
        self.logs.iter().flat_map(|(log, _)| log.iter().map(|(_, text)| text.clone())).collect()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let line = |shown: &Shown| match shown {
            Shown::Line(text) => Some(text.clone()),
            Shown::Gap(_) => None,
        };
        self.shown.iter().filter_map(line).collect()
    }

    /// Every line comes once, and where some are missing a gap says so.
    pub(super) fn check(&self) {
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
