//! Bytes of a container's program, as a terminal.

use rolldeck_core::shell::Size;
use rolldeck_emulator::{Emulator, View};

use super::choice;

/// More bytes than this take long and find no more.
const MOST: usize = 4 << 10;

/// Whatever a program writes, wherever its blocks are cut, and whichever size the terminal has: the grid is whole, holds nothing that
/// a terminal obeys, and its memory is bounded.
pub fn emulator(data: &[u8]) {
    let (size, data) = choice(&data[..data.len().min(MOST)]);
    let (cut, data) = choice(data);
    let size = Size { cols: 1 + u16::from(size & 0x0f) * 4, rows: 1 + u16::from(size >> 4) };
    let mut whole = Emulator::new(size, 50);
    whole.feed(data);
    sound(&whole);
    let mut pieces = Emulator::new(size, 50);
    for piece in data.chunks(usize::from(cut) + 1) {
        pieces.feed(piece);
    }
    whole.release();
    pieces.release();
    assert_eq!(whole.grid(), pieces.grid(), "where blocks are cut changes nothing");
    whole.search("a");
    whole.look(View::Up(7));
    whole.next_hit(true);
    sound(&whole);
    whole.resize(Size { cols: size.rows * 2, rows: size.cols / 3 });
    sound(&whole);
    whole.feed(data);
    whole.look(View::Top);
    sound(&whole);
    let text = whole.text();
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
}

fn sound(emulator: &Emulator) {
    let grid = emulator.grid();
    assert_eq!(grid.rows.len(), usize::from(grid.size.rows));
    assert!(grid.above <= 50 && grid.back <= grid.above);
    for row in &grid.rows {
        assert!(row.is_sorted_by_key(|span| span.column), "{row:?}");
        for span in row {
            assert!(span.column < grid.size.cols);
            assert!(!span.text.chars().any(char::is_control), "{span:?}");
        }
    }
    if let Some((column, row)) = grid.cursor {
        assert!(column < grid.size.cols && row < grid.size.rows);
    }
}
