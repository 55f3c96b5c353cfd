//! Themes: those built in, and the user's over them.

use std::path::{Path, PathBuf};

use rolldeck_core::text::nearest::nearest;
use rolldeck_screens::{Theme, ThemeError, ThemeFile};

use super::ConfigError;

/// The themes that are built in, by name.
pub const BUILT_IN: [(&str, &str); 5] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("colour-blind-safe", include_str!("../../themes/colour-blind-safe.toml")),
    ("16-colour", include_str!("../../themes/16-colour.toml")),
];

/// The theme of this name: the built-in one, with the rows of the user's file of the same name (path and text) over it. A
/// user's theme of another name is laid over the built-in one that it names as `over`, else over `dark`. `None` where there is
/// neither.
pub fn theme(name: &str, user: Option<(PathBuf, String)>) -> Option<Result<Theme, ConfigError>> {
    let Some((file, text)) = user else {
        return built_in(name).map(|theme| theme.and_then(|(place, text, theme)| whole(place, text, theme)));
    };
    Some(laid_over(name, file, &text))
}

fn laid_over(name: &str, file: PathBuf, text: &str) -> Result<Theme, ConfigError> {
    let own = parse(&file, text)?;
    let known = BUILT_IN.map(|(name, _)| name);
    let under = match &own.over {
        Some(over) if !known.contains(&over.as_str()) => {
            let meant = nearest(over, known).map(|near| format!("did you mean \"{near}\"?"));
            let meant = meant.unwrap_or_else(|| format!("known are {}", known.join(", ")));
            return Err(ConfigError::about(
                file,
                text,
                over,
                format!("no built-in theme is named \"{over}\"; {meant}"),
            ));
        }
        Some(over) => over,
        None if known.contains(&name) => name,
        None => "dark",
    };
    let Some(base) = built_in(under) else { unreachable!("{under} is built in") };
    whole(file, text, base?.2.under(own))
}

/// A built-in theme as its file has it, with the file's name and text.
fn built_in(name: &str) -> Option<Result<(PathBuf, &'static str, ThemeFile), ConfigError>> {
    let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    let file = PathBuf::from(format!("themes/{name}.toml"));
    Some(parse(&file, text).map(|theme| (file, *text, theme)))
}

fn parse(file: &Path, text: &str) -> Result<ThemeFile, ConfigError> {
    toml::from_str(text).map_err(|error| ConfigError::from_toml(file.to_owned(), text, &error))
}

fn whole(file: PathBuf, text: &str, theme: ThemeFile) -> Result<Theme, ConfigError> {
    let palette: Vec<String> = theme.palette.keys().cloned().collect();
    Theme::try_from(theme).map_err(|error| {
        let ThemeError::Colour(colour) = &error;
        let names = palette.iter().map(String::as_str).chain(NAMED);
        let meant = nearest(colour, names).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        ConfigError::about(file, text, colour, format!("{error}{meant}"))
    })
}

