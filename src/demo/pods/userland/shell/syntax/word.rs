//! Words: quotes, variables, substitutions.

use std::sync::Arc;

use super::{Bad, Parser, Part, Variable, Word};

/// What stands between a variable's name and a word, the longer before the shorter.
const WITH: [&str; 12] = [":-", ":=", ":?", ":+", "##", "%%", "-", "=", "?", "+", "#", "%"];

fn unfinished(what: &str) -> Bad {
    Bad::Unfinished(format!("syntax error: {what}"))
}

fn push(parts: &mut Word, text: &str, quoted: bool) {
    match parts.last_mut() {
        Some(Part::Text(before, same)) if *same == quoted => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned(), quoted)),
    }
}

impl Parser {
    /// The word that comes next.
    pub(super) fn word(&mut self) -> Result<Word, Bad> {
        self.word_until(" \t\n\r;|&<>()")
    }

    /// A word up to one of these characters, which is left.
    fn word_until(&mut self, ends: &str) -> Result<Word, Bad> {
        let mut parts = Word::new();
        while let Some(c) = self.peek().filter(|c| !ends.contains(*c)) {
            match c {
                '\'' => {
                    let inside = self.chars[self.at + 1..].iter().position(|c| *c == '\'');
                    let length = inside.ok_or_else(|| unfinished("unterminated quoted string"))?;
                    let text: String = self.chars[self.at + 1..self.at + 1 + length].iter().collect();
                    push(&mut parts, &text, true);
                    self.at += length + 2;
                }
                '"' => {
                    self.at += 1;
                    self.double(&mut parts)?;
                }
                '\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some('\n') => self.at += 1,
                        Some(next) => {
                            push(&mut parts, &next.to_string(), true);
                            self.at += 1;
                        }
                        None => push(&mut parts, "\\", true),
                    }
                }
                '$' | '`' => self.substitution(false, &mut parts)?,
                '~' if parts.is_empty()
                    && matches!(self.chars.get(self.at + 1), None | Some('/' | ' ' | '\n' | ';')) =>
                {
                    parts.push(Part::Variable(Variable { name: "HOME".to_owned(), with: None }, true));
                    self.at += 1;
                }
                c => {
                    push(&mut parts, &c.to_string(), false);
                    self.at += 1;
                }
            }
        }
        Ok(parts)
    }

    /// What stands in double quotes, the closing one included.
    fn double(&mut self, parts: &mut Word) -> Result<(), Bad> {
        push(parts, "", true);
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(());
                }
                '\\' if matches!(self.chars.get(self.at + 1), Some('"' | '\\' | '$' | '`')) => {
                    push(parts, &self.chars[self.at + 1].to_string(), true);
                    self.at += 2;
                }
                '\\' if self.chars.get(self.at + 1) == Some(&'\n') => self.at += 2,
                '$' | '`' => self.substitution(true, parts)?,
                c => {
                    push(parts, &c.to_string(), true);
                    self.at += 1;
                }
            }
        }
        Err(unfinished("unterminated quoted string"))
    }

    /// `$NAME`, `${NAME…}`, `$?`, `$(…)`, `$((…))` or backquotes.
    fn substitution(&mut self, quoted: bool, parts: &mut Word) -> Result<(), Bad> {
        if self.takes("`") {
            let length = self.chars[self.at..].iter().position(|c| *c == '`');
            let length = length.ok_or_else(|| unfinished("unterminated backquote"))?;
            let inside: String = self.chars[self.at..self.at + length].iter().collect();
            self.at += length + 1;
            parts.push(Part::Output(Arc::new(super::parse(&inside)?), quoted));
            return Ok(());
        }
        self.at += 1;
        if self.takes("((") {
            parts.push(Part::Sum(self.deeper(Self::sum)?, quoted));
        } else if self.takes("(") {
            let list = self.list()?;
            if !self.takes(")") {
                return Err(if self.peek().is_none() { unfinished("unterminated $(") } else { self.unexpected() });
            }
            parts.push(Part::Output(Arc::new(list), quoted));
        } else if self.takes("{") {
            let variable = self.deeper(Self::braced)?;
            parts.push(Part::Variable(variable, quoted));
        } else {
            let name = self.name();
            match name.is_empty() {
                true => push(parts, "$", quoted),
                false => parts.push(Part::Variable(Variable { name, with: None }, quoted)),
            }
        }
        Ok(())
    }

    /// The name of a variable: letters, one digit, or one of `?$#@*!-`.
    fn name(&mut self) -> String {
        let rest = &self.chars[self.at..];
        let length = match rest.first() {
            Some(c) if "?$#@*!-".contains(*c) || c.is_ascii_digit() => 1,
            _ => rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').count(),
        };
        self.at += length;
        rest_of(&self.chars, self.at - length, length)
    }

    /// What stands behind `${`, the closing brace included.
    fn braced(&mut self) -> Result<Variable, Bad> {
        let length_of = self.sees("#") && !self.sees("#}") && self.takes("#");
        let mut name = self.name();
        while name.chars().all(|c| c.is_ascii_digit()) && self.peek().is_some_and(|c| c.is_ascii_digit()) {
            name += &self.name();
        }
        if name.is_empty() {
            return Err(Bad::Wrong("syntax error: bad substitution".to_owned()));
        }
        let with = if length_of {
            Some(("len", Word::new()))
        } else {
            let with = WITH.into_iter().find(|with| self.takes(with));
            with.map(|with| Ok((with, self.word_until("}")?))).transpose()?
        };
        match self.peek() {
            Some('}') => self.at += 1,
            None => return Err(unfinished("missing \"}\"")),
            Some(_) => return Err(Bad::Wrong("syntax error: bad substitution".to_owned())),
        }
        Ok(Variable { name, with })
    }

    /// What stands behind `$((`, the closing parentheses included.
    fn sum(&mut self) -> Result<Word, Bad> {
        let (mut parts, mut depth) = (Word::new(), 0);
        while let Some(c) = self.peek() {
            match c {
                ')' if depth == 0 => {
                    if self.takes("))") {
                        return Ok(parts);
                    }
                    return Err(Bad::Wrong("syntax error: missing \"))\"".to_owned()));
                }
                '$' | '`' => {
                    self.substitution(true, &mut parts)?;
                    continue;
                }
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if c != '"' {
                push(&mut parts, &c.to_string(), true);
            }
            self.at += 1;
        }
        Err(unfinished("missing \"))\""))
    }
}

fn rest_of(chars: &[char], from: usize, length: usize) -> String {
    chars[from..from + length].iter().collect()
}
