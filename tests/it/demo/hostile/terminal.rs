//! A strict reading of what the program writes to the terminal: only what our own terminal layer writes may be in it.

/// What a terminal would obey or not show, found where it does not belong.
#[derive(Debug, PartialEq, Eq)]
pub struct Leak {
    /// The byte at which it begins.
    pub at: usize,
    /// What it is, with what stands around it.
    pub what: String,
}

/// Modes that the program sets and undoes: the alternate screen, the cursor, bracketed paste, the mouse, synchronised updates.
const MODES: &[&str] = &["1049", "25", "2004", "1000", "1002", "1006", "2026"];

/// So many marks over one character are a script's own; more are drawn over the neighbours.
const MARKS: usize = 6;

/// Everything in `bytes` that our terminal layer does not write, on a screen of so many columns and rows.
pub fn leaks(bytes: &[u8], size: (u16, u16)) -> Vec<Leak> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // The end of what was read may be in the middle of a character.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).expect("valid"),
        Err(error) => return vec![leak(&String::from_utf8_lossy(bytes), error.valid_up_to(), "no UTF-8")],
    };
    let mut found = Vec::new();
    let (mut at, mut marks) = (0, 0);
    while let Some(next) = text[at..].chars().next() {
        let taken = if next == '\x1b' {
            match sequence(&text[at..]) {
                Some((length, true)) => length,
                Some((_, false)) => {
                    let ours = text[at + 1..].starts_with('[')
                        && csi(&text[at + 2..]).is_some_and(|(_, csi)| ours(&csi, size));
                    if !ours {
                        found.push(leak(text, at, "a sequence that is not ours"));
                    }
                    sequence(&text[at..]).map_or(1, |(length, _)| length)
                }
                // Cut off at the end of what was read.
                None => break,
            }
        } else {
            marks = if is_mark(next) { marks + 1 } else { 0 };
            if next.is_control() {
                found.push(leak(text, at, "a control character"));
            } else if is_invisible(next) {
                found.push(leak(text, at, "a character that shows nothing and changes others"));
            } else if marks == MARKS + 1 {
                found.push(leak(text, at, "a pile of marks"));
            }
            next.len_utf8()
        };
        at += taken;
    }
    found
}

fn leak(text: &str, at: usize, what: &str) -> Leak {
    let around: String = text.get(at..).unwrap_or_default().chars().take(24).collect();
    Leak { at, what: format!("{what}: {around:?}") }
}

/// Its length, and whether it is surely ours; `None` where its end is not there yet.
fn sequence(text: &str) -> Option<(usize, bool)> {
    const BACKGROUND: &str = "\x1b]11;?\x1b\\";
    if text.starts_with(BACKGROUND) {
        return Some((BACKGROUND.len(), true));
    }
    match text[1..].chars().next()? {
        '[' => csi(&text[2..]).map(|(length, _)| (length + 2, false)),
        other => Some((1 + other.len_utf8(), false)),
    }
}

/// What follows `ESC [`: its length, and the parameters with the final character.
fn csi(text: &str) -> Option<(usize, String)> {
    let end = text.find(|c: char| !(' '..='?').contains(&c))?;
    let last = text[end..].chars().next()?;
    Some((end + last.len_utf8(), text[..end + last.len_utf8()].to_owned()))
}

/// Whether our terminal layer writes this: colours and styles, the cursor within the screen, clearing, its modes.
fn ours(csi: &str, size: (u16, u16)) -> bool {
    let last = csi.chars().next_back().unwrap_or_default();
    let body = &csi[..csi.len() - last.len_utf8()];
    let numbers = || body.split([';', ':']).map(|part| part.parse::<u16>().unwrap_or(0));
    match last {
        'm' => styles(&numbers().collect::<Vec<_>>()),
        'H' => numbers().zip([size.1, size.0]).all(|(place, most)| place <= most),
        'J' => body == "2",
        'h' | 'l' => body.strip_prefix('?').is_some_and(|mode| MODES.contains(&mode)),
        _ => false,
    }
}

/// Whether these are styles that are switched on or off, and colours by three parts or by number.
fn styles(mut numbers: &[u16]) -> bool {
    loop {
        numbers = match numbers {
            [] => return true,
            [38 | 48 | 58, 2, _, _, _, rest @ ..] | [38 | 48 | 58, 5, _, rest @ ..] => rest,
            [0..=9 | 22..=29 | 39 | 49 | 59, rest @ ..] => rest,
            _ => return false,
        };
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[test]
fn what_our_terminal_layer_writes_is_no_leak() {
    let ours = "\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[2J\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b]11;?\x1b\\\x1b[?2026h\x1b[1;1H\x1b[38;2;1;2;3m\x1b[48;5;66m\
                订单 🚀 e\u{301}\x1b[0m\x1b[39m\x1b[1;38;2;66;66;66m\x1b[?2026l";
    assert_eq!(leaks(ours.as_bytes(), (80, 24)), []);
}

#[test]
fn whatever_a_cluster_might_say_is_one() {
    for bad in [
        "\x1b[31m",
        "\x1b[5;66m",
        "\x1b[666;1H",
        "\x1b[3J",
        "\x1b[K",
        "\x1b[?1003h",
        "\x1b]52;c;eA==\x07",
        "\x1b]8;;http://x\x1b\\",
        "\x1b]0;x\x07",
        "\x1bP1$q\x1b\\",
        "\x1bc",
        "\u{9b}2J",
        "\u{90}x",
        "\x07",
        "\x08",
        "\r",
        "\n",
        "\t",
        "\x7f",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "a\u{200d}b",
        "\u{feff}",
        "\u{ad}",
        "\u{e0041}",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    ] {
        assert!(!leaks(format!("a{bad}b").as_bytes(), (80, 24)).is_empty(), "{bad:?}");
    }
    assert!(!leaks(b"a\xffb", (80, 24)).is_empty());
}
