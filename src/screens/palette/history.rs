//! What was entered, newest last, each line once.

use rolldeck_core::text::Clean;

/// So many lines are kept.
const MOST: usize = 100;

/// The lines entered so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History(Vec<String>);

impl History {
    /// Of lines from an earlier run, oldest first. They come from a file: they are made harmless, and the newest are kept.
    pub(crate) fn new(lines: impl IntoIterator<Item = String>) -> Self {
        let mut history = Self::default();
        lines.into_iter().for_each(|line| history.add(&Clean::new(line.trim())));
        history
    }

    /// Takes a line. One that was there already becomes the newest.
    pub(crate) fn add(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        self.0.retain(|known| known != line);
        self.0.push(line.to_owned());
        let extra = self.0.len().saturating_sub(MOST);
        self.0.drain(..extra);
    }

    /// The nth line, from the newest.
    pub(crate) fn nth(&self, n: usize) -> Option<&str> {
        self.0.iter().rev().nth(n).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_kept_once_the_newest_last_and_no_more_than_fit() {
        let mut history = History::new((0..MOST + 5).map(|n| format!("pods app-{n}")));
        history.add("pods app-50");
        history.add("");
        assert_eq!(history.0.len(), MOST);
        assert_eq!([history.nth(0), history.nth(1)], [Some("pods app-50"), Some("pods app-104")]);
        assert_eq!(history.nth(MOST), None);
    }

    #[test]
    fn a_line_of_a_file_is_made_harmless() {
        assert_eq!(History::new(["ns \u{1b}[2Jqa ".to_owned()]).nth(0), Some("ns ␛[2Jqa"));
    }
}
