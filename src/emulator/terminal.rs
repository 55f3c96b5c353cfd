//! The terminal itself: bytes, sizes and views in.

use std::time::Duration;

use alacritty_terminal::{
    Term,
    event::{Event, EventListener},
    grid::{Dimensions, Scroll},
    index::Line,
    term::{Config, Osc52},
    vte::ansi::{Processor, Timeout},
};
use rolldeck_core::shell::{Grid, Size};

use crate::{Filter, grid, search::Search};

/// The smallest and the largest terminal: columns and rows.
const SIZES: ((u16, u16), (u16, u16)) = ((2, 1000), (1, 500));

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// So many lines further up (or down, where negative).
    Up(i32),
    /// The oldest line that is kept.
    Top,
    /// What comes.
    Bottom,
}

/// A terminal in memory.
pub struct Emulator {
    term: Term<Deaf>,
    parser: Processor<Held>,
    filter: Filter,
    search: Option<Search>,
}

/// Hears of queries, titles and clipboards, and does nothing about them.
struct Deaf;

impl EventListener for Deaf {
    fn send_event(&self, _: Event) {}
}

/// A synchronised update under way. Whoever feeds the terminal has the clock.
#[derive(Default)]
struct Held(bool);

impl Timeout for Held {
    fn set_timeout(&mut self, _: Duration) {
        self.0 = true;
    }

    fn clear_timeout(&mut self) {
        self.0 = false;
    }

    fn pending_timeout(&self) -> bool {
        self.0
    }
}

/// A size for the terminal.
struct Cells(Size);

impl Dimensions for Cells {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        self.0.rows.into()
    }

    fn columns(&self) -> usize {
        self.0.cols.into()
    }
}

fn fitting(Size { cols, rows }: Size) -> Size {
    let ((narrow, wide), (low, high)) = SIZES;
    Size { cols: cols.clamp(narrow, wide), rows: rows.clamp(low, high) }
}

impl Emulator {
    /// An empty terminal that keeps so many lines above its screen.
    pub fn new(size: Size, kept: usize) -> Self {
        let config = Config { scrolling_history: kept, osc52: Osc52::Disabled, ..Config::default() };
        let term = Term::new(config, &Cells(fitting(size)), Deaf);
        Self { term, parser: Processor::new(), filter: Filter::default(), search: None }
    }

    /// Takes what the container wrote.
    pub fn feed(&mut self, bytes: &[u8]) {
        let seen = self.filter.pass(bytes);
        self.parser.advance(&mut self.term, &seen);
        self.stay_in_sight();
    }

    /// Keeps the view within what is kept, which may have become less.
    fn stay_in_sight(&mut self) {
        self.term.scroll_display(Scroll::Delta(0));
    }

    /// Whether the program began an update that is to be shown as a whole (2026), and has not ended it. What comes is held back,
    /// up to 2 MiB, until [`Self::release`].
    pub fn holds(&self) -> bool {
        self.parser.sync_timeout().pending_timeout()
    }

    /// Shows what is held back: for who has waited long enough.
    pub fn release(&mut self) {
        self.parser.stop_sync(&mut self.term);
        self.stay_in_sight();
    }

    /// The terminal has another size.
    pub fn resize(&mut self, size: Size) {
        self.stay_in_sight();
        self.term.resize(Cells(fitting(size)));
        self.stay_in_sight();
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        let of = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        Size { cols: of(self.term.columns()), rows: of(self.term.screen_lines()) }
    }

    /// Looks elsewhere.
    pub fn look(&mut self, view: View) {
        self.term.scroll_display(match view {
            View::Up(lines) => Scroll::Delta(lines.clamp(-1_000_000, 1_000_000)),
            View::Top => Scroll::Top,
            View::Bottom => Scroll::Bottom,
        });
    }

    /// Searches for a text from the newest line on, and looks at the first that has it; an empty text ends the search. Without an
    /// upper-case letter in it, case does not matter.
    pub fn search(&mut self, text: &str) {
        self.search = (!text.is_empty()).then(|| Search::new(text));
        self.go_to_hit(true);
    }

    /// Looks at the next line that has the text searched for: an older one, or a newer one. Goes on at the other end.
    pub fn next_hit(&mut self, older: bool) {
        self.go_to_hit(older);
    }

    fn go_to_hit(&mut self, older: bool) {
        let Some(search) = &mut self.search else { return };
        let Some(line) = search.next(&self.term, older) else { return };
        self.show(line);
    }

    /// Looks where a line is in sight.
    fn show(&mut self, line: Line) {
        let offset = i32::try_from(self.term.grid().display_offset()).unwrap_or(0);
        let rows = i32::try_from(self.term.screen_lines()).unwrap_or(1);
        let row = line.0 + offset;
        if !(0..rows).contains(&row) {
            self.term.scroll_display(Scroll::Delta(rows / 2 - row));
        }
    }

    /// What is in sight.
    pub fn grid(&self) -> Grid {
        let mut grid = grid::of(&self.term);
        grid.size = self.size();
        grid.hits = self.search.as_ref().map(|search| search.hits(&self.term));
        grid
    }

    /// Everything that is kept, as text: the scrollback, and the screen.
    pub fn text(&self) -> String {
        let (top, bottom) = (self.term.topmost_line().0, self.term.bottommost_line().0);
        let lines: Vec<String> = (top..=bottom).map(|line| grid::text(&self.term, Line(line)).0).collect();
        lines.join("\n").trim_end().to_owned()
    }
}
