//! Lists, pipelines and commands.

use std::sync::Arc;

use super::{Bad, Chain, Command, Item, List, Node, Parser, Part, Pipeline, Redirect, To, When, Word};

/// Parses a script.
///
/// # Errors
/// [`Bad`].
pub(in super::super) fn parse(text: &str) -> Result<List, Bad> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, depth: 0 };
    let list = parser.list()?;
    if parser.peek().is_some() {
        return Err(parser.unexpected());
    }
    Ok(list)
}

/// Words that end a list, besides `)` and `;;`.
const ENDS: [&str; 8] = ["then", "elif", "else", "fi", "do", "done", "esac", "}"];

impl Parser {
    /// Commands up to what ends them, which is left.
    pub(super) fn list(&mut self) -> Result<List, Bad> {
        self.deeper(|parser| {
            let mut list = List::new();
            loop {
                parser.lines();
                if parser.peek().is_none() || parser.sees(")") || parser.sees(";;") {
                    return Ok(list);
                }
                if ENDS.contains(&parser.reserved().as_str()) {
                    return Ok(list);
                }
                let chain = parser.chain()?;
                parser.blanks();
                let background = parser.sees("&") && parser.takes("&");
                list.push(Item { chain, background });
                parser.blanks();
                let more = parser.sees(";") && !parser.sees(";;") && parser.takes(";") || background;
                if !more && !parser.sees("\n") {
                    return Ok(list);
                }
            }
        })
    }

    /// A list that does something.
    fn body(&mut self) -> Result<List, Bad> {
        let list = self.list()?;
        if list.is_empty() { Err(self.unexpected()) } else { Ok(list) }
    }

