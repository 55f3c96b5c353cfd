//! What the terminal and the system send us: keys, pastes, sizes, signals.

use std::{
    future, io, thread,
    time::{Duration, Instant},
};

use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use futures::StreamExt;
use rolldeck_screens::{Click, Code, Key, Message, Mouse};
use tokio::{
    runtime::Handle,
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::background::{Heard, Listener};

/// The most text that one paste may bring, in bytes; the rest is cut off.
const PASTE_LIMIT: usize = 64 * 1024;

/// Messages of the terminal's that may wait: a key held down, or a paste without brackets.
const ROOM: usize = 1024;

/// How long the reading thread may take to stop.
const STOP: Duration = Duration::from_millis(200);

/// What the terminal sends, read by a thread of its own: crossterm's reader may block in the middle of a sequence, and spins
/// when the terminal hangs up, until the signal has ended the program.
pub struct Input {
    from: mpsc::Receiver<Message>,
    stop: Option<oneshot::Sender<()>>,
    stopped: oneshot::Receiver<()>,
}

impl Input {
    /// Starts reading. Where the terminal was asked a `question` about its background, its answer is taken out of the keys.
    pub fn new(question: bool) -> Self {
        let (to, from) = mpsc::channel(ROOM);
        let (stop, asked) = oneshot::channel();
        let (tell, stopped) = oneshot::channel();
        let runtime = Handle::current();
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = asked => {}
                    () = read(to, question) => {}
                }
            });
            let _ = tell.send(());
        });
        Self { from, stop: Some(stop), stopped }
    }

    /// The next message, or `None` when the terminal is gone. Safe to drop and call again.
    pub async fn next(&mut self) -> Option<Message> {
        self.from.recv().await
    }

    /// A message that has come already.
    pub fn ready(&mut self) -> Option<Message> {
        self.from.try_recv().ok()
    }

    /// Stops reading, so that a login command gets the keys. What was typed and not taken is dropped.
    pub async fn close(&mut self) {
        self.stop = None;
        let _ = timeout(STOP, &mut self.stopped).await;
    }
}

async fn read(to: mpsc::Sender<Message>, asked: bool) {
    let mut events = EventStream::new();
    let mut listener = Listener::new(asked, Instant::now());
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => {
                if let Some(message) = heard(&mut listener, event)
                    && to.send(message).await.is_err()
                {
                    return;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the terminal cannot be read");
                return;
            }
        }
    }
}

/// The message of an event, unless it is a piece of the terminal's answer.
fn heard(listener: &mut Listener, event: Event) -> Option<Message> {
    if let Event::Key(key) = &event {
        match listener.hear(key, Instant::now()) {
            Heard::Key => {}
            Heard::Piece => return None,
            Heard::Light(light) => return Some(Message::Background(light)),
        }
    }
    message(event)
}

fn message(event: Event) -> Option<Message> {
    match event {
        Event::Key(event) => key(event).map(Message::Key),
        Event::Paste(mut text) => {
            text.truncate(text.floor_char_boundary(PASTE_LIMIT));
            Some(Message::Paste(text))
        }
        Event::Resize(columns, rows) => Some(Message::Resize(columns, rows)),
        Event::Mouse(event) => mouse(event).map(Message::Mouse),
        Event::FocusGained | Event::FocusLost => None,
    }
}

fn mouse(event: MouseEvent) -> Option<Mouse> {
    let click = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Click::Press,
        MouseEventKind::Up(MouseButton::Left) => Click::Release,
        MouseEventKind::Drag(MouseButton::Left) => Click::Drag,
        MouseEventKind::Down(MouseButton::Middle) => Click::Middle,
        MouseEventKind::Down(MouseButton::Right) => Click::Right,
        MouseEventKind::ScrollUp => Click::WheelUp,
        MouseEventKind::ScrollDown => Click::WheelDown,
        _ => return None,
    };
    Some(Mouse { click, column: event.column, row: event.row })
}

fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(if ctrl { control(c) } else { c }),
        KeyCode::F(n) => Code::F(n),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Up if shift => Code::ShiftUp,
        KeyCode::Down if shift => Code::ShiftDown,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some(Key { code, ctrl, alt: event.modifiers.contains(KeyModifiers::ALT) })
}

/// The bytes 0x1c to 0x1f are ctrl with `\`, `]`, `^` and `_` on a keyboard; crossterm names them by the digits 4 to 7, which
/// send the same bytes.
fn control(c: char) -> char {
    match c {
        '4' => '\\',
        '5' => ']',
        '6' => '^',
        '7' => '_',
        c => c.to_ascii_lowercase(),
    }
}

/// The signals that end the program in good order.
pub struct Signals {
    terminate: Signal,
    hangup: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Listens from now on, instead of dying.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one; returns its name. Safe to drop and call again.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            Some(()) = self.terminate.recv() => "SIGTERM",
            Some(()) = self.hangup.recv() => "SIGHUP",
            Some(()) = self.interrupt.recv() => "SIGINT",
            else => future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(code: KeyCode, modifiers: KeyModifiers) -> String {
        key(KeyEvent::new(code, modifiers)).map(|key| key.to_string()).unwrap_or_default()
    }

    #[test]
    fn keys_arrive_as_the_keymap_names_them() {
        let (none, ctrl, shift, alt) =
            (KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::SHIFT, KeyModifiers::ALT);
        for (code, modifiers, name) in [
            (KeyCode::Char('a'), none, "a"),
            (KeyCode::Char('A'), shift, "A"),
            (KeyCode::Char('*'), shift, "*"),
            (KeyCode::Char(' '), none, "space"),
            (KeyCode::Char(' '), ctrl, "ctrl-space"),
            (KeyCode::Char('c'), ctrl, "ctrl-c"),
            (KeyCode::Char('4'), ctrl, "ctrl-\\"),
            (KeyCode::Char('\\'), ctrl, "ctrl-\\"),
            (KeyCode::Char('4'), none, "4"),
            (KeyCode::Char('x'), alt, "alt-x"),
            (KeyCode::BackTab, shift, "shift-tab"),
            (KeyCode::PageDown, none, "pgdn"),
            (KeyCode::F(5), none, "f5"),
        ] {
            assert_eq!(named(code, modifiers), name);
        }
    }

    #[test]
    fn a_key_that_is_let_go_is_no_second_press() {
        let mut event = KeyEvent::new(KeyCode::Char('i'), KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(key(event), None);
    }

    #[test]
    fn presses_the_wheel_and_the_first_button_dragged_and_let_go_are_heard_and_no_motion_without_a_button() {
        let heard = |kind| {
            mouse(MouseEvent { kind, column: 3, row: 4, modifiers: KeyModifiers::NONE }).map(|mouse| mouse.click)
        };
        assert_eq!(heard(MouseEventKind::Down(MouseButton::Left)), Some(Click::Press));
        assert_eq!(heard(MouseEventKind::ScrollDown), Some(Click::WheelDown));
        assert_eq!(heard(MouseEventKind::ScrollUp), Some(Click::WheelUp));
        assert_eq!(heard(MouseEventKind::Drag(MouseButton::Left)), Some(Click::Drag));
        let others =
            [MouseEventKind::Drag(MouseButton::Right), MouseEventKind::Up(MouseButton::Right), MouseEventKind::Moved];
        assert!(others.into_iter().all(|kind| heard(kind).is_none()));
    }

    #[test]
    fn a_huge_paste_is_cut_at_a_character() {
        let Some(Message::Paste(text)) = message(Event::Paste("ä".repeat(PASTE_LIMIT))) else { panic!("a paste") };
        assert_eq!(text.len(), PASTE_LIMIT);
        let Some(Message::Paste(text)) = message(Event::Paste(format!("x{}", "ä".repeat(PASTE_LIMIT)))) else {
            panic!("a paste")
        };
        assert_eq!(text.len(), PASTE_LIMIT - 1);
    }
}
