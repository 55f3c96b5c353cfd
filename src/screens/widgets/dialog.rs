//! A question over the screen. The focus starts where nothing is lost.

use std::ops::Range;

use ratatui::{
    Frame,
    layout::{Margin, Rect},
    style::Modifier,
};

use super::{
    Edited, Prompt, popup,
    text::{put, width, wrap},
};
use crate::{Code, Key, Mouse, Scope, Theme};

/// What a key made of a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Still open.
    Open,
    /// This button was pressed.
    Chosen(usize),
    /// Closed without an answer.
    Cancelled,
}

/// A question with buttons. Button 0 is the harmless one (Cancel, Stay), and has the focus at first.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// What stands in the frame.
    pub title: String,
    /// The paragraphs; each is wrapped.
    pub body: Vec<String>,
    /// The labels.
    pub buttons: Vec<String>,
    /// Which button has the focus.
    pub focus: usize,
    /// What must be typed before another button than the first can be pressed, and the field for it.
    pub expected: Option<(String, Prompt)>,
}

impl Dialog {
    /// A question; `buttons[0]` is the harmless answer.
    pub fn new(title: &str, body: Vec<String>, buttons: &[&str]) -> Self {
        let buttons = buttons.iter().map(|&label| label.to_owned()).collect();
        Self { title: title.to_owned(), body, buttons, focus: 0, expected: None }
    }

    /// Lets other buttons than the first be pressed only when `text` has been typed.
    #[must_use]
    pub fn expecting(mut self, text: &str) -> Self {
        self.expected = Some((text.to_owned(), Prompt::default()));
        self
    }

    /// Whether button `n` can be pressed now.
    pub fn enabled(&self, n: usize) -> bool {
        n == 0 || self.expected.as_ref().is_none_or(|(wanted, field)| field.text().trim() == wanted)
    }

    /// Takes a key: tab and arrows move the focus, enter presses, esc cancels; the rest goes to the field.
    pub fn key(&mut self, key: Key) -> Answer {
        let last = self.buttons.len().saturating_sub(1);
        match key.code {
            Code::Esc => return Answer::Cancelled,
            Code::Enter if self.enabled(self.focus) => return Answer::Chosen(self.focus),
            Code::Tab | Code::Right | Code::Down => self.focus = if self.focus >= last { 0 } else { self.focus + 1 },
            Code::BackTab | Code::Left | Code::Up => self.focus = self.focus.checked_sub(1).unwrap_or(last),
            _ => {
                if let Some((_, field)) = &mut self.expected {
                    let _: Edited = field.key(key);
                }
            }
        }
        Answer::Open
    }

    /// Takes a press of the mouse at a place of the screen where the dialog lies in `area`: on the first button it is pressed;
    /// on another one the focus goes there, and a key must press it.
    pub fn press(&mut self, area: Rect, mouse: Mouse) -> Answer {
        let (place, lines) = self.layout(area);
        let (y, spots) = self.spots(place, lines.len());
        let hit = spots.iter().position(|spot| mouse.row == y && spot.contains(&mouse.column));
        match hit {
            Some(0) => Answer::Chosen(0),
            Some(n) if self.enabled(n) => {
                self.focus = n;
                Answer::Open
            }
            _ => Answer::Open,
        }
    }

    /// The frame in the middle of `area`, and the lines of the body. One that is too long is cut, and says by how many lines.
    fn layout(&self, area: Rect) -> (Rect, Vec<String>) {
        let inner = area.width.saturating_sub(6).clamp(1, 70);
        let mut lines: Vec<String> = self.body.iter().flat_map(|text| wrap(text, inner.into())).collect();
        let extra = 3 + if self.expected.is_some() { 2 } else { 0 };
        let room = usize::from(area.height).saturating_sub(extra + 1);
        if lines.len() > room {
            let hidden = lines.len() - room.saturating_sub(1);
            lines.truncate(room.saturating_sub(1));
            lines.push(format!("… {hidden} more lines"));
        }
        let longest = lines.iter().map(|line| width(line)).chain([width(&self.title) + 2, self.buttons_width()]).max();
        let columns = u16::try_from(longest.unwrap_or(0)).unwrap_or(inner).min(inner) + 4;
        let rows = u16::try_from(lines.len() + extra + 1).unwrap_or(area.height).min(area.height);
        let place = area.centered(
            ratatui::layout::Constraint::Length(columns.min(area.width)),
            ratatui::layout::Constraint::Length(rows),
        );
        (place, lines)
    }

