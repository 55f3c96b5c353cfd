//! Whether the terminal's background is light: it is asked (OSC 11), and its answer comes among the keys, whenever it comes.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The question.
pub const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

/// An answer is awaited so long; later, the same keys are the operator's.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer, in characters.
const LONGEST: usize = 40;

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is the operator's.
    Key,
    /// It is a piece of the answer.
    Piece,
    /// It ends the answer: the background is light, or dark.
    Light(bool),
}

/// Takes the answer out of the keys: the parser of keys knows no such sequence, and gives its characters one by one, after an
/// alt-`]` (or an escape and a `]`, where it came in two pieces).
#[derive(Debug)]
pub struct Listener {
    until: Option<Instant>,
    escaped: bool,
    text: Option<String>,
}

impl Listener {
    /// Awaits an answer from `now` on, where the question was `asked`.
    pub fn new(asked: bool, now: Instant) -> Self {
        Self { until: asked.then(|| now + PATIENCE), escaped: false, text: None }
    }

    /// Looks at a key.
    pub fn hear(&mut self, key: &KeyEvent, now: Instant) -> Heard {
        if self.until.is_none_or(|until| until < now) || key.kind == KeyEventKind::Release {
            return Heard::Key;
        }
        let escaped = std::mem::replace(&mut self.escaped, key.code == KeyCode::Esc);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let Some(text) = &mut self.text else {
            if key.code == KeyCode::Char(']') && (alt || escaped) {
                self.text = Some(String::new());
                return Heard::Piece;
            }
            return Heard::Key;
        };
        let ends = match key.code {
            KeyCode::Char('\\') => alt || escaped,
            KeyCode::Char('g') => key.modifiers.contains(KeyModifiers::CONTROL),
            _ => false,
        };
        match key.code {
            _ if ends => {
                let light = light(text);
                *self = Self::new(false, now);
                light.map_or(Heard::Piece, Heard::Light)
            }
            KeyCode::Char(c) if text.len() < LONGEST && !alt => {
                text.push(c);
                Heard::Piece
            }
            KeyCode::Esc => Heard::Piece,
            _ => {
                *self = Self::new(false, now);
                Heard::Key
            }
        }
    }
}

/// Reads `11;rgb:RRRR/GGGG/BBBB`, with one to four digits each: whether it is lighter than a middle grey.
fn light(answer: &str) -> Option<bool> {
    let colour = answer.strip_prefix("11;")?;
    let parts = colour.strip_prefix("rgb:").or_else(|| Some(colour.strip_prefix("rgba:")?.rsplit_once('/')?.0))?;
    let part = |digits: &str| {
        let most = 16_u32.checked_pow(u32::try_from(digits.len()).ok().filter(|len| (1..=4).contains(len))?)? - 1;
        Some(f64::from(u32::from_str_radix(digits, 16).ok()?) / f64::from(most))
    };
    let mut parts = parts.split('/').map(part);
    let (r, g, b) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(0.299 * r + 0.587 * g + 0.114 * b > 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that crossterm makes of an answer.
    fn keys(body: &str, ends: (char, KeyModifiers)) -> Vec<KeyEvent> {
        let plain = body.chars().map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
        let first = KeyEvent::new(KeyCode::Char(']'), KeyModifiers::ALT);
        let last = KeyEvent::new(KeyCode::Char(ends.0), ends.1);
        std::iter::once(first).chain(plain).chain([last]).collect()
    }

    fn heard(listener: &mut Listener, keys: &[KeyEvent], now: Instant) -> Vec<Heard> {
        keys.iter().map(|key| listener.hear(key, now)).collect()
    }

    #[test]
    fn an_answer_is_no_keys_and_says_whether_the_background_is_light() {
        let now = Instant::now();
        for (body, ends, wanted) in [
            ("11;rgb:ffff/ffff/ffff", ('\\', KeyModifiers::ALT), true),
            ("11;rgb:1e1e/1e1e/2e2e", ('g', KeyModifiers::CONTROL), false),
            ("11;rgb:fd/f6/e3", ('\\', KeyModifiers::ALT), true),
            ("11;rgba:0000/0000/0000/ffff", ('\\', KeyModifiers::ALT), false),
        ] {
            let mut listener = Listener::new(true, now);
            let all = heard(&mut listener, &keys(body, ends), now);
            assert_eq!(all.last(), Some(&Heard::Light(wanted)), "{body}");
            assert!(all[..all.len() - 1].iter().all(|one| *one == Heard::Piece));
            assert_eq!(heard(&mut listener, &keys("x", ends), now), [Heard::Key; 3], "one answer only");
        }
    }

    #[test]
    fn keys_are_the_operators_when_nothing_was_asked_or_the_answer_is_too_late() {
        let now = Instant::now();
        let answer = keys("11;rgb:0/0/0", ('\\', KeyModifiers::ALT));
        let all = |listener: &mut Listener, now| heard(listener, &answer, now).iter().all(|one| *one == Heard::Key);
        assert!(all(&mut Listener::new(false, now), now));
        assert!(all(&mut Listener::new(true, now), now + PATIENCE * 2));
        let mut listener = Listener::new(true, now);
        let typed = [KeyCode::Char('j'), KeyCode::Char(']'), KeyCode::Enter, KeyCode::Esc];
        let typed = typed.map(|code| KeyEvent::new(code, KeyModifiers::NONE));
        assert_eq!(heard(&mut listener, &typed, now), [Heard::Key; 4]);
    }

    #[test]
    fn an_answer_in_two_pieces_or_without_sense_ends_all_the_same() {
        let now = Instant::now();
        let mut listener = Listener::new(true, now);
        let plain = |c| KeyEvent::new(c, KeyModifiers::NONE);
        assert_eq!(listener.hear(&plain(KeyCode::Esc), now), Heard::Key);
        let rest = keys("11;rgb:f/f/f", ('\\', KeyModifiers::ALT));
        assert_eq!(listener.hear(&plain(KeyCode::Char(']')), now), Heard::Piece);
        assert_eq!(heard(&mut listener, &rest[1..], now).last(), Some(&Heard::Light(true)));
        let mut listener = Listener::new(true, now);
        assert_eq!(heard(&mut listener, &keys("4;rgb:zz", ('\\', KeyModifiers::ALT)), now).last(), Some(&Heard::Piece));
        let mut listener = Listener::new(true, now);
        let long = keys(&"x".repeat(LONGEST + 3), ('\\', KeyModifiers::ALT));
        assert_eq!(heard(&mut listener, &long, now).last(), Some(&Heard::Key));
    }
}
