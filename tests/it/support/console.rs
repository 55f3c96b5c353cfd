//! The program in a pseudo-terminal.

use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
    process::Command,
    sync::{Arc, Condvar, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};

use super::{Home, Screen};

/// How long [`Console::wait_for`] waits: generous, for a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the program is to be started.
pub struct Launch<'a> {
    home: &'a Home,
    args: Vec<String>,
    env: Vec<(String, String)>,
    size: (u16, u16),
    recorded: bool,
    whole: bool,
}

impl<'a> Launch<'a> {
    /// With no arguments, `home` as its home, in 160 columns by 50 rows.
    pub fn new(home: &'a Home) -> Self {
        Self { home, args: Vec::new(), env: Vec::new(), size: (160, 50), recorded: false, whole: false }
    }

    /// Adds arguments.
    pub fn args<S: AsRef<str>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// `--kubeconfig FILE`.
    pub fn kubeconfig(self, file: &Path) -> Self {
        self.args(["--kubeconfig", file.to_str().expect("a path in UTF-8")])
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Columns and rows.
    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// Keeps every byte that it writes, for [`Console::written`].
    pub fn recorded(mut self) -> Self {
        self.recorded = true;
        self
    }

    /// Standard error is the terminal, too.
    pub fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Starts it.
    pub fn start(self) -> Console {
        Console::start(self)
    }
}

/// The terminal's side: what was drawn, and whether anything still comes.
struct Terminal {
    parser: vt100::Parser,
    bytes: u64,
    /// Everything that was written, where it is kept.
    raw: Option<Vec<u8>>,
}

/// A program that runs in a pseudo-terminal.
pub struct Console {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    slave: Option<Box<dyn SlavePty + Send>>,
    writer: Box<dyn Write + Send>,
    terminal: Arc<(Mutex<Terminal>, Condvar)>,
    reader: Option<JoinHandle<()>>,
    stderr: tempfile::NamedTempFile,
    cooked: String,
}

/// What a program left behind.
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it wrote on stderr.
    pub stderr: String,
    /// What the terminal shows after it.
    pub screen: Screen,
    /// The terminal's line discipline is as it was before.
    pub cooked: bool,
}

impl Ended {
    /// Panics unless the terminal is as a shell wants it.
    pub fn assert_restored(&self) {
        assert!(!self.screen.alternate, "the alternate screen is still on\n{}", self.screen);
        assert!(!self.screen.cursor_hidden, "the cursor is still hidden");
        assert!(!self.screen.bracketed_paste, "bracketed paste is still on");
        assert!(!self.screen.mouse, "the mouse is still reported");
        assert!(self.cooked, "the terminal is still in raw mode");
    }
}

