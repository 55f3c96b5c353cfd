//! `rolldeck doctor`: what the console would meet here, without a screen.

mod checks;
mod findings;
mod terminal;

use std::{io::Write, process::ExitCode};

use clap::{Args, ValueEnum};
pub use findings::{Findings, State};
use rolldeck_cluster::{connect::connect, doctor::examine};

use super::{Failure, flags::Flags};

const EXAMPLES: &str = "\
Examples:
  rolldeck doctor                        the current context
  rolldeck doctor --context qa -n shop   another one, in one namespace
  rolldeck doctor -o json                for a script

It ends with 0 where the console can show the fleet, with 1 where something is in its way. Nothing is written.";

/// Says what the console would meet: the connection, versions, rights, metrics, the terminal
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = EXAMPLES)]
pub struct Doctor {
    /// How to say it
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    output: Output,

    #[command(flatten)]
    flags: Flags,
}

/// How the findings are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Doctor {
    /// Examines, says what was found, and tells by the exit code whether the console can show the fleet.
    ///
    /// # Errors
    /// Where the findings cannot be written.
    pub fn run(&self) -> Result<ExitCode, Failure> {
        let mut findings = Findings::default();
        terminal::look(&mut findings, &self.flags.look);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            match connect(&self.flags.options()).await {
                Err(error) => findings.fail("cluster", "connection", error.to_string()),
                Ok((cluster, _)) => {
                    checks::connection(&mut findings, &cluster);
                    match examine(&cluster).await {
                        Err(error) => findings.fail("cluster", "server", error.to_string()),
                        Ok(examined) => checks::cluster(&mut findings, &examined),
                    }
                }
            }
        });
        runtime.shutdown_background();
        let text = match self.output {
            Output::Text => findings.text(),
            Output::Json => serde_json::to_string_pretty(&findings.json())? + "\n",
        };
        std::io::stdout().lock().write_all(text.as_bytes())?;
        Ok(if findings.sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
