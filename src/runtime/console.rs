//! The loop: what comes is taken, then drawn once.

use std::{collections::VecDeque, io, time::Duration};

use chrono::{Local, Utc};
use rolldeck_cluster::{connect::Cluster, writer::Writer};
use rolldeck_core::text::Clean;
use rolldeck_screens::{Clock, Code, Effect, Key, Message, State, draw, update};
use tokio::{sync::mpsc, time::Instant};

use super::{
    log::{stage, timing},
    login::{Login, login},
    pace::Pace,
    post::{Posted, queue},
    runners::{Asked, Runners},
    turn::{BUDGET, Wake, wake},
};
use crate::{
    config::Config,
    terminal::{Input, Screen, Session, Signals, TerminalError},
};

/// How long a batch may take to be interrupted in good order, before the program leaves without: a write's own time and the
/// record of it. Mostly it takes a moment.
const FAREWELL: Duration = Duration::from_secs(11);

/// How long the last frame may take.
const LAST_FRAME: Duration = Duration::from_millis(500);

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
    state: State,
    screen: Screen,
    session: Option<Session>,
    input: Input,
    signals: Signals,
    queue: mpsc::Receiver<Posted>,
    runners: Runners,
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
    /// Takes the terminal and sets everything up over a connection.
    ///
    /// # Errors
    /// [`RunError`]; the terminal is given back.
    pub fn open(cluster: Cluster, writer: Writer, config: Config) -> Result<Self, RunError> {
        let signals = Signals::new().map_err(RunError::Signals)?;
        let session = Session::take()?;
        let size = session.size().map_err(TerminalError::Io)?;
        let screen = Screen::new(size, session.sink().map_err(TerminalError::Io)?);
        let about = rolldeck_screens::Session {
            context: cluster.context.clone(),
            server: cluster.server.clone(),
            user: cluster.user.clone(),
            namespaces: cluster.namespaces.clone(),
            readonly: cluster.readonly,
            demo: *cluster.context == *rolldeck_demo::CONTEXT,
        };
        let (post, queue) = queue();
        Ok(Self {
            state: State::new(about, config.keymap, config.theme, clock(), size),
            screen,
            session: Some(session),
            input: Input::new(),
            signals,
            queue,
            runners: Runners::new(cluster, writer, post),
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
        let effects = self.state.start();
        self.carry_out(effects).await?;
        while !self.ended() {
            self.draw();
            let at = self.next_time();
            let terminal = (!self.gone).then_some((&mut self.input, &mut self.screen));
            match wake(terminal, &mut self.signals, &mut self.queue, at).await {
                Wake::Input(Some(message)) => self.turn(Some(message)).await?,
                Wake::Posted(posted) => {
                    let message = self.of_now(posted);
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
                waiting.extend(self.ready());
            }
        }
        Ok(())
    }

    fn ready(&mut self) -> Option<Message> {
        if let Some(message) = self.input.ready() {
            return Some(message);
        }
        while let Ok(posted) = self.queue.try_recv() {
            if let Some(message) = self.of_now(posted) {
                return Some(message);
            }
        }
        None
    }

    /// The message, unless it is about a scope that is not watched any more.
    fn of_now(&self, posted: Posted) -> Option<Message> {
        posted.era.is_none_or(|era| era == self.runners.era()).then_some(posted.message)
    }

    async fn take(&mut self, message: Message) -> Result<(), RunError> {
        match &message {
            Message::Key(key) => {
                panic_if_asked(*key);
                self.keyed.get_or_insert_with(Instant::now);
                self.pace.hurry();
            }
            Message::Paste(_) | Message::Restored => self.pace.hurry(),
            Message::Resize(columns, rows) => {
                self.pace.hurry();
                self.screen.resize((*columns, *rows));
            }
            _ => {}
        }
        let effects = update(&mut self.state, message);
        self.carry_out(effects).await
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), RunError> {
        for effect in effects {
            match self.runners.carry_out(effect) {
                Asked::Nothing => {}
                Asked::Quit => self.leave(),
                Asked::Login => Box::pin(self.log_in()).await?,
            }
        }
        Ok(())
    }

    fn draw(&mut self) {
        let now = Instant::now();
        let due = self.state.dirty() && !self.gone && self.pace.due(now) <= now;
        if due && self.screen.draw(|frame| draw(&self.state, frame)) {
            self.state.drawn();
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
        let frame = (self.state.dirty() && !self.gone && !self.screen.busy()).then(|| self.pace.due(now));
        let change = self.state.wake_at().map(|at| {
            let after = (at - Utc::now()).to_std().unwrap_or_default();
            now.checked_add(after).unwrap_or(now + FAREWELL).max(self.ticked + TICK)
        });
        [frame, change, self.leaving].into_iter().flatten().min()
    }

    /// Leaves as soon as the batch in flight is interrupted in good order. Asked twice: at once.
    fn leave(&mut self) {
        self.runners.interrupt();
        self.leaving = Some(if self.leaving.is_some() { Instant::now() } else { Instant::now() + FAREWELL });
    }

    fn lost(&mut self, why: &str) {
        tracing::error!(why, "the terminal is gone");
        self.gone = true;
        self.leave();
    }

    fn ended(&self) -> bool {
        self.leaving.is_some_and(|until| !self.runners.driving() || until <= Instant::now())
    }

    async fn log_in(&mut self) -> Result<(), RunError> {
        let _ = tokio::time::timeout(LAST_FRAME, self.screen.written()).await;
        self.input.close().await;
        self.session = None;
        let outcome = login(&self.runners.login(), &mut self.signals).await;
        self.session = Some(Session::take()?);
        self.input = Input::new();
        self.screen.repaint();
        let size = self.session.as_ref().and_then(|session| session.size().ok());
        let note = match outcome {
            Login::Done(user) => {
                self.runners.restart(&user);
                Message::LoggedIn(user)
            }
            // The rest of the message stood on the terminal, and stays there.
            Login::Failed(error) => {
                Message::Note(true, Clean::new(error.to_string().lines().next().unwrap_or_default()))
            }
            Login::GivenUp => Message::Note(true, "the login was given up".into()),
            Login::Ended => {
                self.leave();
                return Ok(());
            }
        };
        self.take(Message::Restored).await?;
        if let Some((columns, rows)) = size {
            self.take(Message::Resize(columns, rows)).await?;
        }
        self.take(note).await?;
        Ok(())
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
