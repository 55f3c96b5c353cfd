//! A text that is searched for, in the scrollback and on the screen.

use std::ops::Range;

use alacritty_terminal::{Term, grid::Dimensions, index::Line};
use rolldeck_core::shell::Hits;
use unicode_width::UnicodeWidthChar;

use crate::grid::text;

/// What is searched for.
pub(crate) struct Search {
    text: Vec<char>,
    folded: bool,
    /// The line that was found last: 0 is the first of the screen, what lies above is negative.
    at: Option<Line>,
}

impl Search {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), folded: !text.chars().any(char::is_uppercase), at: None }
    }

    /// Every line that has it, oldest first.
    fn lines<T>(&self, term: &Term<T>) -> Vec<Line> {
        let all = term.topmost_line().0..=term.bottommost_line().0;
        all.map(Line).filter(|line| !self.places(&text(term, *line).0).is_empty()).collect()
    }

    /// The next line, older or newer than the last one; at an end, it goes on at the other.
    pub(crate) fn next<T>(&mut self, term: &Term<T>, older: bool) -> Option<Line> {
        let lines = self.lines(term);
        let next = match (self.at, older) {
            (Some(at), true) => lines.iter().rfind(|line| **line < at).or(lines.last()),
            (Some(at), false) => lines.iter().find(|line| **line > at).or(lines.first()),
            (None, true) => lines.last(),
            (None, false) => lines.first(),
        };
        self.at = next.copied();
        self.at
    }

    /// How many there are, and where in this view.
    pub(crate) fn hits<T>(&self, term: &Term<T>) -> Hits {
        let lines = self.lines(term);
        let at = self.at.map_or(0, |at| lines.iter().position(|line| *line == at).map_or(0, |n| n + 1));
        let first = -i32::try_from(term.grid().display_offset()).unwrap_or(0);
        let rows = (0_u16..).zip(first..).take(term.screen_lines());
        let shown = rows.flat_map(|(row, line)| {
            let (line, columns) = text(term, Line(line));
            let wide = line.chars().map(|c| c.width().unwrap_or(0)).collect::<Vec<_>>();
            let range = move |place: Range<usize>| {
                let last = place.end - 1;
                let end = columns[last] + u16::try_from(wide[last].max(1)).unwrap_or(1);
                (row, columns[place.start]..end)
            };
            self.places(&line).into_iter().map(range).collect::<Vec<_>>()
        });
        Hits { lines: lines.len(), at, shown: shown.collect() }
    }

    /// Where in a line it stands, in characters.
    fn places(&self, line: &str) -> Vec<Range<usize>> {
        let fold = |c: char| if self.folded { c.to_lowercase().next().unwrap_or(c) } else { c };
        let line: Vec<char> = line.chars().map(fold).collect();
        let (mut places, mut from) = (Vec::new(), 0);
        while let Some(window) = line.get(from..from + self.text.len()) {
            if window == self.text {
                places.push(from..from + self.text.len());
                from += self.text.len();
            } else {
                from += 1;
            }
        }
        places
    }
}
