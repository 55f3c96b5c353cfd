//! A frame: header, room, footer, and what lies over them.

use ratatui::{Frame, buffer::Buffer, layout::Rect};

use super::State;
use crate::{
    theme::Scope,
    widgets::text::{left, put, width},
};

/// Lines of the header.
pub(super) const HEADER: u16 = 2;
/// Lines of the footer.
pub(super) const FOOTER: u16 = 1;

/// Draws. Changes nothing.
pub fn draw(state: &State, frame: &mut Frame) {
    let area = frame.area();
    let theme = &state.shared.theme;
    frame.buffer_mut().set_style(area, theme.style(Scope::Text));
    if area.height <= HEADER + FOOTER || area.width < 20 {
        put(frame.buffer_mut(), area, 0, 0, "the terminal is too small", theme.style(Scope::Warn));
        return;
    }
    let head = Rect { height: HEADER, ..area };
    let body = Rect { y: area.y + HEADER, height: area.height - HEADER - FOOTER, ..area };
    let foot = Rect { y: area.bottom() - FOOTER, height: FOOTER, ..area };
    header(state, frame.buffer_mut(), head);
    if let Some(under) = state.under() {
        under.draw(&state.shared.ctx(), frame, body);
    }
    state.top().draw(&state.shared.ctx(), frame, body);
    footer(state, frame.buffer_mut(), foot);
    if let Some(palette) = &state.palette {
        palette.draw(theme, frame, body, foot);
    }
    if let Some(dialog) = &state.leaving {
        dialog.draw(theme, frame, area);
    }
}

fn header(state: &State, buffer: &mut Buffer, area: Rect) {
    let theme = &state.shared.theme;
    let ground = theme.style(Scope::Header);
    buffer.set_style(area, ground);
    let title = format!(" {} ", state.header.title);
    let x = put(buffer, area, area.x, area.y, &title, ground.patch(theme.style(Scope::Heading)));
    let mut pieces = state.header.place.as_slice();
    let room = usize::from(area.right().saturating_sub(x));
    let taken = |pieces: &[(Scope, String)]| pieces.iter().map(|(_, text)| width(text) + 3).sum::<usize>();
    while pieces.len() > 1 && taken(pieces) > room {
        pieces = &pieces[..pieces.len() - 1];
    }
    let mut x = area.right().saturating_sub(u16::try_from(taken(pieces)).unwrap_or(u16::MAX)).max(x);
    for (scope, text) in pieces {
        x = put(buffer, area, x, area.y, "  ", ground);
        x = put(buffer, area, x, area.y, text, ground.patch(theme.style(*scope)));
        x = put(buffer, area, x, area.y, " ", ground);
    }
    let mut x = area.x + 1;
    for (n, (scope, text)) in state.header.news.iter().enumerate() {
        if n > 0 {
            x = put(buffer, area, x, area.y + 1, " · ", ground.patch(theme.style(Scope::Dim)));
        }
        x = put(buffer, area, x, area.y + 1, text, ground.patch(theme.style(*scope)));
    }
}

fn footer(state: &State, buffer: &mut Buffer, area: Rect) {
    let theme = &state.shared.theme;
    if let Some(note) = &state.note {
        let (sign, scope) = if note.error { ("✗ ", Scope::Bad) } else { ("", Scope::Text) };
        let text = left(&format!(" {sign}{}", note.text), area.width.into());
        put(buffer, area, area.x, area.y, &text, theme.style(scope));
        return;
    }
    let (room, ctx) = (state.top(), state.shared.ctx());
    let mut x = area.x + 1;
    for (command, words) in room.hints(&ctx) {
        let Some(key) = state.shared.keymap.key(room.room(), command) else { continue };
        let key = key.to_string();
        if usize::from(x) + width(&key) + width(words) + 1 > usize::from(area.right()) {
            break;
        }
        x = put(buffer, area, x, area.y, &key, theme.style(Scope::Key));
        x = put(buffer, area, x, area.y, &format!(" {words}"), theme.style(Scope::Dim)) + 2;
    }
}
