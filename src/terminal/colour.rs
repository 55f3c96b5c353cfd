//! How many colours the terminal has, and themes brought down to them.

use ratatui::style::Color;
use rolldeck_screens::{SIXTEEN, Theme};

/// How many colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// None are wanted (`NO_COLOR`, see no-color.org), or there are none.
    None,
    /// The sixteen that the terminal's own theme names.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// Red, green and blue.
    True,
}

impl Depth {
    /// What the environment says: `NO_COLOR`, then `COLORTERM`, then `TERM`.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let term = var("TERM").unwrap_or_default();
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) || term == "dumb" {
            Self::None
        } else if var("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit")
            || term.ends_with("-direct")
        {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// The theme with the colours that there are. Without any, one of bold, underlined and reversed text.
    pub fn fit(self, mut theme: Theme) -> Theme {
        if self == Self::None {
            return Theme::plain();
        }
        for style in theme.styles.values_mut() {
            style.fg = style.fg.map(|colour| self.colour(colour));
            style.bg = style.bg.map(|colour| self.colour(colour));
        }
        theme
    }

    /// The nearest colour that there is. Without any, colours stay: what draws them knows.
    pub fn colour(self, colour: Color) -> Color {
        match (self, colour) {
            (Self::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(nearest(r, g, b, 16..=255)),
            (Self::Sixteen, Color::Rgb(r, g, b)) => sixteen(nearest(r, g, b, 0..=15)),
            (Self::Sixteen, Color::Indexed(n)) => {
                let (r, g, b) = rgb(n);
                sixteen(nearest(r, g, b, 0..=15))
            }
            (_, colour) => colour,
        }
    }
}

/// Whether the environment hints at a light background: `COLORFGBG` (rxvt, Konsole and others) ends in its colour's number.
pub fn light_background(colorfgbg: Option<&str>) -> Option<bool> {
    let background = colorfgbg?.rsplit(';').next()?;
    background.parse::<u8>().ok().map(|n| n == 7 || n == 15)
}

/// By name, because a terminal that has sixteen colours may not know how to be asked by number.
fn sixteen(n: u8) -> Color {
    SIXTEEN[usize::from(n & 15)]
}

fn nearest(r: u8, g: u8, b: u8, among: std::ops::RangeInclusive<u8>) -> u8 {
    let distance = |n: u8| {
        let (r2, g2, b2) = rgb(n);
        [(r, r2), (g, g2), (b, b2)].iter().map(|(x, y)| u32::from(x.abs_diff(*y)).pow(2)).sum::<u32>()
    };
    among.min_by_key(|n| distance(*n)).unwrap_or(7)
}

/// The colour of a number, as xterm has it: 16 named ones, a cube of 6 × 6 × 6, 24 greys.
pub fn rgb(n: u8) -> (u8, u8, u8) {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let level = |n: u8| LEVELS[usize::from(n % 6)];
    match n {
        7 => (229, 229, 229),
        8 => (127, 127, 127),
        0..=15 => {
            let on = if n > 8 { 255 } else { 205 };
            let bit = |mask: u8| if n & mask == 0 { 0 } else { on };
            (bit(1), bit(2), bit(4))
        }
        16..=231 => (level((n - 16) / 36), level((n - 16) / 6), level(n - 16)),
        232.. => {
            let grey = 8 + (n - 232) * 10;
            (grey, grey, grey)
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;
    use rolldeck_screens::Scope;

    use super::*;

    fn detect(vars: &[(&str, &str)]) -> Depth {
        Depth::detect(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), Depth::None);
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), Depth::Indexed);
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(detect(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(detect(&[("TERM", "dumb")]), Depth::None);
    }

    #[test]
    fn colours_become_the_nearest_that_there_is() {
        assert_eq!(Depth::True.colour(Color::Rgb(1, 2, 3)), Color::Rgb(1, 2, 3));
        assert_eq!(Depth::Indexed.colour(Color::Rgb(255, 0, 0)), Color::Indexed(196));
        assert_eq!(Depth::Indexed.colour(Color::Rgb(128, 128, 128)), Color::Indexed(244));
        assert_eq!(Depth::Sixteen.colour(Color::Rgb(250, 5, 5)), Color::LightRed);
        assert_eq!(Depth::Sixteen.colour(Color::Indexed(46)), Color::LightGreen);
        assert_eq!(Depth::Indexed.colour(Color::Red), Color::Red);
    }

    #[test]
    fn without_colours_the_cursor_is_still_seen() {
        let mut theme = Theme::default();
        theme.styles.insert(Scope::Cursor, Style::new().bg(Color::Blue).fg(Color::White));
        let style = Depth::None.fit(theme).style(Scope::Cursor);
        assert_eq!(style, Style::new().reversed());
    }

    #[test]
    fn a_light_background_is_told_by_the_terminal() {
        assert_eq!(light_background(Some("0;15")), Some(true));
        assert_eq!(light_background(Some("0;default;15")), Some(true));
        assert_eq!(light_background(Some("15;0")), Some(false));
        assert_eq!([light_background(None), light_background(Some("15;default"))], [None, None]);
    }
}
