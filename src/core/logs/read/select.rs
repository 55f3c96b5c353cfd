//! Text that is selected, to be copied.

use crate::logs::{ring::Ring, show::plain, view::View};

/// A place in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line's number.
    pub line: u64,
    /// A byte of it.
    pub byte: usize,
}

/// What was selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Its text: lines with line feeds between them.
    pub text: String,
    /// How many lines of it there are, whole or in part.
    pub lines: u64,
    /// It was longer than may be, and is cut here.
    pub cut: bool,
}

/// The text between two places, in either order, of the lines that a view shows: without colours, with every other control shown. It
/// ends before it is longer than `most` bytes.
pub fn select(ring: &Ring, view: &View, one: Spot, other: Spot, most: usize) -> Selected {
    let (from, to) = (one.min(other), one.max(other));
    let mut selected = Selected::default();
    for number in view.from(from.line).take_while(|number| *number <= to.line) {
        let Some(line) = ring.line(number) else { continue };
        let end = if number == to.line { to.byte.min(line.text.len()) } else { line.text.len() };
        let begin = if number == from.line { from.byte.min(end) } else { 0 };
        let room = most.saturating_sub(selected.text.len());
        // Plain text is hardly ever shorter than a quarter of its bytes: more than that is never decoded in vain.
        let near = end.min(begin.saturating_add(room.saturating_mul(4)).saturating_add(1));
        let text = plain(&line.text[begin..near]);
        let feed = usize::from(selected.lines > 0);
        if text.len() + feed > room {
            selected.cut = true;
            let whole = (0..=room.saturating_sub(feed)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            if whole > 0 {
                selected.text.extend((feed > 0).then_some('\n'));
                selected.text.push_str(&text[..whole]);
                selected.lines += 1;
            }
            return selected;
        }
        selected.text.extend((feed > 0).then_some('\n'));
        selected.text.push_str(&text);
        selected.lines += 1;
        if near < end {
            selected.cut = true;
            return selected;
        }
    }
    selected
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Filter, Sources, samples::block};

    fn selected(one: (u64, usize), other: (u64, usize), most: usize) -> Selected {
        let mut ring = Ring::new(1 << 20);
        ring.push(block(&[(0, 0, "first"), (0, 0, "\x1b[31msecond\x1b[0m"), (0, 0, "third 订单")]));
        let mut view = View::new(Filter::default(), false);
        view.step(&ring, &Sources::default(), usize::MAX);
        let spot = |(line, byte)| Spot { line, byte };
        select(&ring, &view, spot(one), spot(other), most)
    }

    #[test]
    fn text_is_copied_without_colours_from_either_end() {
        let whole = Selected { text: "rst\nsecond\nthird".into(), lines: 3, cut: false };
        assert_eq!(selected((0, 2), (2, 5), 1000), whole);
        assert_eq!(selected((2, 5), (0, 2), 1000), whole);
        assert_eq!(selected((0, 1), (0, 3), 1000).text, "ir");
        assert_eq!(selected((7, 1), (9, 3), 1000), Selected::default());
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_character_and_says_so() {
        for most in 0..40 {
            let Selected { text, cut, .. } = selected((0, 0), (2, 99), most);
            assert!(text.len() <= most && "first\nsecond\nthird 订单".starts_with(&text));
            assert_eq!(cut, most < "first\nsecond\nthird 订单".len());
        }
    }
}
