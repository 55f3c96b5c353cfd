//! `rolldeck completions`: what a shell completes.

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Cli, Failure};

const EXAMPLES: &str = "\
Examples:
  source <(rolldeck completions bash)
  rolldeck completions zsh > ~/.zfunc/_rolldeck
  rolldeck completions fish > ~/.config/fish/completions/rolldeck.fish";

/// Writes the completions for a shell to standard output
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = EXAMPLES)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Writes them.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub fn run(&self) -> Result<(), Failure> {
        Ok(io::stdout().lock().write_all(&self.text())?)
    }

    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        generate(self.shell, &mut Cli::command(), "rolldeck", &mut text);
        text
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_completes_commands_and_flags() {
        for shell in Shell::value_variants() {
            let text = String::from_utf8(Completions { shell: *shell }.text()).unwrap();
            for word in ["demo", "doctor", "undo", "revert", "kubeconfig", "readonly", "dry-run"] {
                assert!(text.contains(word), "{shell}: {word}");
            }
        }
    }
}
