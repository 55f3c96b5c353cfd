//! `rolldeck man`: the manual page.

use std::io::{self, Write};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use super::{Cli, Failure};

const EXAMPLES: &str = "\
Examples:
  rolldeck man > /usr/local/share/man/man1/rolldeck.1
  rolldeck man | man -l -";

/// Writes the manual page to standard output
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = EXAMPLES)]
pub struct Manual {}

impl Manual {
    /// Writes it: the program's page, with a section for each command.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub fn run(&self) -> Result<(), Failure> {
        Ok(io::stdout().lock().write_all(&page()?)?)
    }
}

fn page() -> io::Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    let whole = Man::new(command.clone());
    whole.render(&mut page)?;
    for command in command.get_subcommands() {
        section(&mut page, "ROLLDECK", command)?;
    }
    Ok(page)
}

/// A section for a command, and one for each command of its own.
fn section(page: &mut Vec<u8>, above: &str, command: &Command) -> io::Result<()> {
    if command.is_hide_set() {
        return Ok(());
    }
    let title = format!("{above} {}", command.get_name().to_uppercase());
    writeln!(page, ".SH \"{title}\"")?;
    let part = Man::new(command.clone());
    let mut text = Vec::new();
    part.render_description_section(&mut text)?;
    part.render_options_section(&mut text)?;
    part.render_extra_section(&mut text)?;
    // Its sections are parts of this one.
    page.extend_from_slice(String::from_utf8_lossy(&text).replace(".SH ", ".SS ").as_bytes());
    command.get_subcommands().try_for_each(|command| section(page, &title, command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_of_every_command_and_of_files() {
        let page = String::from_utf8(page().unwrap()).unwrap();
        for word in [
            ".TH rolldeck 1",
            "ROLLDECK DEMO",
            "ROLLDECK BATCH",
            "ROLLDECK BATCH RUN",
            "ROLLDECK UNDO",
            "\\-\\-take\\-over",
            "ROLLDECK DOCTOR",
            "kubeconfig",
            "rolldeck.log",
        ] {
            assert!(page.contains(word), "{word}");
        }
    }
}
