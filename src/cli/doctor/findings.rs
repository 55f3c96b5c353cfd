//! What was found, to be said in two ways.

use serde_json::{Value, json};

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// The console works, with something less.
    Lacking,
    /// In the console's way.
    Bad,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `terminal`, `configuration`, `cluster`, `rights`.
    pub about: &'static str,
    /// What was looked at.
    pub what: String,
    /// How it stands.
    pub state: State,
    /// In words, with the way out where something lacks.
    pub said: String,
}

/// All of them, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(pub Vec<Finding>);

impl State {
    fn mark(self) -> char {
        match self {
            Self::Good => '✓',
            Self::Lacking => '!',
            Self::Bad => '✗',
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Lacking => "lacking",
            Self::Bad => "bad",
        }
    }
}

impl Findings {
    /// Notes a finding.
    pub fn note(&mut self, about: &'static str, what: &str, state: State, said: impl Into<String>) {
        self.0.push(Finding { about, what: what.to_owned(), state, said: said.into() });
    }

    /// Notes one that is as it should be.
    pub fn good(&mut self, about: &'static str, what: &str, said: impl Into<String>) {
        self.note(about, what, State::Good, said);
    }

    /// Notes one without which the console works.
    pub fn lacks(&mut self, about: &'static str, what: &str, said: impl Into<String>) {
        self.note(about, what, State::Lacking, said);
    }

    /// Notes one that is in the console's way.
    pub fn fail(&mut self, about: &'static str, what: &str, said: impl Into<String>) {
        self.note(about, what, State::Bad, said);
    }

    /// Whether nothing is in the console's way.
    pub fn sound(&self) -> bool {
        self.0.iter().all(|finding| finding.state != State::Bad)
    }

    /// For people: a heading for each subject, a line for each finding; further lines of one stand below its first.
    pub fn text(&self) -> String {
        let wide = self.0.iter().map(|finding| finding.what.chars().count()).max().unwrap_or(0);
        let (mut out, mut about) = (String::new(), "");
        for finding in &self.0 {
            if finding.about != about {
                about = finding.about;
                out += &format!("{}{about}\n", if out.is_empty() { "" } else { "\n" });
            }
            let said = finding.said.replace('\n', &format!("\n{:1$}", "", wide + 6));
            out += &format!("  {} {:wide$}  {said}\n", finding.state.mark(), finding.what);
        }
        let count = |state| self.0.iter().filter(|finding| finding.state == state).count();
        out + &match (count(State::Bad), count(State::Lacking)) {
            (0, 0) => "\nAll is as it should be.\n".to_owned(),
            (0, lacking) => format!("\nThe console works here; {lacking} lacking.\n"),
            (bad, _) => format!("\n{bad} in the console's way.\n"),
        }
    }

    /// For programs: `{"ok", "findings": [{"about", "what", "state": "good" | "lacking" | "bad", "said"}]}`.
    pub fn json(&self) -> Value {
        let one = |finding: &Finding| json!({ "about": finding.about, "what": finding.what, "state": finding.state.word(), "said": finding.said });
        json!({ "ok": self.sound(), "findings": self.0.iter().map(one).collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Findings {
        let mut findings = Findings::default();
        findings.good("terminal", "colours", "256");
        findings.lacks("cluster", "metrics", "there are none:\ninstall metrics-server");
        findings
    }

    #[test]
    fn findings_stand_below_their_subject_and_wide_ones_are_told_apart() {
        assert_eq!(
            some().text(),
            "terminal\n  ✓ colours  256\n\ncluster\n  ! metrics  there are none:\n             install metrics-server\n\n\
             The console works here; 1 lacking.\n"
        );
    }

    #[test]
    fn only_what_is_in_the_way_spoils_the_whole() {
        let mut findings = some();
        assert!(findings.sound());
        assert_eq!(findings.json()["ok"], true);
        findings.fail("cluster", "connection", "refused");
        assert!(!findings.sound());
        assert_eq!(findings.json()["findings"][2]["state"], "bad");
        assert!(findings.text().ends_with("1 in the console's way.\n"));
    }
}
