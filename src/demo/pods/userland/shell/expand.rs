//! From a word to the arguments that it means.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    glob,
    io::{Fd, Sink},
    run::Shell,
    sum,
    syntax::{List, Part, Variable, Word},
};

/// What a word has become so far.
#[derive(Default)]
struct Growing {
    out: Vec<String>,
    text: String,
    /// The same as a pattern: what was quoted means itself.
    pattern: String,
    /// It stands even where it is empty.
    stands: bool,
}

impl Growing {
    fn plain(&mut self, text: &str) {
        self.text += text;
        self.pattern += &plain(text);
    }

    fn finish(&mut self, shell: &Shell) {
        let (text, pattern) = (std::mem::take(&mut self.text), std::mem::take(&mut self.pattern));
        let stood = std::mem::take(&mut self.stands);
        if pattern != plain(&text) && pattern.contains(['*', '?', '[']) {
            let paths = glob::paths(&shell.disk, &shell.folder, &pattern);
            if !paths.is_empty() {
                self.out.extend(paths);
                return;
            }
        }
        if !text.is_empty() || stood {
            self.out.push(text);
        }
    }
}

impl Shell {
    /// The arguments that a word means: none, one or many.
    pub(super) async fn arguments(&mut self, word: &Word) -> Vec<String> {
        let mut growing = Growing::default();
        for part in word {
            match part {
                Part::Text(text, true) => {
                    growing.stands = true;
                    growing.plain(text);
                }
                Part::Text(text, false) => {
                    growing.text += text;
                    growing.pattern += text;
                }
                Part::Variable(Variable { name, with: None }, true) if name == "@" => {
                    for (at, argument) in self.arguments.clone().iter().skip(1).enumerate() {
                        if at > 0 {
                            growing.finish(self);
                        }
                        growing.stands = true;
                        growing.plain(argument);
                    }
                    // `"$@"` without arguments is no word at all.
                    growing.stands = growing.stands && self.arguments.len() > 1 || !growing.text.is_empty();
                }
                part => {
                    let (value, whole) = self.value(part).await;
                    if whole {
                        growing.stands = true;
                        growing.plain(&value);
                        continue;
                    }
                    let split = self.env.get("IFS").is_none_or(|between| !between.is_empty());
                    let separators = |c: char| split && c.is_whitespace();
                    if value.starts_with(separators) && !growing.text.is_empty() {
                        growing.finish(self);
                    }
                    let mut words = value.split(separators).filter(|word| !word.is_empty()).peekable();
                    while let Some(word) = words.next() {
                        growing.text += word;
                        growing.pattern += word;
                        if words.peek().is_some() {
                            growing.finish(self);
                        }
                    }
                    if value.ends_with(separators) && !growing.text.is_empty() {
                        growing.finish(self);
                    }
                }
            }
        }
        growing.finish(self);
        growing.out
    }

    /// The one text that a word means, without patterns and splitting.
    pub(super) async fn text(&mut self, word: &Word) -> String {
        let mut text = String::new();
        for part in word {
            text += &match part {
                Part::Text(value, _) => value.clone(),
                part => self.value(part).await.0,
            };
        }
        text
    }

    /// The pattern that a word means.
    pub(super) async fn pattern(&mut self, word: &Word) -> String {
        let mut pattern = String::new();
        for part in word {
            pattern += &match part {
                Part::Text(value, true) => plain(value),
                Part::Text(value, false) => value.clone(),
                part => {
                    let (value, whole) = self.value(part).await;
                    if whole { plain(&value) } else { value }
                }
            };
        }
        pattern
    }

    /// What a part stands for, and whether it stays one word.
    async fn value(&mut self, part: &Part) -> (String, bool) {
        match part {
            Part::Text(value, quoted) => (value.clone(), *quoted),
            Part::Variable(variable, quoted) => (Box::pin(self.variable(variable)).await, *quoted),
            Part::Output(list, quoted) => (Box::pin(self.output(list)).await, *quoted),
            Part::Sum(word, quoted) => {
                let text = Box::pin(self.text(word)).await;
                let value = |name: &str| self.get(name).unwrap_or_default();
                match sum::sum(&text, &value) {
                    Ok(number) => (number.to_string(), *quoted),
                    Err(why) => {
                        self.fail(&format!("arithmetic: {why}")).await;
                        (String::new(), *quoted)
                    }
                }
            }
        }
    }

    /// What commands print, without the line ends behind it.
    async fn output(&mut self, list: &Arc<List>) -> String {
        let held = Arc::new(Mutex::new(Vec::new()));
        let mut inner = self.fork();
        inner.fds.insert(1, Fd::Out(Sink::Captured(Arc::clone(&held))));
        self.substituted = Some(inner.whole(list).await);
        let bytes = std::mem::take(&mut *held.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()
    }

    /// The value of a variable, or nothing where it is not set.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        Some(match name {
            "?" => self.status.to_string(),
            "$" => self.pid.to_string(),
            "!" => self.behind.map(|pid| pid.to_string())?,
            "-" => String::new(),
            "0" => self.arguments.first().map_or("sh", String::as_str).to_owned(),
            "#" => self.arguments.len().saturating_sub(1).to_string(),
            "@" | "*" => self.arguments.get(1..).filter(|all| !all.is_empty())?.join(" "),
            name => match name.parse::<usize>() {
                Ok(at) => self.arguments.get(at)?.clone(),
                Err(_) => self.env.get(name)?.clone(),
            },
        })
    }

    async fn variable(&mut self, Variable { name, with }: &Variable) -> String {
        let value = self.get(name);
        let Some((with, word)) = with else { return value.unwrap_or_default() };
        let full = value.as_ref().is_some_and(|value| !with.starts_with(':') || !value.is_empty());
        match (*with, value) {
            ("len", value) => value.unwrap_or_default().chars().count().to_string(),
            (":-" | "-" | ":=" | "=" | ":?" | "?", Some(value)) if full => value,
            (":-" | "-", _) => self.text(word).await,
            (":=" | "=", _) => {
                let value = self.text(word).await;
                self.env.insert(name.clone(), value.clone());
                value
            }
            (":?" | "?", _) => {
                let why = self.text(word).await;
                let why = if why.is_empty() { "parameter not set".to_owned() } else { why };
                self.fail(&format!("{name}: {why}")).await;
                String::new()
            }
            (":+" | "+", _) => {
                if full {
                    self.text(word).await
                } else {
                    String::new()
                }
            }
            (with, value) => {
                let pattern = self.pattern(word).await;
                glob::trimmed(&value.unwrap_or_default(), &pattern, with.starts_with('#'), with.len() > 1)
            }
        }
    }
}

/// A pattern that means exactly this text.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if "*?[".contains(c) { format!("[{c}]") } else { c.to_string() }).collect()
}
