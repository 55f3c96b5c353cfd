//! Flags and operands.

/// The arguments of a command, taken apart.
#[derive(Debug, Default)]
pub(super) struct Arguments<'a> {
    /// Flags without a value, one letter each, in order.
    flags: Vec<char>,
    /// Flags with a value.
    values: Vec<(char, &'a str)>,
    /// The rest.
    pub(super) operands: Vec<&'a str>,
}

impl<'a> Arguments<'a> {
    /// Takes `args` apart: `flags` are the letters that stand alone, `values` those that take a value.
    ///
    /// # Errors
    /// The complaint about a flag that is neither.
    pub(super) fn read(name: &str, args: &[&'a str], flags: &str, values: &str) -> Result<Self, String> {
        let mut read = Self::default();
        let mut args = args.iter().copied();
        while let Some(arg) = args.next() {
            if arg == "--" {
                read.operands.extend(args);
                break;
            }
            let Some(letters) = arg.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                read.operands.push(arg);
                continue;
            };
            for (at, letter) in letters.char_indices() {
                if values.contains(letter) {
                    let rest = &letters[at + letter.len_utf8()..];
                    let value = if rest.is_empty() { args.next() } else { Some(rest) };
                    let value = value.ok_or_else(|| format!("{name}: option requires an argument: {letter}"))?;
                    read.values.push((letter, value));
                    break;
                }
                if !flags.contains(letter) {
                    return Err(format!("{name}: unrecognized option: {letter}"));
                }
                read.flags.push(letter);
            }
        }
        Ok(read)
    }

    /// Whether a flag was given.
    pub(super) fn has(&self, flag: char) -> bool {
        self.flags.contains(&flag)
    }

    /// The last value of a flag.
    pub(super) fn value(&self, flag: char) -> Option<&'a str> {
        self.values.iter().rev().find(|(letter, _)| *letter == flag).map(|(_, value)| *value)
    }

    /// Every value of a flag.
    pub(super) fn all(&self, flag: char) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(letter, _)| *letter == flag).map(|(_, value)| *value)
    }
}
