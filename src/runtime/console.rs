//! The loop: what comes is taken, then drawn once.

use std::{collections::VecDeque, io, time::Duration};

use chrono::{Local, Utc};
use rolldeck_cluster::{
    connect::{Cluster, Options},
    writer::Writer,
};
use rolldeck_screens::{Clock, Code, Effect, Key, Message, ShellReply, draw, update};
use tokio::{sync::mpsc, time::Instant};

use super::{
    desk::Desk,
    log::{stage, timing},
    pace::Pace,
    post::{Post, Posted, queue},
    runners::Asked,
    turn::{BUDGET, Wake, wake},
};
use crate::{
    config::Config,
    terminal::{self, Depth, Input, Screen, Session, Signals, TerminalError},
};

/// How long a batch may take to be interrupted in good order, and an act to be answered, before the program leaves without: a write's own time and the
/// record of it. Mostly it takes a moment.
const FAREWELL: Duration = Duration::from_secs(11);

/// How long the last frame may take.
pub(super) const LAST_FRAME: Duration = Duration::from_millis(500);

/// What is due by the clock comes no more often than this, whatever the state says.
const TICK: Duration = Duration::from_millis(100);

/// Why the console ended against the operator's will.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The terminal.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// The system's signals cannot be heard.
    #[error("failed to listen for signals: {0}")]
    Signals(io::Error),
}

/// The screen, the state behind it, and the runners.
pub struct Console {
    /// The desk that is shown.
    pub(super) desk: Desk,
    /// Desks that were left for another context.
    pub(super) parked: Vec<Desk>,
    /// How many desks there have been, less one.
    pub(super) desks: u64,
    pub(super) options: Options,
    pub(super) config: Config,
    pub(super) post: Post,
    /// Columns and rows.
    pub(super) size: (u16, u16),
    pub(super) screen: Screen,
    pub(super) session: Option<Session>,
    pub(super) input: Input,
    pub(super) signals: Signals,
    queue: mpsc::Receiver<Posted>,
    pace: Pace,
    ticked: Instant,
    /// When the first key came that no frame has answered yet.
    keyed: Option<Instant>,
    /// A frame was drawn.
    shown: bool,
    leaving: Option<Instant>,
    gone: bool,
}

impl Console {
    /// Takes the terminal and sets everything up over a connection, which was made by these options.
    ///
    /// # Errors
    /// [`RunError`]; the terminal is given back.
    pub fn open(connected: (Cluster, Writer), options: Options, config: Config) -> Result<Self, RunError> {
        let signals = Signals::new().map_err(RunError::Signals)?;
        let session = Session::take(config.mouse)?;
        let size = session.size().map_err(TerminalError::Io)?;
        let depth = Depth::detect(|name| std::env::var(name).ok());
        let mut screen = Screen::new(size, depth, session.sink().map_err(TerminalError::Io)?);
        let asked = config.light.is_some();
        if asked {
            screen.pass(terminal::QUESTION);
        }
        let (post, queue) = queue();
        Ok(Self {
            desk: Desk::new(0, connected, &config, &post, size),
            parked: Vec::new(),
            desks: 0,
            options,
            config,
            post,
            size,
            screen,
            session: Some(session),
            input: Input::new(asked),
            signals,
            queue,
            pace: Pace::default(),
            ticked: Instant::now(),
            keyed: None,
            shown: false,
            leaving: None,
            gone: false,
        })
    }

    /// Runs until the operator leaves, a signal ends it, or the terminal is gone. The terminal is given back.
    ///
    /// # Errors
    /// [`RunError`].
    pub async fn run(mut self) -> Result<(), RunError> {
        self.pace.hurry();
        let effects = self.desk.state.start();
        self.carry_out(effects).await?;
        while !self.ended() {
            self.draw();
            let at = self.next_time();
            let terminal = (!self.gone).then_some((&mut self.input, &mut self.screen));
            match wake(terminal, &mut self.signals, &mut self.queue, at).await {
                Wake::Input(Some(message)) => self.turn(Some(message)).await?,
                Wake::Posted(posted) => {
                    let message = self.of_now(posted).await?;
                    self.turn(message).await?;
                }
                Wake::Time => self.turn(None).await?,
                Wake::Written(Ok(())) => {}
                Wake::Input(None) => self.lost("it cannot be read"),
                Wake::Written(Err(error)) => self.lost(&error.to_string()),
                Wake::Signal(signal) => {
                    tracing::info!(signal, "leaving");
                    self.leave();
                }
            }
        }
        if !self.gone {
            let _ = tokio::time::timeout(LAST_FRAME, self.screen.written()).await;
        }
        Ok(())
    }

    /// Takes `first` and what else has come, keys first, for no longer than [`BUDGET`].
    async fn turn(&mut self, first: Option<Message>) -> Result<(), RunError> {
        let until = Instant::now() + BUDGET;
        self.ticked = Instant::now();
        self.take(Message::Clock(clock())).await?;
        let mut waiting = VecDeque::from_iter(first);
        while let Some(message) = waiting.pop_front() {
            self.take(message).await?;
            if Instant::now() < until {
                waiting.extend(self.ready().await?);
            }
        }
        Ok(())
    }

