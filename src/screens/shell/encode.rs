//! Keys, pastes and the mouse, as xterm sends them to a program (XTerm Control Sequences, "PC-Style Function Keys", "Mouse Tracking").

use rolldeck_core::shell::{Modes, MouseMode};

use crate::{Click, Code, Key};

/// The bytes of a key; none where a terminal sends nothing for it.
pub(super) fn key(key: Key, modes: Modes) -> Vec<u8> {
    let modifier = 1 + 2 * u8::from(key.alt) + 4 * u8::from(key.ctrl);
    let arrow = |letter: char| match (modifier, modes.app_cursor) {
        (1, true) => format!("\x1bO{letter}"),
        (1, false) => format!("\x1b[{letter}"),
        _ => format!("\x1b[1;{modifier}{letter}"),
    };
    let numbered = |number: u8| match modifier {
        1 => format!("\x1b[{number}~"),
        _ => format!("\x1b[{number};{modifier}~"),
    };
    match key.code {
        Code::Char(c) => return character(c, key),
        Code::Enter => return with_alt(key, b"\r"),
        Code::Tab => return with_alt(key, b"\t"),
        Code::Esc => return with_alt(key, b"\x1b"),
        Code::Backspace => return with_alt(key, if key.ctrl { b"\x08" } else { b"\x7f" }),
        Code::BackTab => "\x1b[Z".to_owned(),
        Code::ShiftUp => format!("\x1b[1;{}A", modifier + 1),
        Code::ShiftDown => format!("\x1b[1;{}B", modifier + 1),
        Code::Up => arrow('A'),
        Code::Down => arrow('B'),
        Code::Right => arrow('C'),
        Code::Left => arrow('D'),
        Code::Home => arrow('H'),
        Code::End => arrow('F'),
        Code::Insert => numbered(2),
        Code::Delete => numbered(3),
        Code::PageUp => numbered(5),
        Code::PageDown => numbered(6),
        Code::F(n @ 1..=4) => {
            let letter = char::from(b'P' + n - 1);
            if modifier == 1 { format!("\x1bO{letter}") } else { format!("\x1b[1;{modifier}{letter}") }
        }
        Code::F(n) => match FUNCTION.get(usize::from(n) - 5) {
            Some(number) => numbered(*number),
            None => String::new(),
        },
    }
    .into_bytes()
}

/// The numbers of f5 to f20.
const FUNCTION: [u8; 16] = [15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 28, 29, 31, 32, 33, 34];

fn with_alt(key: Key, bytes: &[u8]) -> Vec<u8> {
    let escape: &[u8] = if key.alt { b"\x1b" } else { b"" };
    [escape, bytes].concat()
}

