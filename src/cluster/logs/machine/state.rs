//! The machine.

use std::{sync::Arc, time::Duration};

use rolldeck_core::{
    logs::{Begin, Block, Decoder, Ended, Framing, Gap, Nanos, SECOND, SourceId, SourceState, Why},
    text::Clean,
};

use super::{
    refusal::{Cause, cause, is_removed},
    talk::{Ask, Input, Moment, Of},
};
use crate::{
    logs::{
        request::{Address, From, Wants},
        subject::{Instance, Status},
    },
    watch::{backoff::Backoff, machine::Refusal},
};

/// After a stream has ended by itself, its container's status needs a while to tell why: seconds on a busy node. Who asks sooner gets
/// the next instance unawares, and cannot tell that nothing of this one is missing. So long it is waited for at most.
const STATUS_DELAY: Duration = Duration::from_secs(10);
/// The delay where the kubelet has ended streams of an instance that went on.
const NEXT_STREAM: Duration = Duration::from_secs(2);
/// A login that is not accepted is tried so rarely: each trial may count against it.
const LOGIN: Duration = Duration::from_secs(15);

/// The instance that is read.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) instance: Instance,
    /// All of it was read.
    pub(super) whole: bool,
    /// The last stream of it broke: something may be missing that is not known.
    pub(super) cut: bool,
    /// What is left of it was asked for in vain.
    pub(super) lost: bool,
    /// A stream of it ended by itself, and nothing was heard of its end.
    pub(super) ends_early: bool,
}

impl Reading {
    pub(super) fn of(instance: Instance) -> Self {
        Self { instance, whole: false, cut: false, lost: false, ends_early: false }
    }
}

/// Reads one container's log. Feed it what comes, ask it what to do, take the blocks.
#[derive(Debug)]
pub(crate) struct Machine {
    address: Address,
    of: Of,
    begin: Begin,
    pub(super) decoder: Decoder,
    /// The youngest line before all that the stream of this instance gave.
    pub(super) before: Option<Nanos>,
    /// Another instance is asked for, and nothing of it has come.
    pub(super) seam: bool,
    status: Status,
    pub(super) reading: Option<Reading>,
    pub(super) open: Option<Wants>,
    answered: bool,
    /// The first bytes of a stream have come.
    pub(super) begun: bool,
    /// It was told that none come.
    pub(super) silent: bool,
    backoff: Backoff,
    not_before: Option<Duration>,
    /// The first time that anything was asked for, and that it was answered.
    asked: Option<Duration>,
    opened: Option<Duration>,
    /// Since when it does not work, and why.
    failure: Option<(Nanos, Clean)>,
    waiting: Option<Clean>,
    pub(super) over: Option<SourceState>,
}

impl Machine {
    /// For a container that stands so; `seed` keeps streams from coming back in step.
    pub(crate) fn new(source: SourceId, address: Address, (of, begin): (Of, Begin), status: Status, seed: u64) -> Self {
        let begin = if matches!(status, Status::NotStarted(_)) { Begin::Head } else { begin };
        let mut decoder = Decoder::new(source, Framing::Stamped);
        if begin != Begin::Head {
            decoder.begins_within();
        }
        Self {
            address,
            of,
            begin,
            decoder,
            before: None,
            seam: false,
            status,
            reading: None,
            open: None,
            answered: false,
            begun: false,
            silent: false,
            backoff: Backoff::new(seed),
            not_before: None,
            asked: None,
            opened: None,
            failure: None,
            waiting: None,
            over: None,
        }
    }

    /// What is to be done now. While something is open it is not asked.
    pub(crate) fn ask(&mut self, now: Moment) -> Ask {
        if self.over.is_some() {
            return Ask::Nothing;
        }
        if self.status == Status::Gone {
            self.pod_is_gone(now);
            return Ask::Nothing;
        }
        if self.of == Of::Previous {
            return self.after_wait(now, |machine| Wants { previous: true, follow: false, from: machine.from(now) });
        }
        let Status::There(instance) = self.status.clone() else { return Ask::Wait(None) };
        let Some(reading) = &mut self.reading else {
            self.reading = Some(Reading::of(instance));
            return self.ask(now);
        };
        if reading.instance.id != instance.id {
            let follows = instance.restarts == reading.instance.restarts + 1;
            let left = !reading.whole && !reading.lost && follows;
            if self.has_lines_after(&instance, SECOND) {
                self.was_read_already(instance);
                return self.ask(now);
            }
            if left {
                return self.after_wait(now, |machine| Wants {
                    previous: true,
                    follow: false,
                    from: machine.from(now),
                });
            }
            self.go_on_with(instance, now);
            return self.ask(now);
        }
        let ended = instance.ended.is_some();
        reading.instance = instance;
        if reading.whole {
            if self.of == Of::NewestToNow {
                self.over = Some(SourceState::Ended(now.wall, Ended::Complete));
                return Ask::Nothing;
            }
            return Ask::Wait(None);
        }
        let follow = !ended && self.of == Of::Newest;
        self.after_wait(now, |machine| Wants { previous: false, follow, from: machine.from(now) })
    }

