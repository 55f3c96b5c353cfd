//! What ratatui draws on: bytes in memory, and none at all when nothing changed.

use std::{convert::Infallible, io, mem};

use super::colour::Depth;
use crossterm::{
    cursor::{Hide, MoveTo, Show},
    queue,
    terminal::{BeginSynchronizedUpdate, Clear, ClearType as CrosstermClear, EndSynchronizedUpdate},
};
use ratatui::{
    backend::{Backend, ClearType, CrosstermBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};

/// A backend that gathers a frame's bytes. What is wiped, drawn or moved is remembered, so that a frame equal to the last one
/// written costs no byte.
#[derive(Debug)]
pub struct Canvas {
    size: Size,
    depth: Depth,
    bytes: Vec<u8>,
    /// Bytes for the terminal itself, which show nothing.
    aside: Vec<u8>,
    /// Where the terminal shows its cursor; `None` while it is hidden.
    shown: Option<Position>,
    /// Where the frame under way wants it.
    wanted: Option<Position>,
}

impl Canvas {
    /// A canvas of so many columns and rows, over a terminal with so many colours whose cursor is hidden.
    pub fn new(size: Size, depth: Depth) -> Self {
        Self { size, depth, bytes: Vec::new(), aside: Vec::new(), shown: None, wanted: None }
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// Hands on bytes that show nothing, before the next frame.
    pub fn pass(&mut self, bytes: &[u8]) {
        self.aside.extend_from_slice(bytes);
    }

    /// The bytes since the last call, to be shown at once by terminals that know synchronised updates (others ignore the
    /// marks); `None` where nothing changed.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let mut frame = mem::take(&mut self.aside);
        if self.bytes.is_empty() && self.wanted == self.shown {
            return (!frame.is_empty()).then_some(frame);
        }
        let body = mem::take(&mut self.bytes);
        frame.reserve(body.len() + 32);
        self.wrap(&mut frame, &body).expect("a Vec takes every byte");
        Some(frame)
    }

    fn fitted(&self, cell: &Cell) -> Cell {
        let mut cell = cell.clone();
        (cell.fg, cell.bg) = (self.depth.colour(cell.fg), self.depth.colour(cell.bg));
        cell
    }

    fn wrap(&mut self, frame: &mut Vec<u8>, body: &[u8]) -> io::Result<()> {
        queue!(frame, BeginSynchronizedUpdate)?;
        if self.shown.is_some() {
            queue!(frame, Hide)?;
        }
        frame.extend_from_slice(body);
        if let Some(at) = self.wanted {
            queue!(frame, MoveTo(at.x, at.y), Show)?;
        }
        self.shown = self.wanted;
        queue!(frame, EndSynchronizedUpdate)
    }
}

impl Backend for Canvas {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        // What a theme or a container asks for may be more than there is.
        let cells: Vec<(u16, u16, Cell)> = content.map(|(x, y, cell)| (x, y, self.fitted(cell))).collect();
        if !cells.is_empty() {
            let cells = cells.iter().map(|(x, y, cell)| (*x, *y, cell));
            CrosstermBackend::new(&mut self.bytes).draw(cells).expect("a Vec takes every byte");
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.wanted.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.wanted = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        queue!(self.bytes, Clear(CrosstermClear::All)).expect("a Vec takes every byte");
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