impl Console {
    fn start(launch: Launch) -> Self {
        let (cols, rows) = launch.size;
        let pty = native_pty_system()
            .openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 })
            .expect("a pseudo-terminal");
        let stderr = tempfile::NamedTempFile::new().expect("a temporary file");
        let mut command = CommandBuilder::new("/bin/sh");
        let redirect = if launch.whole { "" } else { "2>>\"$STDERR_FILE\"" };
        command.args(["-c", &format!("exec \"$0\" \"$@\" {redirect}"), env!("CARGO_BIN_EXE_rolldeck")]);
        command.args(&launch.args);
        command.env_clear();
        command.env("STDERR_FILE", stderr.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", launch.home.path());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        command.env("TZ", "UTC");
        for (name, value) in &launch.env {
            command.env(name, value);
        }
        command.cwd(launch.home.path());
        let cooked = format!("{:?}", pty.master.get_termios());
        let child = pty.slave.spawn_command(command).expect("the program starts");
        let terminal = Arc::new((
            Mutex::new(Terminal {
                parser: vt100::Parser::new(rows, cols, 0),
                bytes: 0,
                raw: launch.recorded.then(Vec::new),
            }),
            Condvar::new(),
        ));
        let source = pty.master.try_clone_reader().expect("the terminal can be read");
        let reader = std::thread::spawn({
            let terminal = Arc::clone(&terminal);
            move || follow(source, &terminal)
        });
        let writer = pty.master.take_writer().expect("the terminal can be written");
        Self {
            child,
            master: pty.master,
            slave: Some(pty.slave),
            writer,
            terminal,
            reader: Some(reader),
            stderr,
            cooked,
        }
    }

    /// What the terminal shows now.
    pub fn screen(&self) -> Screen {
        Screen::of(self.terminal.0.lock().expect("no reader panicked").parser.screen())
    }

    /// Every byte that the program has written so far, where [`Launch::recorded`] asked for them.
    pub fn written(&self) -> Vec<u8> {
        self.terminal.0.lock().expect("no reader panicked").raw.clone().unwrap_or_default()
    }

    /// How many bytes the program has written to the terminal.
    pub fn bytes(&self) -> u64 {
        self.terminal.0.lock().expect("no reader panicked").bytes
    }

    /// Waits until the screen is as wanted, and returns it; panics with the screen if it never is.
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Screen) -> bool) -> Screen {
        self.wait_within(PATIENCE, what, wanted)
    }

    /// [`Self::wait_for`], no longer than `limit`.
    pub fn wait_within(&mut self, limit: Duration, what: &str, wanted: impl Fn(&Screen) -> bool) -> Screen {
        let end = Instant::now() + limit;
        let (lock, changed) = &*self.terminal;
        let mut terminal = lock.lock().expect("no reader panicked");
        loop {
            let screen = Screen::of(terminal.parser.screen());
            if wanted(&screen) {
                return screen;
            }
            let exited = self.child.try_wait().ok().flatten();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || exited.is_some() {
                drop(terminal);
                let stderr = std::fs::read_to_string(self.stderr.path()).unwrap_or_default();
                panic!("not within {limit:?}: {what}; exit: {exited:?}; stderr: {stderr}\n{screen}");
            }
            terminal =
                changed.wait_timeout(terminal, left.min(Duration::from_millis(200))).expect("no reader panicked").0;
        }
    }

    /// Waits until the screen has this text.
    pub fn wait_text(&mut self, text: &str) -> Screen {
        self.wait_for(&format!("\"{text}\" on the screen"), |screen| screen.has(text) || screen.says(text))
    }

    /// Types text as it is.
    pub fn keys(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).and_then(|()| self.writer.flush()).expect("the terminal takes keys");
    }

    /// Presses one key by the name that keymaps use: `enter`, `esc`, `tab`, `up`, `ctrl-c`, `alt-h`, `j`.
    pub fn key(&mut self, name: &str) {
        let text = match name {
            "enter" => "\r".to_owned(),
            // As kitty sends it: a lone escape and the key behind it, read at once, are another key.
            "esc" => "\x1b[27u".to_owned(),
            "tab" => "\t".to_owned(),
            "shift-tab" => "\x1b[Z".to_owned(),
            "backspace" => "\x7f".to_owned(),
            "space" => " ".to_owned(),
            "up" => "\x1b[A".to_owned(),
            "down" => "\x1b[B".to_owned(),
            "shift-up" => "\x1b[1;2A".to_owned(),
            "shift-down" => "\x1b[1;2B".to_owned(),
            "right" => "\x1b[C".to_owned(),
            "left" => "\x1b[D".to_owned(),
            "home" => "\x1b[H".to_owned(),
            "end" => "\x1b[F".to_owned(),
            "pgup" => "\x1b[5~".to_owned(),
            "pgdn" => "\x1b[6~".to_owned(),
            "del" => "\x1b[3~".to_owned(),
            "f5" => "\x1b[15~".to_owned(),
            "ctrl-space" => "\0".to_owned(),
            _ => match (name.strip_prefix("ctrl-").map(str::as_bytes), name.strip_prefix("alt-")) {
                (Some([key]), _) => char::from(key & 0x1f).to_string(),
                (_, Some(key)) => format!("\x1b{key}"),
                _ => name.to_owned(),
            },
        };
        self.keys(&text);
    }

    /// Changes the terminal's size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.0.lock().expect("no reader panicked").parser.screen_mut().set_size(rows, columns);
        self.master
            .resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .expect("the terminal changes its size");
    }

    /// Sends a signal by name: `KILL`, `TERM`, `HUP`.
    pub fn signal(&mut self, name: &str) {
        let pid = self.child.process_id().expect("the program runs").to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().expect("kill can be run");
        assert!(sent.success(), "the signal was not delivered");
    }

    /// Waits for its end.
    pub fn wait_end(mut self) -> Ended {
        let status = super::until(PATIENCE, "the program ends", || match self.child.try_wait() {
            Ok(Some(status)) => Ok(status),
            other => Err(format!("{other:?}\n{}", self.screen())),
        });
        let cooked = format!("{:?}", self.master.get_termios()) == self.cooked;
        // With the last holder of the other side gone, the reader comes to its end once it has read everything.
        self.slave = None;
        self.reader.take().expect("a reader").join().expect("no reader panicked");
        let mut stderr = String::new();
        File::open(self.stderr.path()).and_then(|mut file| file.read_to_string(&mut stderr)).expect("stderr is read");
        Ended { status, stderr, screen: self.screen(), cooked }
    }

    /// Quits by the key, and waits for the end.
    pub fn quit(mut self) -> Ended {
        self.key("ctrl-c");
        let ended = self.wait_end();
        assert_eq!(ended.status.exit_code(), 0, "{}", ended.stderr);
        ended.assert_restored();
        ended
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Feeds what the program writes to the terminal.
fn follow(mut source: Box<dyn Read + Send>, terminal: &(Mutex<Terminal>, Condvar)) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read) = source.read(&mut buffer) {
        if read == 0 {
            break;
        }
        let mut terminal_now = terminal.0.lock().expect("no waiter panicked");
        terminal_now.parser.process(&buffer[..read]);
        terminal_now.bytes += read as u64;
        if let Some(raw) = &mut terminal_now.raw {
            raw.extend_from_slice(&buffer[..read]);
        }
        drop(terminal_now);
        terminal.1.notify_all();
    }
}