    async fn ready(&mut self) -> Result<Option<Message>, RunError> {
        if let Some(message) = self.input.ready() {
            return Ok(Some(message));
        }
        while let Ok(posted) = self.queue.try_recv() {
            if let Some(message) = self.of_now(posted).await? {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// The message, unless it is about a scope that is not watched any more, or for a desk that is parked, which takes it.
    async fn of_now(&mut self, posted: Posted) -> Result<Option<Message>, RunError> {
        if posted.desk == self.desk.id {
            return Ok(self.desk.awaits(&posted).then_some(posted.message));
        }
        if let Some(desk) = self.parked.iter_mut().find(|desk| desk.id == posted.desk) {
            let before = desk.state.parked();
            desk.take_unseen(posted);
            if desk.state.parked() != before {
                self.tell_parked().await?;
            }
        }
        Ok(None)
    }

    pub(super) async fn take(&mut self, message: Message) -> Result<(), RunError> {
        match &message {
            Message::Key(key) => {
                panic_if_asked(*key);
                self.keyed.get_or_insert_with(Instant::now);
                self.pace.hurry();
            }
            Message::Background(true) => self.lighten(),
            Message::Paste(_) | Message::Mouse(_) | Message::Restored => self.pace.hurry(),
            // What a key caused in a shell is seen as soon as the key itself would be.
            Message::Shell(_, ShellReply::Screen(_, true)) => self.pace.hurry(),
            Message::Resize(columns, rows) => {
                self.pace.hurry();
                self.size = (*columns, *rows);
                self.screen.resize(self.size);
            }
            _ => {}
        }
        let effects = update(&mut self.desk.state, message);
        self.carry_out(effects).await
    }

    pub(super) async fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), RunError> {
        for effect in effects {
            match self.desk.runners.carry_out(effect) {
                Asked::Nothing => {}
                Asked::Quit => self.leave(),
                Asked::Copy(text) => self.screen.pass(&terminal::copy(&text)),
                Asked::Login => Box::pin(self.log_in()).await?,
                Asked::Contexts => Box::pin(self.tell_contexts()).await?,
                Asked::Switch(name) => Box::pin(self.switch(name)).await?,
            }
        }
        Ok(())
    }

    /// The background turned out to be light, and nobody has chosen a theme: takes the one for it.
    fn lighten(&mut self) {
        if let Some(theme) = self.config.light.take() {
            self.config.theme = theme.clone();
            self.parked.iter_mut().for_each(|desk| desk.state.recolour(theme.clone()));
            self.desk.state.recolour(theme);
            self.pace.hurry();
        }
    }

    fn draw(&mut self) {
        let now = Instant::now();
        let due = self.desk.state.dirty() && !self.gone && self.pace.due(now) <= now;
        if due && self.screen.draw(|frame| draw(&self.desk.state, frame)) {
            self.desk.state.drawn();
            self.pace.drawn(now);
            if !self.shown {
                self.shown = true;
                stage("first frame");
            }
            if let Some(keyed) = self.keyed.take() {
                timing("key", keyed);
            }
        }
    }

    /// When the loop must wake though nothing comes.
    fn next_time(&self) -> Option<Instant> {
        let now = Instant::now();
        let frame = (self.desk.state.dirty() && !self.gone && !self.screen.busy()).then(|| self.pace.due(now));
        let change = self.desk.state.wake_at().map(|at| {
            let after = (at - Utc::now()).to_std().unwrap_or_default();
            now.checked_add(after).unwrap_or(now + FAREWELL).max(self.ticked + TICK)
        });
        // Runners end one by one, and not all of them say so.
        let leaving = self.leaving.map(|until| until.min(now + TICK));
        [frame, change, leaving].into_iter().flatten().min()
    }

    /// Leaves as soon as the batch in flight is interrupted in good order, and each act answered. Asked twice: at once.
    pub(super) fn leave(&mut self) {
        self.all().for_each(|desk| desk.runners.interrupt());
        self.leaving = Some(if self.leaving.is_some() { Instant::now() } else { Instant::now() + FAREWELL });
    }

    fn lost(&mut self, why: &str) {
        tracing::error!(why, "the terminal is gone");
        self.gone = true;
        self.leave();
    }

    fn ended(&self) -> bool {
        let busy = || self.all().any(|desk| desk.runners.busy());
        self.leaving.is_some_and(|until| !busy() || until <= Instant::now())
    }

    fn all(&self) -> impl Iterator<Item = &Desk> {
        std::iter::once(&self.desk).chain(&self.parked)
    }
}

/// Lets a test see what a panic leaves of the terminal: F12, in a debug build, where `ROLLDECK_TEST_PANIC` is set.
fn panic_if_asked(key: Key) {
    let asked = cfg!(debug_assertions) && key.code == Code::F(12) && std::env::var_os("ROLLDECK_TEST_PANIC").is_some();
    assert!(!asked, "a panic, as a test asked for");
}

/// Now, and the operator's offset from UTC.
pub fn clock() -> Clock {
    Clock { now: Utc::now(), offset: Local::now().offset().local_minus_utc() }
}
