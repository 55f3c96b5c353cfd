//! Text from outside, made harmless once, at the border.

use std::{
    collections::HashSet,
    fmt,
    ops::Deref,
    sync::{Arc, LazyLock},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_width::UnicodeWidthChar;

use crate::model::Labels;

/// Text that holds nothing a terminal obeys: no control characters (C0, C1, DEL), no line breaks,
/// no bidirectional overrides, no invisible format characters, no more marks over one character than a script has.
///
/// Everything that a cluster, a registry or a container says becomes this before it can reach a widget, a file
/// name or a field. Each offending character is shown, not dropped: as its control picture (`␛`) or as `�`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Clean(Arc<str>);

/// Most fields of most objects are empty: they share one copy.
static EMPTY: LazyLock<Arc<str>> = LazyLock::new(|| "".into());

impl Clean {
    /// Cleans `raw`. Text that is harmless already is kept as it is.
    pub fn new(raw: &str) -> Self {
        if raw.is_empty() {
            Self(EMPTY.clone())
        } else if is_clean(raw) {
            Self(raw.into())
        } else {
            Self(scrubbed(raw).collect::<String>().into())
        }
    }

    /// Cleans bytes that should be UTF-8; what is not becomes `�`.
    pub fn from_bytes(raw: &[u8]) -> Self {
        Self::new(&String::from_utf8_lossy(raw))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_unshared(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

/// Joins what stands on both sides of it, in emoji and in scripts that join letters; elsewhere it only hides.
const JOINER: char = '\u{200d}';

/// So many marks may stand over one character; more are drawn over the lines beside it.
const MARKS: usize = 6;

fn is_clean(raw: &str) -> bool {
    match raw.is_ascii() {
        true => raw.bytes().all(|byte| matches!(byte, b' '..=b'~')),
        false => scrubbed(raw).eq(raw.chars()),
    }
}

/// `raw` with every offending character shown; a pile of marks ends in one `�`.
fn scrubbed(raw: &str) -> impl Iterator<Item = char> {
    let mut chars = raw.chars().peekable();
    let (mut before, mut marks) = (' ', 0);
    std::iter::from_fn(move || {
        let c = chars.next()?;
        let joined = |c: char| !c.is_ascii() && c != JOINER && is_harmless(c);
        let joins = joined(before) && chars.peek().is_some_and(|next| joined(*next));
        marks = if c.width() == Some(0) && c != JOINER { marks + 1 } else { 0 };
        before = c;
        Some(match c {
            JOINER if !joins => Some('\u{fffd}'),
            c if !is_harmless(c) => Some(shown(c)),
            _ if marks > MARKS + 1 => None,
            _ if marks > MARKS => Some('\u{fffd}'),
            c => Some(c),
        })
    })
    .flatten()
}

pub(in crate::text) fn is_harmless(c: char) -> bool {
    !(c.is_control() || is_format(c))
}

/// Characters that change how their neighbours are shown, or take no room at all.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn shown(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        c if is_harmless(c) => c,
        _ => '\u{fffd}',
    }
}

impl Default for Clean {
    fn default() -> Self {
        Self::new("")
    }
}

impl Deref for Clean {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Clean {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Hashes and compares as `str` does, so that maps keyed by `Clean` answer to a `&str`.
impl std::borrow::Borrow<str> for Clean {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl From<&str> for Clean {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Clean {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl Serialize for Clean {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Clean {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::from)
    }
}

/// Keeps one copy of each text that repeats: namespaces, node names, images, reasons.
#[derive(Debug, Default)]
pub struct Interner {
    known: HashSet<Clean>,
    sweep_at: usize,
    labels: HashSet<Labels>,
    sweep_labels_at: usize,
}

impl Interner {
    /// The shared copy of `raw`, cleaned.
    pub fn intern(&mut self, raw: &[u8]) -> Clean {
        if let Ok(text) = std::str::from_utf8(raw)
            && let Some(known) = self.known.get(text)
        {
            return known.clone();
        }
        let clean = Clean::from_bytes(raw);
        if let Some(known) = self.known.get(&clean) {
            return known.clone();
        }
        if self.known.len() >= self.sweep_at.max(1024) {
            self.known.retain(|text| !text.is_unshared());
            self.sweep_at = self.known.len() * 2;
        }
        self.known.insert(clean.clone());
        clean
    }

    /// The shared copy of these labels: the pods of one template have one between them.
    pub fn labels<'a>(&mut self, pairs: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Labels {
        let mut pairs: Vec<_> = pairs.into_iter().map(|(key, value)| (self.intern(key), self.intern(value))).collect();
        pairs.sort_unstable();
        if let Some(known) = self.labels.get(pairs.as_slice()) {
            return known.clone();
        }
        if self.labels.len() >= self.sweep_labels_at.max(1024) {
            self.labels.retain(|labels| !labels.is_unshared());
            self.sweep_labels_at = self.labels.len() * 2;
        }
        let labels: Labels = pairs.into_iter().collect();
        self.labels.insert(labels.clone());
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_shown_and_not_obeyed() {
        assert_eq!(&*Clean::new("a\x1b[31mb\r\n\u{202e}c\x7f"), "a␛[31mb␍␊\u{fffd}c␡");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        assert_eq!(&*Clean::new("订单-服务 v1.2 é"), "订单-服务 v1.2 é");
    }

    #[test]
    fn a_joiner_is_kept_in_emoji_and_shown_where_it_only_hides() {
        for kept in ["👩‍🚀", "क्‍ष"] {
            assert_eq!(&*Clean::new(kept), kept);
        }
        for (raw, shown) in [("pa\u{200d}id", "pa\u{fffd}id"), ("\u{200d}", "\u{fffd}"), ("é\u{200d}", "é\u{fffd}")] {
            assert_eq!(&*Clean::new(raw), shown);
        }
        for raw in ["é\u{200d}\u{200d}\u{200d}é", "é\u{200b}\u{200d}\u{200f}é"] {
            assert_eq!(&*Clean::new(raw), "é\u{fffd}\u{fffd}\u{fffd}é");
        }
    }

    #[test]
    fn a_pile_of_marks_is_cut_to_what_a_script_has() {
        let piled = |marks: usize| Clean::new(&format!("z{}z", "\u{351}".repeat(marks)));
        assert_eq!(&*piled(MARKS), format!("z{}z", "\u{351}".repeat(MARKS)));
        for many in [MARKS + 1, 40] {
            assert_eq!(&*piled(many), format!("z{}\u{fffd}z", "\u{351}".repeat(MARKS)));
        }
    }

    #[test]
    fn equal_texts_share_one_copy() {
        let mut interner = Interner::default();
        let (a, b) = (interner.intern(b"shop"), interner.intern(b"shop"));
        assert!(Arc::ptr_eq(&a.0, &b.0));
    }

    #[test]
    fn equal_labels_share_one_copy_whatever_their_order() {
        let mut interner = Interner::default();
        let pair = |key: &'static str, value: &'static str| (key.as_bytes(), value.as_bytes());
        let a = interner.labels([pair("app", "web"), pair("team", "blue")]);
        let b = interner.labels([pair("team", "blue"), pair("app", "web")]);
        assert_eq!((a.get("team"), a == b, interner.labels.len()), (b.get("team"), true, 1));
    }

    #[test]
    fn texts_that_nobody_holds_are_forgotten() {
        let mut interner = Interner::default();
        for n in 0..10_000 {
            interner.intern(format!("pod-{n}").as_bytes());
        }
        assert!(interner.known.len() <= 2048);
    }
}
