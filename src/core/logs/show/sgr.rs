//! Colours and the like, as an app writes them (ECMA-48, "select graphic rendition").

/// A colour as the app names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// One of the palette: 0–15 are the terminal's own, 16–255 the cube and the greys of xterm.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a piece of a line looks. What would hide text (concealed, blinking, ink of the paper's colour) is not obeyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// The ink; none: as usual.
    pub fg: Option<Colour>,
    /// The paper; none: as usual.
    pub bg: Option<Colour>,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined, in whatever way.
    pub underline: bool,
    /// Ink and paper are exchanged.
    pub reverse: bool,
    /// Struck through.
    pub struck: bool,
}

/// The longest sequence that is taken for one.
const LONGEST: usize = 64;

/// The parameters of the sequence `ESC [ … m` that `text` begins with; the sequence is three bytes longer.
pub(super) fn sequence(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"\x1b[")?;
    let end = rest.iter().take(LONGEST).position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
    (rest[end] == b'm').then(|| &rest[..end])
}

impl Style {
    /// The style behind a sequence with these parameters. What is not understood changes nothing.
    pub fn apply(&mut self, parameters: &[u8]) {
        let mut codes = parameters.split(|byte| *byte == b';');
        while let Some(code) = codes.next() {
            let mut parts = code.split(|byte| *byte == b':').map(number);
            match parts.next().unwrap_or(Some(0)) {
                Some(38) => set(&mut self.fg, colour(parts, &mut codes)),
                Some(48) => set(&mut self.bg, colour(parts, &mut codes)),
                // Underlines have kinds of their own, of which 0 is none.
                Some(4) => self.underline = parts.next() != Some(Some(0)),
                // The colour of an underline, which is passed over.
                Some(58) => _ = colour(parts, &mut codes),
                Some(code) => self.simple(code),
                None => {}
            }
        }
        if self.fg.is_some() && self.fg == self.bg {
            self.bg = None;
        }
    }

    fn simple(&mut self, code: u8) {
        match code {
            0 => *self = Self::default(),
            1 => self.bold = true,
            2 => self.dim = true,
            3 => self.italic = true,
            7 => self.reverse = true,
            9 => self.struck = true,
            21 => self.underline = true,
            22 => (self.bold, self.dim) = (false, false),
            23 => self.italic = false,
            24 => self.underline = false,
            27 => self.reverse = false,
            29 => self.struck = false,
            30..=37 => self.fg = Some(Colour::Indexed(code - 30)),
            39 => self.fg = None,
            40..=47 => self.bg = Some(Colour::Indexed(code - 40)),
            49 => self.bg = None,
            90..=97 => self.fg = Some(Colour::Indexed(code - 82)),
            100..=107 => self.bg = Some(Colour::Indexed(code - 92)),
            _ => {}
        }
    }
}

fn set(slot: &mut Option<Colour>, colour: Option<Colour>) {
    *slot = colour.or(*slot);
}

/// A parameter; one that is left out is 0.
fn number(digits: &[u8]) -> Option<u8> {
    match digits {
        b"" => Some(0),
        _ => std::str::from_utf8(digits).ok()?.parse().ok(),
    }
}

/// `5;n`, `2;r;g;b` behind semicolons; `5:n`, `2:r:g:b` and `2:space:r:g:b` behind colons.
fn colour<'a>(parts: impl Iterator<Item = Option<u8>>, codes: &mut impl Iterator<Item = &'a [u8]>) -> Option<Colour> {
    let parts: Vec<_> = parts.take(6).collect();
    let mut next = || codes.next().and_then(number);
    match parts.as_slice() {
        [] => match next()? {
            5 => next().map(Colour::Indexed),
            2 => {
                let (red, green, blue) = (next(), next(), next());
                Some(Colour::Rgb(red?, green?, blue?))
            }
            _ => None,
        },
        [Some(5), Some(index), ..] => Some(Colour::Indexed(*index)),
        [Some(2), Some(red), Some(green), Some(blue)] | [Some(2), _, Some(red), Some(green), Some(blue), ..] => {
            Some(Colour::Rgb(*red, *green, *blue))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn style(parameters: &str) -> Style {
        let mut style = Style::default();
        style.apply(parameters.as_bytes());
        style
    }

    #[rstest]
    #[case("31", Some(Colour::Indexed(1)))]
    #[case("97", Some(Colour::Indexed(15)))]
    #[case("1;38;5;208", Some(Colour::Indexed(208)))]
    #[case("38;2;1;2;3", Some(Colour::Rgb(1, 2, 3)))]
    #[case("38:2:1:2:3", Some(Colour::Rgb(1, 2, 3)))]
    #[case("38:2::1:2:3", Some(Colour::Rgb(1, 2, 3)))]
    #[case("38:5:9", Some(Colour::Indexed(9)))]
    #[case("38;5", None)]
    #[case("38;2;1;2", None)]
    #[case("38;5;999", None)]
    #[case("31;0", None)]
    #[case("31;", None)]
    #[case("31;39", None)]
    #[case("", None)]
    fn colours_are_read_in_all_their_forms(#[case] parameters: &str, #[case] fg: Option<Colour>) {
        assert_eq!(style(parameters).fg, fg);
    }

    #[test]
    fn attributes_are_set_and_taken_back() {
        let all = style("1;2;3;4;7;9");
        assert!(all.bold && all.dim && all.italic && all.underline && all.reverse && all.struck);
        assert_eq!(style("1;2;3;4;7;9;22;23;24;27;29"), Style::default());
        assert_eq!(style("4;4:0"), Style::default());
    }

    #[test]
    fn what_would_hide_text_is_not_obeyed() {
        assert_eq!(style("5;8"), Style::default());
        assert_eq!(style("30;40").bg, None);
    }
}
