//! Patterns of file names: `*`, `?`, `[…]`.

use crate::pods::userland::Disk;

/// Whether `text` is what `pattern` means. A name that begins with a dot is meant only by a pattern that does.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    if text.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    fits(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

/// Whether all of `text` is what `pattern` means, as `case` has it.
pub(super) fn is(pattern: &str, text: &str) -> bool {
    fits(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

/// `text` without the shortest (the longest where `much`) beginning or end that `pattern` means.
pub(super) fn trimmed(text: &str, pattern: &str, front: bool, much: bool) -> String {
    let (pattern, chars): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let cut = |length: usize| {
        let (piece, rest) = match front {
            true => chars.split_at(length),
            false => {
                let (rest, piece) = chars.split_at(chars.len() - length);
                (piece, rest)
            }
        };
        fits(&pattern, piece).then(|| rest.iter().collect::<String>())
    };
    let all = 0..=chars.len();
    let found = if much { all.rev().find_map(cut) } else { all.into_iter().find_map(cut) };
    found.unwrap_or_else(|| text.to_owned())
}

fn fits(pattern: &[char], text: &[char]) -> bool {
    // Where the last star was met, and what it has taken so far: one is enough to come back to.
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
                continue;
            }
            Some('[') if let Some((true, length)) = class(&pattern[p..], text[t]) => {
                (p, t) = (p + length, t + 1);
                continue;
            }
            // A class that does not hold this character: no letter of its own either.
            Some('[') if class(&pattern[p..], text[t]).is_some() => {}
            Some('?') => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            Some(c) if *c == text[t] => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            _ => {}
        }
        let Some((at, taken)) = star else { return false };
        (p, t, star) = (at + 1, taken + 1, Some((at, taken + 1)));
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Whether the class at the start of a pattern holds `c`, and how long the class is.
fn class(pattern: &[char], c: char) -> Option<(bool, usize)> {
    let end = pattern.iter().skip(2).position(|c| *c == ']')? + 2;
    let (not, inside) = match pattern[1] {
        '!' | '^' => (true, &pattern[2..end]),
        _ => (false, &pattern[1..end]),
    };
    let mut holds = false;
    let mut at = 0;
    while at < inside.len() {
        if inside.len() > at + 2 && inside[at + 1] == '-' {
            holds |= (inside[at]..=inside[at + 2]).contains(&c);
            at += 3;
        } else {
            holds |= inside[at] == c;
            at += 1;
        }
    }
    Some((holds != not, end + 1))
}

/// The paths that a pattern means, seen from `from`; none where nothing fits.
pub(super) fn paths(disk: &Disk, from: &str, pattern: &str) -> Vec<String> {
    let (mut found, rest) = match pattern.strip_prefix('/') {
        Some(rest) => (vec!["/".to_owned()], rest),
        None => (vec![String::new()], pattern),
    };
    for part in rest.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for base in &found {
            let beside = |name: &str| {
                if base.is_empty() || base == "/" { format!("{base}{name}") } else { format!("{base}/{name}") }
            };
            if part.contains(['*', '?', '[']) {
                let names = disk.list(&Disk::absolute(from, base)).unwrap_or_default();
                next.extend(names.iter().filter(|name| matches(part, name)).map(|name| beside(name)));
            } else if disk.stat(&Disk::absolute(from, &beside(part))).is_some() {
                next.push(beside(part));
            }
        }
        found = next;
    }
    found
}