    fn chain(&mut self) -> Result<Chain, Bad> {
        let mut chain = vec![(When::Always, self.pipeline()?)];
        loop {
            self.blanks();
            let when = if self.takes("&&") {
                When::And
            } else if self.takes("||") {
                When::Or
            } else {
                return Ok(chain);
            };
            self.lines();
            chain.push((when, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Result<Pipeline, Bad> {
        let not = self.reserved() == "!" && self.takes("!");
        let mut commands = Vec::new();
        loop {
            self.lines();
            commands.push(self.command()?);
            self.blanks();
            if self.sees("||") || !self.takes("|") {
                return Ok(Pipeline { not, commands });
            }
        }
    }

    fn command(&mut self) -> Result<Command, Bad> {
        self.blanks();
        let node = match self.reserved().as_str() {
            "{" => {
                self.at += 1;
                let list = self.body()?;
                self.expect("}")?;
                Node::Group(list)
            }
            "if" => self.conditions()?,
            word @ ("while" | "until") => {
                self.at += 5;
                let condition = self.body()?;
                self.expect("do")?;
                let list = self.body()?;
                self.expect("done")?;
                Node::While(condition, list, word == "until")
            }
            "for" => self.each()?,
            "case" => self.cases()?,
            word if ENDS.contains(&word) => return Err(self.unexpected()),
            _ if self.takes("(") => {
                let list = self.body()?;
                if !self.takes(")") {
                    return Err(self.unexpected());
                }
                Node::Subshell(list)
            }
            word => return if self.names_function(word) { self.function(word) } else { self.simple() },
        };
        Ok(Command { node, redirects: self.redirects()? })
    }

    fn conditions(&mut self) -> Result<Node, Bad> {
        let (mut arms, mut otherwise) = (Vec::new(), List::new());
        self.at += 2;
        loop {
            let condition = self.body()?;
            self.expect("then")?;
            arms.push((condition, self.body()?));
            match self.reserved().as_str() {
                "elif" => self.at += 4,
                "else" => {
                    self.at += 4;
                    otherwise = self.body()?;
                    break;
                }
                _ => break,
            }
        }
        self.expect("fi")?;
        Ok(Node::If(arms, otherwise))
    }

    fn each(&mut self) -> Result<Node, Bad> {
        self.at += 3;
        self.blanks();
        let name = self.reserved();
        if !is_name(&name) {
            return Err(self.unexpected());
        }
        self.at += name.len();
        self.lines();
        let mut words = None;
        if self.reserved() == "in" {
            self.at += 2;
            let mut all = Vec::new();
            loop {
                self.blanks();
                match self.peek() {
                    None | Some('\n' | ';') => break,
                    _ => all.push(self.word()?),
                }
            }
            words = Some(all);
        }
        self.blanks();
        self.takes(";");
        self.expect("do")?;
        let list = self.body()?;
        self.expect("done")?;
        Ok(Node::For(name, words, list))
    }

    fn cases(&mut self) -> Result<Node, Bad> {
        self.at += 4;
        self.blanks();
        let word = self.word()?;
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.lines();
            if self.reserved() == "esac" {
                self.at += 4;
                return Ok(Node::Case(word, arms));
            }
            self.takes("(");
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                patterns.push(self.word()?);
                self.blanks();
                if !self.takes("|") {
                    break;
                }
            }
            if !self.takes(")") {
                return Err(self.unexpected());
            }
            arms.push((patterns, self.list()?));
            self.lines();
            if !self.takes(";;") && self.reserved() != "esac" {
                return Err(self.unexpected());
            }
        }
    }

    /// Whether `NAME()` comes next.
    fn names_function(&self, name: &str) -> bool {
        let behind: String = self.chars[self.at + name.chars().count()..].iter().take(8).collect();
        is_name(name) && behind.trim_start().strip_prefix('(').is_some_and(|rest| rest.trim_start().starts_with(')'))
    }

    fn function(&mut self, name: &str) -> Result<Command, Bad> {
        self.at += name.len();
        for mark in ["(", ")"] {
            self.blanks();
            self.takes(mark);
        }
        self.lines();
        let body = self.deeper(Self::command)?;
        Ok(Command { node: Node::Function(name.to_owned(), Arc::new(body)), redirects: Vec::new() })
    }

    fn simple(&mut self) -> Result<Command, Bad> {
        let (mut sets, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.extend(redirect);
                continue;
            }
            match self.peek() {
                None => break,
                Some(c) if "\n;|&)".contains(c) => break,
                Some('(') => return Err(self.unexpected()),
                Some(_) => {}
            }
            let word = self.word()?;
            match assignment(&word).filter(|_| words.is_empty()) {
                Some(set) => sets.push(set),
                None => words.push(word),
            }
        }
        if sets.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.unexpected());
        }
        Ok(Command { node: Node::Simple(sets, words), redirects })
    }

    fn redirects(&mut self) -> Result<Vec<Redirect>, Bad> {
        let mut all = Vec::new();
        loop {
            self.blanks();
            match self.redirect()? {
                Some(redirect) => all.extend(redirect),
                None => return Ok(all),
            }
        }
    }

    /// A redirection, if one comes next: two for `&>`.
    fn redirect(&mut self) -> Result<Option<Vec<Redirect>>, Bad> {
        let digits = self.chars[self.at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let both = digits == 0 && self.sees("&>");
        if !both && !matches!(self.chars.get(self.at + digits), Some('<' | '>')) {
            return Ok(None);
        }
        let number: String = self.chars[self.at..self.at + digits].iter().collect();
        self.at += digits;
        if self.sees("<<") {
            return Err(Bad::Wrong("here-documents are not known to this small shell".to_owned()));
        }
        let operators = ["&>", "<&", ">&", ">>", ">|", "<>", "<", ">"];
        let operator = operators.into_iter().find(|operator| self.takes(operator)).unwrap_or(">");
        self.blanks();
        if self.peek().is_none_or(|c| "\n;|&<>()".contains(c)) {
            return Err(self.unexpected());
        }
        let word = self.word()?;
        let usual = if operator.starts_with('<') { 0 } else { 1 };
        let of = number.parse().unwrap_or(usual);
        let to = match operator {
            "<" | "<>" => To::From(word),
            "<&" | ">&" => To::Same(word),
            ">>" => To::File(word, true),
            _ => To::File(word, false),
        };
        let mut all = vec![Redirect { of, to }];
        if both {
            all.push(Redirect { of: 2, to: To::Same(vec![Part::Text("1".to_owned(), false)]) });
        }
        Ok(Some(all))
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `NAME=…`
fn assignment(word: &Word) -> Option<(String, Word)> {
    let [Part::Text(text, false), rest @ ..] = word.as_slice() else { return None };
    let (name, value) = text.split_once('=').filter(|(name, _)| is_name(name))?;
    let mut value = vec![Part::Text(value.to_owned(), true)];
    value.extend_from_slice(rest);
    Some((name.to_owned(), value))
}