    fn after_wait(&mut self, now: Moment, wants: impl FnOnce(&mut Self) -> Wants) -> Ask {
        if let Some(at) = self.not_before.filter(|at| *at > now.mono) {
            return Ask::Wait(Some(at));
        }
        self.asked.get_or_insert(now.mono);
        let wants = wants(self);
        (self.open, self.answered, self.begun, self.silent, self.not_before) = (Some(wants), false, false, false, None);
        Ask::Open(wants)
    }

    /// From where on to ask, so that nothing is missed.
    fn from(&mut self, now: Moment) -> From {
        if let Some(at) = self.decoder.reconnect() {
            if self.seam {
                self.decoder.joined();
            }
            return From::At(at);
        }
        let since = |then: Option<Duration>| then.map_or(0, |then| (now.mono.saturating_sub(then)).as_secs() + 1);
        match self.begin {
            Begin::Head => From::Start,
            Begin::At(at) => From::At(at.div_euclid(SECOND) * SECOND),
            Begin::Ago(seconds) => From::Ago(seconds + since(self.asked).saturating_sub(1)),
            // It was answered and was empty: what has come since is all that there is.
            Begin::Tail(_) if self.opened.is_some() => From::Ago(since(self.opened) + 1),
            Begin::Tail(lines) => From::Tail(lines),
        }
    }

    /// The instance that was read has ended, and the next one runs.
    fn go_on_with(&mut self, instance: Instance, now: Moment) {
        let whole = self
            .reading
            .as_ref()
            .is_some_and(|reading| reading.whole && instance.restarts == reading.instance.restarts + 1);
        // Where lines may be of this one already, some of them must come again.
        self.seam = !self.has_lines_after(&instance, 0);
        self.mark_seam(&instance, whole, now);
        self.begin = Begin::Head;
        self.before = self.decoder.newest();
        (self.not_before, self.opened) = (None, None);
        self.reading = Some(Reading::of(instance));
    }

    /// Takes bytes of the log that came at `now`. Returns whether they are of one: some kubelets answer in its place that there is
    /// none; then the stream is of no more use.
    pub(crate) fn feed(&mut self, bytes: &[u8], now: Moment) -> bool {
        if !std::mem::replace(&mut self.begun, true) {
            self.input(Input::Opened, now);
            let said = String::from_utf8_lossy(&bytes[..bytes.len().min(500)]);
            if is_removed(&said) {
                let message = said.lines().next().unwrap_or_default().into();
                self.input(Input::Refused(Refusal { code: 0, message, retry_after: None }), now);
                return false;
            }
            self.backoff.reset();
            self.seam = false;
        }
        self.decoder.feed(bytes, now.wall);
        true
    }

    /// The time of the youngest line that came.
    pub(crate) fn newest(&self) -> Option<Nanos> {
        self.decoder.newest()
    }

    /// Bytes that wait to be taken.
    pub(crate) fn held(&self) -> usize {
        self.decoder.held()
    }

    /// The blocks of lines that are whole.
    pub(crate) fn take(&mut self) -> Vec<Arc<Block>> {
        self.decoder.take()
    }

    /// Takes what else came.
    pub(crate) fn input(&mut self, input: Input, now: Moment) {
        match input {
            Input::Status(status) => self.status(status),
            Input::Opened => {
                if self.open.is_some() && !std::mem::replace(&mut self.answered, true) {
                    self.opened.get_or_insert(now.mono);
                    (self.failure, self.waiting) = (None, None);
                }
            }
            Input::Silent => self.silent(now),
            Input::Ended => self.ended(now),
            Input::Lost(why) => {
                self.open = None;
                if let Some(reading) = &mut self.reading {
                    reading.cut = true;
                }
                self.fails(why, now);
            }
            Input::Refused(refusal) => self.refused(&refusal, now),
            Input::LinkUp => {
                if self.failure.is_some() {
                    // Not all in step.
                    self.not_before = Some(now.mono + self.backoff.share(Duration::from_millis(500)));
                }
            }
        }
    }