/// The terminal's own colours, by the names that a theme may use.
const NAMED: [&str; 17] = [
    "default",
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "white",
];

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier, Style};
    use rolldeck_screens::Scope;

    use super::*;
    use crate::terminal::rgb;

    fn wrong(text: &str) -> String {
        theme("my", Some(("my.toml".into(), text.to_owned()))).unwrap().unwrap_err().to_string()
    }

    fn named(name: &str) -> Theme {
        theme(name, None).unwrap().unwrap()
    }

    #[test]
    fn every_built_in_theme_names_every_scope() {
        for (name, _) in BUILT_IN {
            let theme = named(name);
            let missing: Vec<_> = Scope::ALL.iter().filter(|scope| !theme.styles.contains_key(scope)).collect();
            assert!(missing.is_empty(), "{name} does not name {missing:?}");
        }
    }

    #[test]
    fn the_terminals_own_colours_have_the_names_that_errors_offer() {
        for name in NAMED {
            let text = format!("scopes.bad.fg = '{name}'");
            assert!(theme("my", Some(("my.toml".into(), text))).unwrap().is_ok(), "{name}");
        }
    }

    #[test]
    fn a_users_theme_is_laid_over_the_built_in_one_row_by_row() {
        let over = |name: &str, text: &str| theme(name, Some(("x.toml".into(), text.to_owned()))).unwrap().unwrap();
        let light = over("light", "[palette]\nred = '#ff0000'\n[scopes]\ngood = { fg = 'red' }");
        assert_eq!(light.style(Scope::Good).fg, Some(Color::Rgb(255, 0, 0)));
        assert_eq!(light.style(Scope::Bad).fg, Some(Color::Rgb(255, 0, 0)), "the palette is the user's, too");
        assert_eq!(light.style(Scope::Busy), named("light").style(Scope::Busy));
        assert_eq!(over("mine", "").styles, named("dark").styles);
        assert_eq!(over("mine", "over = 'high-contrast'").styles, named("high-contrast").styles);
    }

    #[test]
    fn a_theme_over_one_that_is_not_there_names_the_nearest() {
        let error = wrong("# mine\nover = 'ligth'");
        assert_eq!(error, "my.toml, line 2: no built-in theme is named \"ligth\"; did you mean \"light\"?");
    }

    #[test]
    fn an_unknown_scope_is_named_with_its_line_and_its_nearest() {
        let error = wrong("[palette]\n\n[scopes]\ngood = { fg = 'green' }\nheadng = { fg = 'blue' }");
        assert_eq!(error, "my.toml, line 5: unknown name \"headng\"; did you mean \"heading\"?");
    }

    #[test]
    fn an_unknown_colour_is_named_with_its_line_and_its_nearest() {
        let error = wrong("# 'gren' is no colour\n[scopes]\nbad = { fg = 'gren' }");
        assert!(error.starts_with("my.toml, line 3: \"gren\" is no colour"), "{error}");
        assert!(error.ends_with("; did you mean \"green\"?"), "{error}");
    }

    /// The relative luminance of WCAG 2.
    fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// A colour in red, green and blue; that of the terminal where the theme leaves it.
    fn known(colour: Option<Color>, terminals: (u8, u8, u8)) -> (u8, u8, u8) {
        match colour {
            Some(Color::Rgb(r, g, b)) => (r, g, b),
            Some(Color::Indexed(n)) => rgb(n),
            None | Some(Color::Reset) => terminals,
            Some(named) => panic!("{named} is another on each terminal"),
        }
    }

    /// The least contrast of any text of a theme, and where, on a terminal of this ink and ground.
    fn least(name: &str, ink: (u8, u8, u8), ground: (u8, u8, u8)) -> (f64, String) {
        let theme = named(name);
        let text = theme.style(Scope::Text);
        let whole = |style: Style| {
            let (fg, bg) = (known(style.fg, ink), known(style.bg, ground));
            let turned = style.add_modifier.contains(Modifier::REVERSED);
            if turned { contrast(bg, fg) } else { contrast(fg, bg) }
        };
        let mut out = (f64::MAX, String::new());
        let mut look = |what: String, style: Style| {
            let contrast = whole(style);
            if contrast < out.0 {
                out = (contrast, what);
            }
        };
        for scope in Scope::ALL {
            let style = text.patch(theme.style(*scope));
            look(format!("{scope:?}"), style);
            look(format!("{scope:?} under the cursor"), style.patch(theme.style(Scope::Cursor)));
            look(format!("{scope:?} in the header"), text.patch(theme.style(Scope::Header)).patch(theme.style(*scope)));
        }
        out
    }

    #[test]
    fn every_text_stands_out_from_what_is_behind_it() {
        let (white, black) = ((255, 255, 255), (0, 0, 0));
        let (dim, grey) = ((204, 204, 204), (30, 30, 30));
        for (name, wanted, ink, ground) in [
            ("dark", 4.5, dim, black),
            ("dark", 4.5, dim, grey),
            ("light", 4.5, grey, white),
            ("light", 4.5, grey, (250, 244, 230)),
            ("high-contrast", 7.0, dim, grey),
            ("high-contrast", 7.0, grey, white),
            ("colour-blind-safe", 4.5, dim, grey),
            ("colour-blind-safe", 4.5, grey, white),
        ] {
            let (contrast, place) = least(name, ink, ground);
            assert!(contrast >= wanted, "{name} on {ground:?}: {place} has {contrast:.2}");
        }
    }

    #[test]
    fn the_theme_of_sixteen_colours_names_no_other() {
        for style in named("16-colour").styles.values() {
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{colour}");
            }
        }
    }
}
