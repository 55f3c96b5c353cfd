//! From a word to the arguments that it means.

use super::{
    glob,
    run::Shell,
    syntax::{Part, Word},
};

impl Shell {
    /// The arguments that a word means: none, one or many.
    pub(super) async fn arguments(&mut self, word: &Word) -> Vec<String> {
        if matches!(word.as_slice(), [Part::Variable(name, _)] | [Part::Text(_, true), Part::Variable(name, _)] if name == "@")
        {
            return self.arguments.get(1..).unwrap_or_default().to_vec();
        }
        // The text so far, the pattern that it is, and whether it stands even where it is empty.
        let (mut text, mut pattern, mut stands) = (String::new(), String::new(), false);
        let mut out = Vec::new();
        for part in word {
            let (value, whole) = match part {
                Part::Text(value, quoted) => {
                    stands |= *quoted;
                    text += value;
                    pattern += &if *quoted { plain(value) } else { value.clone() };
                    continue;
                }
                Part::Variable(name, quoted) => (self.variable(name), *quoted),
                Part::Output(script, quoted) => (Box::pin(self.output(script)).await, *quoted),
            };
            if whole {
                stands = true;
                text += &value;
                pattern += &plain(&value);
                continue;
            }
            let mut words = value.split_whitespace().peekable();
            if value.starts_with(char::is_whitespace) && !text.is_empty() {
                self.finish(&mut out, &mut text, &mut pattern, &mut stands);
            }
            while let Some(word) = words.next() {
                text += word;
                pattern += word;
                if words.peek().is_some() {
                    self.finish(&mut out, &mut text, &mut pattern, &mut stands);
                }
            }
        }
        self.finish(&mut out, &mut text, &mut pattern, &mut stands);
        out
    }

    /// The one text that a word means, without patterns and splitting.
    pub(super) async fn text(&mut self, word: &Word) -> String {
        let mut text = String::new();
        for part in word {
            match part {
                Part::Text(value, _) => text += value,
                Part::Variable(name, _) => text += &self.variable(name),
                Part::Output(script, _) => text += &Box::pin(self.output(script)).await,
            }
        }
        text
    }

    fn finish(&self, out: &mut Vec<String>, text: &mut String, pattern: &mut String, stands: &mut bool) {
        let (text, pattern) = (std::mem::take(text), std::mem::take(pattern));
        let stood = std::mem::take(stands);
        if pattern != plain(&text) && pattern.contains(['*', '?', '[']) {
            let paths = glob::paths(&self.disk, &self.folder, &pattern);
            if !paths.is_empty() {
                out.extend(paths);
                return;
            }
        }
        if !text.is_empty() || stood {
            out.push(text);
        }
    }

    /// The value of a variable; empty where it is not set.
    fn variable(&self, name: &str) -> String {
        match name {
            "?" => self.status.to_string(),
            "$" => "7".to_owned(),
            "0" => self.arguments.first().map_or("sh", String::as_str).to_owned(),
            "#" => self.arguments.len().saturating_sub(1).to_string(),
            name if name.parse::<usize>().is_ok() => {
                name.parse().ok().and_then(|at: usize| self.arguments.get(at)).cloned().unwrap_or_default()
            }
            name => match name.split_once(":-") {
                Some((name, otherwise)) => self
                    .env
                    .get(name)
                    .filter(|value| !value.is_empty())
                    .cloned()
                    .unwrap_or_else(|| otherwise.to_owned()),
                None => self.env.get(name).cloned().unwrap_or_default(),
            },
        }
    }
}

/// A pattern that means exactly this text.
fn plain(text: &str) -> String {
    text.chars().map(|c| if "*?[".contains(c) { format!("[{c}]") } else { c.to_string() }).collect()
}