    fn status(&mut self, status: Status) {
        let newer = match (&self.status, &status) {
            (Status::Gone, _) => return,
            (Status::There(old), Status::There(new)) => old.id != new.id || old.ended != new.ended,
            (old, new) => old != new,
        };
        if newer {
            self.status = status;
            self.waiting = None;
            // What was only waited for has come; what fails goes on failing at its own pace.
            if self.failure.is_none() {
                self.not_before = None;
            }
        }
    }

    fn ended(&mut self, now: Moment) {
        let Some(open) = self.open.take() else { return };
        self.failure = None;
        let Some(reading) = &mut self.reading else {
            self.decoder.finish(now.wall);
            self.over = Some(SourceState::Ended(now.wall, Ended::Complete));
            return;
        };
        reading.cut = false;
        if open.follow {
            self.wait_for_status(now);
            return;
        }
        // An instance that has ended writes no more; its last line may lack its end.
        self.decoder.finish(now.wall);
        reading.whole = true;
        // What was delivered last should have come again: the log was rotated, and what was written since may be gone.
        if !self.begun
            && let Some(from) = self.decoder.newest()
        {
            self.decoder.gap(Gap { from, to: now.wall.max(from), count: None, why: Why::Rotated });
        }
        self.backoff.reset();
    }

    /// A followed stream ended by itself: its container has ended, as a rule, and how it did is on its way.
    fn wait_for_status(&mut self, now: Moment) {
        let Some(reading) = &mut self.reading else { return };
        if !matches!(&self.status, Status::There(instance) if instance.ended.is_none() && instance.id == reading.instance.id)
        {
            return;
        }
        let first = !std::mem::replace(&mut reading.ends_early, true);
        let delay = if first { STATUS_DELAY } else { NEXT_STREAM };
        let delay = if self.begun { delay } else { delay.max(self.backoff.next()) };
        self.not_before = Some(now.mono + delay);
        self.waiting = first.then(|| "the log ended, and its container has not said why yet".into());
    }

    fn refused(&mut self, refusal: &Refusal, now: Moment) {
        let open = self.open.take();
        let previous = open.is_some_and(|open| open.previous);
        match cause(refusal, &self.address) {
            Cause::Forbidden(what) => self.over = Some(SourceState::Forbidden(what)),
            Cause::NotStarted(why) => {
                self.waiting = Some(why);
                self.not_before = Some(now.mono + self.backoff.next());
            }
            Cause::NoPod => self.fails("the pod is not found".into(), now),
            Cause::NotNow(why) => {
                self.fails(why, now);
                let least = match refusal.code {
                    401 => LOGIN,
                    _ => refusal.retry_after.unwrap_or_default(),
                };
                self.not_before = self.not_before.max(Some(now.mono + least));
            }
            Cause::NoPrevious | Cause::Removed(_) if previous && self.of != Of::Previous => {
                if let Some(reading) = &mut self.reading {
                    reading.lost = true;
                }
            }
            // The container ended, and its log went with it: its pod goes, or another instance comes.
            Cause::Removed(_) if self.ended_already() && self.of == Of::Newest => self.give_up(now),
            Cause::Removed(why) if self.of == Of::Newest => self.fails(why, now),
            Cause::NoPrevious | Cause::Removed(_) | Cause::Never(_) => {
                self.over = Some(SourceState::Ended(now.wall, Ended::Refused(refusal.message.clone())));
            }
        }
    }

    fn ended_already(&self) -> bool {
        matches!(&self.status, Status::There(instance) if instance.ended.is_some())
    }

    fn fails(&mut self, why: Clean, now: Moment) {
        let since = self.failure.take().map_or(now.wall, |(since, _)| since);
        self.failure = Some((since, why));
        self.not_before = Some(now.mono + self.backoff.next());
    }

    /// How it stands.
    pub(crate) fn state(&self, now: Moment) -> SourceState {
        if let Some(over) = &self.over {
            return over.clone();
        }
        if let Some((since, why)) = &self.failure {
            return SourceState::Reconnecting(*since, why.clone());
        }
        if let Some(why) = &self.waiting {
            return SourceState::Waiting(why.clone());
        }
        match &self.status {
            Status::NotStarted(why) => SourceState::Waiting(why.clone()),
            Status::There(Instance { ended: Some((at, code)), .. }) if self.is_whole() => {
                SourceState::Ended(at.unwrap_or(now.wall), Ended::Exited(*code))
            }
            _ if self.opened.is_none() => SourceState::Connecting,
            _ => SourceState::Live,
        }
    }

    fn is_whole(&self) -> bool {
        self.reading.as_ref().is_some_and(|reading| reading.whole)
    }

    /// When the instance that is read began, where that is known.
    pub(crate) fn started(&self) -> Option<Nanos> {
        self.reading.as_ref()?.instance.started
    }
}
