//! A frame over the screen.

use ratatui::{
    Frame,
    layout::Rect,
    widgets::{Block, BorderType, Clear},
};

use crate::{Scope, Theme};

/// Clears `place` and frames it, with a title. Returns what lies within the frame.
pub fn popup(theme: &Theme, frame: &mut Frame, place: Rect, title: &str) -> Rect {
    frame.render_widget(Clear, place);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Scope::Border))
        .style(theme.style(Scope::Text))
        .title(format!(" {title} "))
        .title_style(theme.style(Scope::Heading));
    let inside = block.inner(place);
    frame.render_widget(block, place);
    inside
}
