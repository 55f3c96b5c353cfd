//! What lines have in common that differ only in numbers, ids and quoted values.

use crate::logs::read::message;

/// So much of a line is looked at.
const HEAD: usize = 512;
/// A quoted value is at most so long.
const QUOTED: usize = 256;
/// What stands for a number, an id, an address, a time.
const ANY: u8 = b'#';
/// Letters alone that are taken for an id are at least so many, and all of them digits of hexadecimal numbers.
const HEX: usize = 8;

/// Writes the pattern of a line into `out`, which is emptied first: of its message, where it is structured, else of the whole.
///
/// Words with a digit in them become `#`, those that hang together by `-`, `.`, `:` or `,` one `#` (times, addresses, UUIDs, names of
/// pods); quoted values become `"…"`; blanks become one; colours go.
pub fn normal(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let text = message(text).unwrap_or(text);
    let text = &text[..text.len().min(HEAD)];
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        at += match byte {
            byte if is_word(byte) => word(text, at, out),
            b' ' | b'\t' => {
                if out.last() != Some(&b' ') {
                    out.push(b' ');
                }
                1
            }
            b'"' | b'\'' | b'`' => quoted(text, at, out),
            0x1b => colour(&text[at..]),
            byte => {
                out.push(byte);
                1
            }
        };
    }
    while out.last() == Some(&b' ') {
        out.pop();
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Writes the word that begins at `at`. Returns its length.
fn word(text: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let (mut length, mut digits, mut hex) = (0, false, true);
    for byte in text[at..].iter().take_while(|byte| is_word(**byte)) {
        length += 1;
        digits |= byte.is_ascii_digit();
        hex &= byte.is_ascii_hexdigit();
    }
    let hangs = matches!(out.as_slice(), [.., ANY, b'-' | b'.' | b':' | b',']);
    if digits || hex && (length >= HEX || hangs && length >= 2) {
        match hangs {
            true => _ = out.pop(),
            false => out.push(ANY),
        }
    } else {
        out.extend_from_slice(&text[at..at + length]);
    }
    length
}

/// Writes the quoted value that begins at `at`, or the quote alone: an apostrophe is none. Returns the length.
fn quoted(text: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let quote = text[at];
    let within = &text[at + 1..text.len().min(at + 1 + QUOTED)];
    let opens = out.last().is_none_or(|byte| !is_word(*byte));
    match memchr::memchr(quote, within).filter(|_| opens) {
        Some(end) => {
            out.push(quote);
            out.extend_from_slice("…".as_bytes());
            out.push(quote);
            end + 2
        }
        None => {
            out.push(quote);
            1
        }
    }
}

/// How long the escape sequence is that a text begins with.
fn colour(text: &[u8]) -> usize {
    match text {
        [_, b'[', rest @ ..] => 3 + rest.iter().position(|byte| (0x40..0x7f).contains(byte)).unwrap_or(rest.len()),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("GET /orders/123 took 45ms", "GET /orders/# took #")]
    #[case("2026-11-23 07:50:29,123 INFO x", "# # INFO x")]
    #[case("2026-11-23T07:50:29.123Z x", "# x")]
    #[case("id=3fa85f64-5717-4562-beef-2c963f66afa6 gone", "id=# gone")]
    #[case("from 10.0.0.1:8080 to [fe80::1]", "from # to [#::#]")]
    #[case("user \"bob\" said 'x y'", "user \"…\" said '…'")]
    #[case("it doesn't matter", "it doesn't matter")]
    #[case("pod web-7d9f8c6b5d-x2x4z  is   gone ", "pod web-# is gone")]
    #[case("commit deadbeef and dead beef", "commit # and dead beef")]
    #[case("\x1b[31mERROR\x1b[0m 5", "ERROR #")]
    #[case(r#"{"ts":1,"level":"info","msg":"took 5 ms","id":"x"}"#, "took # ms")]
    #[case(r#"level=info msg="took 5 ms" id=7"#, "took # ms")]
    #[case("", "")]
    fn what_differs_from_line_to_line_is_left_out(#[case] line: &str, #[case] want: &str) {
        let mut out = Vec::new();
        normal(line.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), want);
    }
}
