//! Rows of a view, counted from where one is.

use super::wrap::Wrapped;
use crate::logs::{ring::Ring, view::View};

/// A row of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line's number.
    pub line: u64,
    /// Its row, from 0.
    pub row: usize,
}

/// Goes through the rows of a view. It looks at no line but those that it passes.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a> {
    /// Has the lines.
    pub ring: &'a Ring,
    /// Says which of them are shown.
    pub view: &'a View,
    /// Columns of a row; none: lines are not wrapped, and have one row.
    pub wrap: Option<usize>,
}

impl Walk<'_> {
    /// How many rows a line has.
    pub fn rows(&self, line: u64) -> usize {
        let text = self.ring.line(line).map(|line| line.text).unwrap_or_default();
        self.wrap.map_or(1, |width| Wrapped::new(text, width).rows())
    }

    /// The place nearest to this one that there is: its line may have left, or may not be shown any more.
    pub fn near(&self, place: Place) -> Option<Place> {
        if self.view.shows(place.line) {
            return Some(Place { row: place.row.min(self.rows(place.line) - 1), ..place });
        }
        match self.view.at_or_behind(place.line) {
            Some(line) => Some(Place { line, row: 0 }),
            None => self.last(),
        }
    }

    /// The last row.
    pub fn last(&self) -> Option<Place> {
        self.view.last().map(|line| Place { line, row: self.rows(line) - 1 })
    }

    /// So many rows further down, or the last row.
    pub fn down(&self, from: Place, mut rows: usize) -> Place {
        let mut place = from;
        loop {
            let below = self.rows(place.line) - 1 - place.row.min(self.rows(place.line) - 1);
            if rows <= below {
                return Place { row: place.row + rows, ..place };
            }
            let Some(next) = self.view.at_or_behind(place.line.saturating_add(1)) else {
                return Place { row: place.row + below, ..place };
            };
            rows -= below + 1;
            place = Place { line: next, row: 0 };
        }
    }

    /// So many rows further up, or the first row.
    pub fn up(&self, from: Place, mut rows: usize) -> Place {
        let mut place = from;
        loop {
            if rows <= place.row {
                return Place { row: place.row - rows, ..place };
            }
            let Some(before) = self.view.before(place.line) else { return Place { row: 0, ..place } };
            rows -= place.row + 1;
            place = Place { line: before, row: self.rows(before) - 1 };
        }
    }

    /// The rows from a place on, at most so many.
    pub fn from(&self, place: Place, rows: usize) -> Vec<Place> {
        let (mut places, mut at) = (Vec::with_capacity(rows), place);
        while places.len() < rows {
            let of_line = self.rows(at.line);
            let end = of_line.min(at.row.saturating_add(rows - places.len()));
            places.extend((at.row..end).map(|row| Place { row, ..at }));
            match self.view.at_or_behind(at.line.saturating_add(1)) {
                Some(line) => at = Place { line, row: 0 },
                None => break,
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::{Filter, Matcher, Sign, Sources, Term, samples::block};

    proptest! {
        #[test]
        fn any_way_through_the_rows_is_the_way_along_all_of_them(lengths in prop::collection::vec(0usize..25, 1..30), width in 1usize..9, from in 0usize..60, rows in 0usize..60) {
            let mut ring = Ring::new(1 << 20);
            for length in &lengths {
                ring.push(block(&[(0, 0, &"x".repeat(*length))]));
            }
            // Empty lines are not shown.
            let term = Term { sign: Sign::Include, matcher: Matcher::parse("x").unwrap() };
            let mut view = View::new(Filter { terms: vec![term], ..Filter::default() }, false);
            while !view.step(&ring, &Sources::default(), usize::MAX).done {}
            let shown = lengths.iter().enumerate().filter(|(_, length)| **length > 0);
            let all: Vec<_> = shown.flat_map(|(line, length)| (0..length.div_ceil(width)).map(move |row| Place { line: line as u64, row })).collect();
            let walk = Walk { ring: &ring, view: &view, wrap: Some(width) };
            prop_assert_eq!(walk.last(), all.last().copied());
            if let Some(last) = all.len().checked_sub(1) {
                let from = from.min(last);
                prop_assert_eq!(walk.down(all[from], rows), all[(from + rows).min(last)]);
                prop_assert_eq!(walk.up(all[from], rows), all[from.saturating_sub(rows)]);
                prop_assert_eq!(walk.from(all[from], rows), &all[from..(from + rows).min(all.len())]);
                prop_assert_eq!(walk.near(all[from]), Some(all[from]));
            }
        }
    }
}
