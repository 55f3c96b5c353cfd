//! Colours as data: semantic scopes, read from `themes/*.toml`.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use thiserror::Error;

/// The sixteen colours that a terminal's own theme names, by their numbers.
pub const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a piece of text is, for the theme to colour. Never the only sign of a status: words say it, too.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Scope {
            $($(#[$doc])* $name,)*
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

scopes! {
    /// Plain text.
    Text,
    /// Less important text: units, hints, ages.
    Dim,
    /// Titles and table headings.
    Heading,
    /// The line under the cursor.
    Cursor,
    /// A mark and a marked line.
    Marked,
    /// What a filter matched.
    Match,
    /// Good.
    Good,
    /// On its way.
    Busy,
    /// A warning.
    Warn,
    /// Bad.
    Bad,
    /// Old, loading or unknown.
    Stale,
    /// A key in a hint.
    Key,
    /// A field under edit.
    Input,
    /// The frame of a dialog.
    Border,
    /// The line at the top.
    Header,
    /// Removed lines of a diff.
    Removed,
    /// Added lines of a diff.
    Added,
}

/// Styles by scope; a scope that is not named looks like `Text`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Theme {
    /// The styles.
    pub styles: BTreeMap<Scope, Style>,
}

/// What is wrong with a theme.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ThemeError {
    /// No colour of this name.
    #[error("\"{0}\" is no colour: write a name (red, bright-blue, gray, default), an index (0 to 255) or #rrggbb")]
    Colour(String),
}

impl Theme {
    /// The style of a scope.
    pub fn style(&self, scope: Scope) -> Style {
        self.styles.get(&scope).or_else(|| self.styles.get(&Scope::Text)).copied().unwrap_or_default()
    }
}

/// How a scope looks, as a theme's file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Look {
    /// The text's colour: a name of the palette, or a colour.
    pub fg: Option<String>,
    /// The background.
    pub bg: Option<String>,
    /// Bold.
    pub bold: bool,
    /// Faint.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Foreground and background changed over.
    pub reverse: bool,
}

/// A theme as its file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThemeFile {
    /// The built-in theme that this one is laid over; without it, the one of its own name, else `dark`.
    pub over: Option<String>,
    /// Colours by name.
    pub palette: BTreeMap<String, String>,
    /// Looks by scope.
    pub scopes: BTreeMap<Scope, Look>,
}

impl ThemeFile {
    /// This theme with the rows of `own` over it: a colour or a scope that is named there is taken from there.
    #[must_use]
    pub fn under(mut self, own: Self) -> Self {
        self.palette.extend(own.palette);
        self.scopes.extend(own.scopes);
        self
    }
}

impl TryFrom<ThemeFile> for Theme {
    type Error = ThemeError;

    fn try_from(file: ThemeFile) -> Result<Self, ThemeError> {
        let named = |text: &str| colour(file.palette.get(text).map_or(text, String::as_str));
        let mut styles = BTreeMap::new();
        for (scope, look) in &file.scopes {
            let mut style = look.modifiers();
            style.fg = look.fg.as_deref().map(named).transpose()?;
            style.bg = look.bg.as_deref().map(named).transpose()?;
            styles.insert(*scope, style);
        }
        Ok(Self { styles })
    }
}

impl Look {
    fn modifiers(&self) -> Style {
        [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reverse, Modifier::REVERSED),
        ]
        .into_iter()
        .filter(|(on, _)| *on)
        .fold(Style::new(), |style, (_, modifier)| style.add_modifier(modifier))
    }
}

/// Reads a colour: one of the sixteen by name, an index, `#rrggbb`, or `default`.
fn colour(text: &str) -> Result<Color, ThemeError> {
    let bad = || ThemeError::Colour(text.to_owned());
    if text == "default" {
        return Ok(Color::Reset);
    }
    let hex = text.strip_prefix('#').is_none_or(|digits| digits.len() == 6 && digits.is_ascii());
    if !hex { Err(bad()) } else { text.parse().map_err(|_| bad()) }
}

impl Theme {
    /// Whether there are colours at all.
    pub fn coloured(&self) -> bool {
        self.styles.values().any(|style| style.fg.is_some() || style.bg.is_some())
    }

    /// A theme without colours, of modifiers alone: for `NO_COLOR`.
    pub fn plain() -> Self {
        let style = |modifier| Style::new().add_modifier(modifier);
        let styles = [
            (Scope::Text, Style::new()),
            (Scope::Dim, style(Modifier::DIM)),
            (Scope::Heading, style(Modifier::BOLD)),
            (Scope::Cursor, style(Modifier::REVERSED)),
            (Scope::Marked, style(Modifier::BOLD)),
            (Scope::Match, style(Modifier::UNDERLINED)),
            (Scope::Warn, style(Modifier::BOLD)),
            (Scope::Bad, style(Modifier::BOLD)),
            (Scope::Stale, style(Modifier::DIM)),
            (Scope::Key, style(Modifier::BOLD)),
            (Scope::Input, style(Modifier::UNDERLINED)),
            (Scope::Header, style(Modifier::BOLD)),
            (Scope::Removed, style(Modifier::DIM)),
            (Scope::Added, style(Modifier::BOLD)),
        ];
        Self { styles: styles.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(text: &str) -> Result<Theme, ThemeError> {
        toml::from_str::<ThemeFile>(text).expect("the shape of a theme").try_into()
    }

    #[test]
    fn colours_are_names_of_the_palette_indices_or_hexadecimal() {
        let theme =
            theme("palette.rust = '#b7410e'\nscopes.bad = { fg = 'rust', bg = '234', bold = true }").expect("one");
        assert_eq!(
            theme.style(Scope::Bad),
            Style::new().fg(Color::Rgb(0xb7, 0x41, 0x0e)).bg(Color::Indexed(234)).add_modifier(Modifier::BOLD)
        );
    }

    #[test]
    fn a_text_that_is_no_colour_is_refused_by_name() {
        for bad in ["rustt", "#12", "#12345z", "300"] {
            assert_eq!(theme(&format!("scopes.bad.fg = '{bad}'")), Err(ThemeError::Colour(bad.to_owned())));
        }
    }

    #[test]
    fn the_plain_theme_has_no_colour() {
        assert!(Theme::plain().styles.values().all(|style| style.fg.is_none() && style.bg.is_none()));
    }
}
