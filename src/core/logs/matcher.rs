//! What is looked for in lines.

use std::ops::Range;

use memchr::memmem;

use super::{block::Block, expression::Expression, needle::Needle};

/// A pattern that cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is empty.
    #[error("there is nothing to look for: type a text, or an expression between slashes")]
    Empty,
    /// The expression is not one.
    #[error("/{pattern}/ is no regular expression: {why}; without the slashes it is looked for as it stands")]
    Expression {
        /// What stood between the slashes.
        pattern: String,
        /// What is wrong with it, in one line.
        why: String,
    },
}

/// Looks for a text or an expression within single lines.
#[derive(Clone, Debug)]
pub struct Matcher {
    written: String,
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    /// The text as it stands.
    Exact(Box<memmem::Finder<'static>>),
    /// A text in whatever case.
    Caseless(Needle),
    /// An expression, or a text in whatever case that is no ASCII.
    Expression(Expression),
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Matcher {
    /// What was typed: `/…/` is an expression (`/…/i` in whatever case), everything else a text. Where it has no capital, case does
    /// not count.
    pub fn parse(written: &str) -> Result<Self, PatternError> {
        let between = |end: &str| written.strip_prefix('/').and_then(|rest| rest.strip_suffix(end));
        let how = match (between("/i"), between("/")) {
            _ if written.is_empty() || written == "//" => return Err(PatternError::Empty),
            (Some(pattern), _) if !pattern.is_empty() => expression(pattern, true)?,
            (_, Some(pattern)) if !pattern.is_empty() => expression(pattern, !has_capital(pattern))?,
            _ => Self::text(written),
        };
        Ok(Self { written: written.into(), how })
    }

    fn text(text: &str) -> How {
        let exact = || How::Exact(Box::new(memmem::Finder::new(text.as_bytes()).into_owned()));
        match has_capital(text) || !text.chars().any(char::is_alphabetic) {
            true => exact(),
            // ASCII folds within ASCII: `k` is not the Kelvin sign, for which every line would be decoded.
            false if text.is_ascii() => How::Caseless(Needle::new(text.as_bytes())),
            false => Expression::new(&regex_syntax::escape(text), true).map_or_else(|_| exact(), How::Expression),
        }
    }

    /// As it was typed.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Whether every line that has this one has `other` too, as far as that is plain.
    pub fn implies(&self, other: &Self) -> bool {
        self == other
            || match (&self.how, &other.how) {
                (How::Exact(_), How::Exact(_)) => self.written.contains(&other.written),
                (How::Exact(_) | How::Caseless(_) | How::Expression(_), How::Caseless(_) | How::Expression(_))
                    if self.is_text() && other.is_text() =>
                {
                    self.written.is_ascii() && self.written.to_ascii_lowercase().contains(&other.written)
                }
                _ => false,
            }
    }

    fn is_text(&self) -> bool {
        !(self.written.starts_with('/') && (self.written.ends_with('/') || self.written.ends_with("/i")))
    }

    /// Whether it is in a line.
    pub fn is_in(&self, line: &[u8]) -> bool {
        match &self.how {
            How::Exact(finder) => finder.find(line).is_some(),
            How::Caseless(needle) => needle.find(line, 0).is_some(),
            How::Expression(expression) => expression.is_in(line),
        }
    }

    /// Whether many lines are looked through about as fast as they can be read: false for an expression of which nothing is plain text.
    pub fn is_fast(&self) -> bool {
        match &self.how {
            How::Exact(_) | How::Caseless(_) => true,
            How::Expression(expression) => expression.is_fast(),
        }
    }

    /// Where it is in a line, in order: byte ranges that are not empty.
    pub fn hits<'a>(&'a self, line: &'a [u8]) -> Box<dyn Iterator<Item = Range<usize>> + 'a> {
        match &self.how {
            How::Exact(finder) => {
                let length = finder.needle().len();
                Box::new(finder.find_iter(line).map(move |at| at..at + length))
            }
            How::Caseless(needle) => {
                let next = |from| needle.find(line, from).map(|at| at..at + needle.len());
                Box::new(std::iter::successors(next(0), move |hit| next(hit.end)))
            }
            How::Expression(expression) => Box::new(expression.hits(line).filter(|range| !range.is_empty())),
        }
    }

    /// The first line of `lines` in a block that has it. All of them are searched at once, as one text.
    pub(in crate::logs) fn next_line(&self, block: &Block, lines: Range<usize>) -> Option<usize> {
        let (arena, bytes) = (block.arena(), block.span(lines.clone()));
        let at = match &self.how {
            How::Exact(finder) => finder.find(&arena[bytes.clone()])? + bytes.start,
            How::Caseless(needle) => needle.find(&arena[..bytes.end], bytes.start)?,
            How::Expression(expression) => return expression.next_line(block, lines),
        };
        Some(block.locate(at, lines.start))
    }
}

fn has_capital(text: &str) -> bool {
    // `\W` and `\S` of an expression are no capitals.
    let mut escaped = false;
    text.chars().any(|c| {
        let capital = c.is_uppercase() && !escaped;
        escaped = c == '\\' && !escaped;
        capital
    })
}

fn expression(pattern: &str, insensitive: bool) -> Result<How, PatternError> {
    let wrong = |why| PatternError::Expression { pattern: pattern.into(), why };
    Expression::new(pattern, insensitive).map(How::Expression).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::logs::samples::block;

    fn matcher(written: &str) -> Matcher {
        Matcher::parse(written).unwrap()
    }

    #[rstest]
    #[case("error", "an ERROR here", true)]
    #[case("Error", "an ERROR here", false)]
    #[case("Error", "an Error here", true)]
    #[case("größe", "GRÖSSE GRÖßE", true)]
    #[case("k", "\u{212a}", false)]
    #[case("order 12", "order 1 OrDeR 123", true)]
    #[case("order 12", "order 13 12", false)]
    #[case("a--b", "x --A---b A--B", true)]
    #[case("12: x", "12: X", true)]
    #[case("a.c", "abc", false)]
    #[case("/a.c/", "ABC", true)]
    #[case("/A.c/", "Abd abc", false)]
    #[case("/A.c/i", "abd abc", true)]
    #[case("/\\S+x/", "AX", true)]
    #[case("/^b/", "ab", false)]
    #[case("/b$/", "ab", true)]
    #[case("/", "a/b", true)]
    #[case("/usr", "in /usr", true)]
    fn a_text_or_an_expression_is_found(#[case] written: &str, #[case] line: &str, #[case] found: bool) {
        assert_eq!(matcher(written).is_in(line.as_bytes()), found);
    }

    #[test]
    fn what_is_no_expression_says_why_and_what_to_do() {
        let error = Matcher::parse("/a(b/").unwrap_err().to_string();
        assert_eq!(
            error,
            "/a(b/ is no regular expression: unclosed group; without the slashes it is looked for as it stands"
        );
        assert_eq!(Matcher::parse(""), Err(PatternError::Empty));
    }

    #[test]
    fn hits_are_where_they_are() {
        let hits = |written: &str| matcher(written).hits(b"ab AB ab").collect::<Vec<_>>();
        assert_eq!(hits("ab"), [0..2, 3..5, 6..8]);
        assert_eq!(hits("/b?/"), [1..2, 4..5, 7..8]);
        let hits = matcher("a--").hits(b"A--a--- a-").collect::<Vec<_>>();
        assert_eq!(hits, [0..3, 3..6]);
    }

    #[rstest]
    #[case("error", "err", true)]
    #[case("Error", "err", true)]
    #[case("err", "error", false)]
    #[case("error", "Err", false)]
    #[case("Errors", "Error", true)]
    #[case("/error/", "err", false)]
    #[case("/err/", "/err/", true)]
    fn a_longer_text_implies_a_shorter_one(#[case] this: &str, #[case] other: &str, #[case] implies: bool) {
        assert_eq!(matcher(this).implies(&matcher(other)), implies);
    }

    proptest! {
        #[test]
        fn many_lines_at_once_are_searched_as_each_alone(lines in prop::collection::vec("[abAB \\r]{0,6}", 1..30), from in 0usize..30,
            written in prop::sample::select(vec!["a", "ab", "AB", "a  b", "  a", "/a.*b/", "/a\\s*b/", "/[^a]b/", "/^a|b$/", "/^$/", "/\\Ab/", "/b\\z/", "/(?s)a.b/", "/a*/", "/\\bb\\b/", "/b\\s/", "/(a|b)+ab+$/", "/[^b]*\\n/", "/(?-m)^a.*b$/", "/\\Ba/", "/(?R)b$/", "/\\w+ ab/", "/(ab)+a?b a*/", "/a[aA]bB/i", "/[a-b]+aab$/",
                "/(?-u:[^a]ab )/", "/(?s-u:.)a$/", "/a\\s*a\\s*b/"])) {
            let block = block(&lines.iter().map(|line| (0, 0, line.as_str())).collect::<Vec<_>>());
            let matcher = matcher(written);
            let from = from.min(lines.len());
            let want = (from..lines.len()).find(|line| matcher.is_in(lines[*line].as_bytes()));
            prop_assert_eq!(matcher.next_line(&block, from..lines.len()), want);
        }
    }
}