    /// The row of the buttons, and the columns of each.
    fn spots(&self, place: Rect, lines: usize) -> (u16, Vec<Range<u16>>) {
        let body = u16::try_from(lines).unwrap_or(0);
        let y = place.y + 1 + body + if self.expected.is_some() { 2 } else { 0 } + 1;
        let mut x = place.x + 2;
        let spots = self.buttons.iter().map(|label| {
            let from = x;
            x += u16::try_from(width(label)).unwrap_or(0) + 4;
            from..x - 1
        });
        (y, spots.collect())
    }

    /// Draws the dialog in the middle of `area`.
    pub fn draw(&self, theme: &Theme, frame: &mut Frame, area: Rect) {
        let (place, lines) = self.layout(area);
        let inside = popup(theme, frame, place, &self.title).inner(Margin::new(1, 0));
        self.draw_inside(theme, frame, (place, inside), &lines);
    }

    fn draw_inside(&self, theme: &Theme, frame: &mut Frame, (place, inside): (Rect, Rect), lines: &[String]) {
        let (last, spots) = self.spots(place, lines.len());
        let buffer = frame.buffer_mut();
        for (line, y) in lines.iter().zip(inside.y..) {
            put(buffer, inside, inside.x, y, line, theme.style(Scope::Text));
        }
        if let Some((wanted, field)) = &self.expected {
            let y = last - 2;
            let x = put(buffer, inside, inside.x, y, &format!("Type {wanted} to go on: "), theme.style(Scope::Text));
            let columns = inside.right().saturating_sub(x).min(12);
            field.draw(theme, buffer, Rect { x, y, width: columns, height: u16::from(y < inside.bottom()) });
        }
        for (n, (label, spot)) in self.buttons.iter().zip(spots).enumerate() {
            let style = match n == self.focus {
                true => theme.style(Scope::Cursor).add_modifier(Modifier::BOLD),
                false if self.enabled(n) => theme.style(Scope::Text),
                false => theme.style(Scope::Dim),
            };
            let text = if n == self.focus { format!("▸[{label}]") } else { format!(" [{label}]") };
            put(buffer, inside, spot.start, last, &text, style);
        }
    }

    fn buttons_width(&self) -> usize {
        self.buttons.iter().map(|label| width(label) + 4).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(dialog: &mut Dialog, keys: &str) -> Answer {
        keys.split(' ').map(|key| dialog.key(key.parse().expect("a key"))).last().expect("one key at least")
    }

    #[test]
    fn enter_alone_takes_the_harmless_answer() {
        let mut dialog = Dialog::new("Release", vec!["6 apps".into()], &["Cancel", "Release"]);
        assert_eq!(press(&mut dialog, "enter"), Answer::Chosen(0));
        assert_eq!(press(&mut dialog, "tab enter"), Answer::Chosen(1));
        assert_eq!(press(&mut dialog, "esc"), Answer::Cancelled);
    }

    #[test]
    fn a_press_takes_the_harmless_answer_and_never_another() {
        let area = Rect::new(0, 0, 60, 20);
        let mut dialog = Dialog::new("Release", vec!["6 apps".into()], &["Cancel", "Release"]);
        let (place, lines) = dialog.layout(area);
        let (row, spots) = dialog.spots(place, lines.len());
        let at = |column| Mouse { click: crate::Click::Press, column, row };
        assert_eq!((dialog.press(area, at(spots[1].start)), dialog.focus), (Answer::Open, 1));
        assert_eq!(dialog.press(area, at(spots[1].end)), Answer::Open);
        assert_eq!(dialog.press(area, at(spots[0].start)), Answer::Chosen(0));
    }

    #[test]
    fn what_must_be_typed_guards_the_other_buttons() {
        let mut dialog = Dialog::new("Release", Vec::new(), &["Cancel", "Release"]).expecting("6");
        assert_eq!(press(&mut dialog, "tab enter"), Answer::Open);
        assert_eq!(press(&mut dialog, "7 enter"), Answer::Open);
        assert_eq!(press(&mut dialog, "backspace 6 enter"), Answer::Chosen(1));
    }
}
