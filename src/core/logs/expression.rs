//! A regular expression that is looked for within single lines, over many of them at once.

use std::{ops::Range, sync::Arc};

use regex_automata::{Input, meta};
use regex_syntax::{
    ParserBuilder,
    hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look},
};

use super::{block::Block, needle::Needle};

/// A compiled expression may take so many bytes.
const SIZE: usize = 4 << 20;

/// A text that every hit has is looked for first, if it has so many bytes at least.
const NEEDED: usize = 3;

/// A compiled expression; a clone shares it.
#[derive(Clone, Debug)]
pub(in crate::logs) struct Expression(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    regex: meta::Regex,
    /// Whether it says within many lines what it says in each alone.
    over_lines: bool,
    /// What every line that has it has too, in whatever case.
    needed: Option<Needle>,
}

impl Expression {
    /// Compiles a pattern. `^` and `$` are the line's.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub(in crate::logs) fn new(pattern: &str, insensitive: bool) -> Result<Self, String> {
        let mut parser = ParserBuilder::new().utf8(false).multi_line(true).case_insensitive(insensitive).build();
        let written = parser.parse(pattern).map_err(|error| last_line(&error.to_string()))?;
        let within = within_line(&written);
        let over_lines = within.is_some();
        let hir = within.unwrap_or(written);
        let config = meta::Config::new().nfa_size_limit(Some(SIZE)).utf8_empty(false);
        let regex = meta::Regex::builder().configure(config).build_from_hir(&hir).map_err(|error| {
            let limit = error.size_limit().map(|limit| format!("it takes more than {limit} bytes once compiled"));
            limit.unwrap_or_else(|| last_line(&error.to_string()))
        })?;
        Ok(Self(Arc::new(Compiled { regex, over_lines, needed: Needed::of(&hir) })))
    }

    /// Whether it is in a line.
    pub(in crate::logs) fn is_in(&self, line: &[u8]) -> bool {
        self.0.regex.is_match(line)
    }

    /// Where it is in a line.
    pub(in crate::logs) fn hits<'a>(&'a self, line: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        self.0.regex.find_iter(line).map(|hit| hit.range())
    }

    /// Whether it finds as fast as a text is found, mostly.
    pub(in crate::logs) fn is_fast(&self) -> bool {
        self.0.needed.is_some()
    }

    /// The first line of `lines` in a block that has it.
    pub(in crate::logs) fn next_line(&self, block: &Block, mut lines: Range<usize>) -> Option<usize> {
        let Compiled { regex, over_lines, needed } = &*self.0;
        if let Some(needed) = needed {
            let text = &block.arena()[..block.span(lines.clone()).end];
            while !lines.is_empty() {
                let at = needed.find(text, block.span(lines.start..lines.start + 1).start)?;
                let line = block.locate(at, lines.start);
                if self.is_in(block.text(line)) {
                    return Some(line);
                }
                lines.start = line + 1;
            }
            return None;
        }
        if !over_lines {
            return lines.into_iter().find(|line| self.is_in(block.text(*line)));
        }
        // The last line's feed is left out, for behind it no line begins.
        let bytes = block.span(lines.clone());
        let text = &block.arena()[..bytes.end.saturating_sub(1)];
        let input = Input::new(text).range(bytes.start.min(text.len())..).earliest(true);
        // No hit is earlier at its end than this one, and each lies within one line.
        let hit = (!lines.is_empty()).then(|| regex.search_half(&input)).flatten()?;
        Some(block.locate(hit.offset(), lines.start))
    }
}

/// The same expression without hits that a line alone could not have: nothing in it takes a line feed, and where the text begins and
/// ends, the line does. `None`: it asks for lines that end otherwise.
fn within_line(hir: &Hir) -> Option<Hir> {
    let all = |subs: &[Hir]| subs.iter().map(within_line).collect::<Option<Vec<_>>>();
    Some(match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Literal(literal) => Hir::literal(literal.0.clone()),
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(class)) => {
            let mut class = class.clone();
            class.difference(&ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Look(Look::Start) => Hir::look(Look::StartLF),
        HirKind::Look(Look::End) => Hir::look(Look::EndLF),
        HirKind::Look(Look::StartCRLF | Look::EndCRLF) => return None,
        HirKind::Look(look) => Hir::look(*look),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(within_line(&repetition.sub)?)),
        HirKind::Capture(capture) => within_line(&capture.sub)?,
        HirKind::Concat(subs) => Hir::concat(all(subs)?),
        HirKind::Alternation(subs) => Hir::alternation(all(subs)?),
    })
}

/// Collects the longest text that every hit has.
#[derive(Default)]
struct Needed {
    best: Vec<u8>,
    now: Vec<u8>,
}

impl Needed {
    fn of(hir: &Hir) -> Option<Needle> {
        let mut needed = Self::default();
        needed.visit(hir);
        needed.end();
        (needed.best.len() >= NEEDED).then(|| Needle::new(&needed.best))
    }

    /// What comes next does not stand directly behind what came.
    fn end(&mut self) {
        if self.now.len() > self.best.len() {
            std::mem::swap(&mut self.now, &mut self.best);
        }
        self.now.clear();
    }

    fn visit(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.now.extend(literal.0.to_ascii_lowercase()),
            HirKind::Class(class) => match either_case(class) {
                Some(letter) => self.now.push(letter),
                None => self.end(),
            },
            HirKind::Repetition(repetition) => {
                // What repeats stands there once at least, directly behind what came.
                if repetition.min > 0 {
                    self.visit(&repetition.sub);
                }
                self.end();
            }
            HirKind::Capture(capture) => self.visit(&capture.sub),
            HirKind::Concat(subs) => subs.iter().for_each(|sub| self.visit(sub)),
            HirKind::Alternation(_) => self.end(),
        }
    }
}

/// The small letter of a class that has a letter in both cases, and nothing else.
fn either_case(class: &Class) -> Option<u8> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let [(capital, same), (letter, last)] = ranges.as_slice() else { return None };
    let letter = u8::try_from(*letter).ok().filter(|_| capital == same && letter == last)?;
    (letter.is_ascii_lowercase() && u32::from(letter.to_ascii_uppercase()) == *capital).then_some(letter)
}

fn last_line(error: &str) -> String {
    let last = error.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").trim().to_owned()
}