fn character(c: char, key: Key) -> Vec<u8> {
    let control = match c.to_ascii_lowercase() {
        lower @ 'a'..='z' => Some(lower as u8 & 0x1f),
        '@' | ' ' | '2' => Some(0),
        '[' | '3' => Some(0x1b),
        '\\' | '4' => Some(0x1c),
        ']' | '5' => Some(0x1d),
        '^' | '6' => Some(0x1e),
        '_' | '/' | '7' => Some(0x1f),
        '?' | '8' => Some(0x7f),
        _ => None,
    };
    match control.filter(|_| key.ctrl) {
        Some(byte) => with_alt(key, &[byte]),
        None => with_alt(key, c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// The bytes of a paste. In brackets, nothing in it can end them; without, lines end as keys would end them.
pub(super) fn paste(text: &str, modes: Modes) -> Vec<u8> {
    let text = text.replace("\r\n", "\r").replace('\n', "\r");
    if !modes.bracketed_paste {
        return text.into_bytes();
    }
    let inside: String = text.chars().filter(|c| *c != '\x1b' && *c != '\u{9b}').collect();
    format!("\x1b[200~{inside}\x1b[201~").into_bytes()
}

/// The bytes of something that the mouse did at a column and a row of the terminal, from 0; `None` where the program did not ask.
pub(super) fn mouse(click: Click, (column, row): (u16, u16), modes: Modes) -> Option<Vec<u8>> {
    if modes.mouse == MouseMode::None {
        return wheel_as_arrows(click, modes);
    }
    let (button, down) = match click {
        Click::Press => (0, true),
        Click::Release => (0, false),
        Click::Drag if modes.mouse == MouseMode::Drags => (32, true),
        Click::Drag => return None,
        Click::Middle => (1, true),
        Click::Right => (2, true),
        Click::WheelUp => (64, true),
        Click::WheelDown => (65, true),
    };
    if modes.sgr_mouse {
        let end = if down { 'M' } else { 'm' };
        return Some(format!("\x1b[<{button};{};{}{end}", column + 1, row + 1).into_bytes());
    }
    // Without SGR a place beyond 223 cannot be said, and every release is that of button 3.
    let at = |n: u16| u8::try_from(n + 33).ok();
    let button = if down { button } else { 3 };
    Some(vec![0x1b, b'[', b'M', 32 + button, at(column)?, at(row)?])
}

/// On the alternate screen the wheel moves as arrows do, where nothing else was asked for.
fn wheel_as_arrows(click: Click, modes: Modes) -> Option<Vec<u8>> {
    let code = match click {
        Click::WheelUp => Code::Up,
        Click::WheelDown => Code::Down,
        _ => return None,
    };
    (modes.alternate && modes.wheel_as_arrows).then(|| key(Key { code, ctrl: false, alt: false }, modes).repeat(3))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a", "a")]
    #[case("A", "A")]
    #[case("日", "日")]
    #[case("space", " ")]
    #[case("enter", "\r")]
    #[case("tab", "\t")]
    #[case("shift-tab", "\x1b[Z")]
    #[case("esc", "\x1b")]
    #[case("backspace", "\x7f")]
    #[case("ctrl-backspace", "\x08")]
    #[case("alt-backspace", "\x1b\x7f")]
    #[case("ctrl-c", "\x03")]
    #[case("ctrl-z", "\x1a")]
    #[case("ctrl-space", "\0")]
    #[case("ctrl-\\", "\x1c")]
    #[case("ctrl-]", "\x1d")]
    #[case("ctrl-^", "\x1e")]
    #[case("ctrl-_", "\x1f")]
    #[case("alt-b", "\x1bb")]
    #[case("ctrl-alt-b", "\x1b\x02")]
    #[case("up", "\x1b[A")]
    #[case("ctrl-right", "\x1b[1;5C")]
    #[case("alt-left", "\x1b[1;3D")]
    #[case("ctrl-alt-up", "\x1b[1;7A")]
    #[case("home", "\x1b[H")]
    #[case("end", "\x1b[F")]
    #[case("ins", "\x1b[2~")]
    #[case("del", "\x1b[3~")]
    #[case("ctrl-del", "\x1b[3;5~")]
    #[case("pgup", "\x1b[5~")]
    #[case("pgdn", "\x1b[6~")]
    #[case("f1", "\x1bOP")]
    #[case("ctrl-f4", "\x1b[1;5S")]
    #[case("f5", "\x1b[15~")]
    #[case("f10", "\x1b[21~")]
    #[case("f12", "\x1b[24~")]
    #[case("alt-f12", "\x1b[24;3~")]
    #[case("f20", "\x1b[34~")]
    #[case("f24", "")]
    fn keys_are_sent_as_xterm_sends_them(#[case] name: &str, #[case] bytes: &str) {
        assert_eq!(String::from_utf8(key(name.parse().unwrap(), Modes::default())).unwrap(), bytes);
    }

    #[rstest]
    #[case("up", "\x1bOA")]
    #[case("home", "\x1bOH")]
    #[case("ctrl-up", "\x1b[1;5A")]
    #[case("pgup", "\x1b[5~")]
    fn arrows_follow_the_mode_that_the_program_set(#[case] name: &str, #[case] bytes: &str) {
        let modes = Modes { app_cursor: true, ..Modes::default() };
        assert_eq!(String::from_utf8(key(name.parse().unwrap(), modes)).unwrap(), bytes);
    }

    #[test]
    fn a_paste_cannot_leave_its_brackets() {
        let modes = Modes { bracketed_paste: true, ..Modes::default() };
        assert_eq!(paste("a\r\nb\n\x1b[201~rm", modes), b"\x1b[200~a\rb\r[201~rm\x1b[201~");
        assert_eq!(paste("a\nb", Modes::default()), b"a\rb");
    }

    #[test]
    fn the_mouse_is_sent_as_the_program_asked() {
        let old = Modes { mouse: MouseMode::Clicks, ..Modes::default() };
        let sgr = Modes { sgr_mouse: true, ..old };
        assert_eq!(mouse(Click::Press, (4, 2), sgr), Some(b"\x1b[<0;5;3M".to_vec()));
        assert_eq!(mouse(Click::Release, (4, 2), sgr), Some(b"\x1b[<0;5;3m".to_vec()));
        let drags = Modes { mouse: MouseMode::Drags, ..sgr };
        assert_eq!(mouse(Click::Drag, (4, 2), drags), Some(b"\x1b[<32;5;3M".to_vec()));
        assert_eq!(mouse(Click::Drag, (4, 2), old), None);
        assert_eq!(mouse(Click::WheelDown, (0, 0), sgr), Some(b"\x1b[<65;1;1M".to_vec()));
        assert_eq!(mouse(Click::Press, (4, 2), old), Some(b"\x1b[M \x25\x23".to_vec()));
        assert_eq!(mouse(Click::Right, (300, 2), old), None);
        assert_eq!(mouse(Click::Drag, (4, 2), Modes { sgr_mouse: false, ..drags }), Some(b"\x1b[M@\x25\x23".to_vec()));
        let less = Modes { alternate: true, wheel_as_arrows: true, ..Modes::default() };
        assert_eq!(mouse(Click::WheelUp, (0, 0), less), Some(b"\x1b[A\x1b[A\x1b[A".to_vec()));
        assert_eq!(mouse(Click::WheelUp, (0, 0), Modes { alternate: false, ..less }), None);
        assert_eq!(mouse(Click::Press, (0, 0), less), None);
    }
}
