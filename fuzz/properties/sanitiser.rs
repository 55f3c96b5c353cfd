//! Text from outside, made harmless.

use rolldeck_core::{
    logs::{
        read::{fields, message, pretty},
        show::{EXACT, Wrapped, plain, slice, spans},
    },
    text::{Clean, width},
};

use super::choice;

/// Whatever a line holds: what is drawn of it holds nothing that a terminal obeys, every byte is in one row and in one span.
pub fn sanitiser(data: &[u8]) {
    let (columns, line) = choice(data);
    let columns = usize::from(columns % 100) + 1;
    let clean = Clean::from_bytes(line);
    harmless(&clean);
    assert_eq!(Clean::new(&clean), clean, "what is clean stays as it is");
    harmless(&width::cut(&clean, columns));
    assert!(width::width(&width::cut(&clean, columns)) <= columns);
    drawn(line, columns);
    for (name, value) in fields(line) {
        harmless(&name);
        harmless(&value);
    }
    assert!(message(line).is_none_or(|message| message.len() <= line.len()));
    for row in pretty(line).into_iter().flatten() {
        harmless(&row);
    }
}

fn drawn(line: &[u8], columns: usize) {
    let all = spans(line, 0..line.len());
    let mut at = 0;
    for span in &all {
        harmless(&span.text);
        coloured(&line[at..span.bytes.start]);
        at = span.bytes.end;
    }
    coloured(&line[at..]);
    harmless(&plain(line).replace('\t', " "));
    if line.len() > EXACT {
        return;
    }
    let rows = Wrapped::new(line, columns);
    let mut at = 0;
    for row in 0..rows.rows() {
        let bytes = rows.row(row);
        assert_eq!(bytes.start, at, "rows lie beside each other");
        assert!(bytes.is_empty() || rows.row_of(bytes.start) == row);
        spans(line, bytes.clone()).iter().for_each(|span| harmless(&span.text));
        at = bytes.end;
    }
    assert_eq!(at, line.len(), "and are the whole line");
    let seen = slice(line, columns / 2, columns);
    assert!(seen.start <= seen.end && seen.end <= line.len());
}

/// Between spans there is nothing but sequences that set their looks.
fn coloured(between: &[u8]) {
    let mut rest = between;
    while let Some(parameters) = rest.strip_prefix(b"\x1b[") {
        let end = parameters.iter().position(|byte| *byte == b'm').expect("the end of a sequence");
        assert!(parameters[..end].iter().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':')), "{between:?}");
        rest = &parameters[end + 1..];
    }
    assert!(rest.is_empty(), "{between:?} is not shown");
}

fn harmless(text: &str) {
    let obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert!(!text.chars().any(obeyed), "{text:?}");
}
