//! Taking the terminal and giving it back: on exit, on a panic, on a signal, and while a login command needs it.

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
    panic, process,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use crossterm::{
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, EnableBracketedPaste},
    queue,
    style::ResetColor,
    terminal::{
        self, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
        enable_raw_mode,
    },
};

/// Whether the terminal is ours now. A panic may come on any thread, so this is the process's, as the terminal is.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether the mouse is ours, too.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Reports presses, releases and the wheel (1000), moves while a button is down (1002), in the form that knows every column (1006).
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1002h\x1b[?1006h";
/// Undoes [`MOUSE_ON`].
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l\x1b[?1000l";

/// How long a terminal that does not read is waited for when it is given back.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why there is no screen to open.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Input or output is a pipe or a file.
    #[error("{0} is not a terminal: rolldeck is a full-screen program, run it in one, without a pipe or a redirection")]
    NotATerminal(&'static str),
    /// The system refused.
    #[error("failed to take the terminal: {0}")]
    Io(#[from] io::Error),
}

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Session(());

impl Session {
    /// Whether there is a terminal to take, before anything is done.
    ///
    /// # Errors
    /// [`TerminalError::NotATerminal`].
    pub fn check() -> Result<(), TerminalError> {
        if !io::stdin().is_terminal() {
            return Err(TerminalError::NotATerminal("standard input"));
        }
        if !io::stdout().is_terminal() {
            return Err(TerminalError::NotATerminal("standard output"));
        }
        Ok(())
    }

    /// Raw mode, the alternate screen, bracketed paste, no cursor; with `mouse`, presses and the wheel are reported, too (and no
    /// motion, which would cost a slow link much).
    ///
    /// # Errors
    /// Any of the terminal's.
    pub fn take(mouse: bool) -> Result<Self, TerminalError> {
        let session = Self(());
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        let mut enter = Vec::new();
        queue!(enter, EnterAlternateScreen, EnableBracketedPaste, Hide, Clear(ClearType::All))?;
        if mouse {
            MOUSE.store(true, Ordering::SeqCst);
            enter.extend_from_slice(MOUSE_ON);
        }
        output()?.write_all(&enter)?;
        Ok(session)
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// Any of the terminal's.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        terminal::size()
    }

    /// Where frames go: standard output, unbuffered.
    ///
    /// # Errors
    /// When the system has no file descriptor left.
    pub fn sink(&self) -> io::Result<File> {
        output()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        give_back();
    }
}

fn output() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

/// Undoes [`Session::take`], once. A terminal that does not read delays it by no more than [`PATIENCE`].
fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut leave = Vec::new();
    if MOUSE.swap(false, Ordering::SeqCst) {
        leave.extend_from_slice(MOUSE_OFF);
    }
    let queued = queue!(leave, EndSynchronizedUpdate, ResetColor, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let (tell, done) = mpsc::channel();
    thread::spawn(move || {
        let _ = queued.and_then(|()| output()).and_then(|mut out| out.write_all(&leave));
        let _ = tell.send(());
    });
    let _ = done.recv_timeout(PATIENCE);
    let _ = disable_raw_mode();
}

/// Gives the terminal back before a panic on any thread is reported, and ends the program: a console with a dead part would
/// show what is not so. A batch in flight stands in the cluster's journal, and the next start offers to revert it.
pub fn install_panic_hook(report: Box<dyn Fn(&panic::PanicHookInfo<'_>) + Send + Sync>) {
    panic::set_hook(Box::new(move |info| {
        give_back();
        report(info);
        process::exit(101);
    }));
}
