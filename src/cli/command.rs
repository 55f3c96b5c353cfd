//! The commands, and the way to each.

use std::{env, path::Path, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use super::{
    Failure, batch::Batch, completions::Completions, console, demo, doctor::Doctor, flags::Flags, logs::Logs,
    man::Manual, undo::Undo,
};

const EXAMPLES: &str = "\
Examples:
  rolldeck                             the current context, its namespace
  rolldeck -A                          every namespace
  rolldeck -n shop,payments            two namespaces, with no right to list them needed
  rolldeck --context qa --readonly     look, and write nothing
  rolldeck --as jane --as-group devs   as another user
  rolldeck batch run release.yaml      a release without a screen; list, show, resume and revert as well
  rolldeck undo --to 14:05 -n shop     a namespace's apps, as they were then
  rolldeck logs gateway -f             the logs of an app's pods in one order, as they come and go
  rolldeck demo                        a living fleet to try things on, without any Kubernetes
  rolldeck doctor                      what the console would meet here: rights, versions, metrics, terminal
  kubectl rolldeck                     the same program, where a link kubectl-rolldeck to it is on the PATH

Files:
  $XDG_CONFIG_HOME/rolldeck/config.toml             theme = \"light\", keymap = \"vim\", mouse = false, [[guard]] rules
  $XDG_CONFIG_HOME/rolldeck/keymaps/default.toml    your keys, row by row over the built-in ones
  $XDG_CONFIG_HOME/rolldeck/themes/NAME.toml        a theme of your own
  $XDG_STATE_HOME/rolldeck/history                  what was entered after :
  $XDG_STATE_HOME/rolldeck/rolldeck.log             what happened; ROLLDECK_LOG=debug says more

Press ? on any screen for its keys.";

/// Sees every app of a cluster live, and releases or rolls back a marked set of them as one recorded operation.
#[derive(Clone, Debug, PartialEq, Parser)]
#[command(name = "rolldeck", version, about, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do; without a command, the console opens.
    #[command(subcommand)]
    command: Option<Command>,

    /// What the console is told.
    #[command(flatten)]
    pub flags: Flags,
}

/// What is done instead of opening the console on a cluster.
#[derive(Clone, Debug, PartialEq, Subcommand)]
enum Command {
    Batch(Batch),
    Undo(Undo),
    Logs(Logs),
    Demo(demo::Demo),
    Doctor(Doctor),
    Completions(Completions),
    Man(Manual),
}

impl Cli {
    /// Reads the command line; ends the program where it cannot be understood or asks for help.
    ///
    /// Called by the name of a kubectl plugin, `kubectl-rolldeck`, the help names it as kubectl runs it.
    pub fn of_process() -> Self {
        let mut args = env::args_os();
        let plugin = args.next().is_some_and(|program| is_plugin(Path::new(&program)));
        let name = if plugin { "kubectl rolldeck" } else { "rolldeck" };
        let matches = Self::command().no_binary_name(true).bin_name(name).get_matches_from(args);
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

fn is_plugin(program: &Path) -> bool {
    program.file_stem().is_some_and(|name| name == "kubectl-rolldeck")
}

/// Does what the command line asks for.
///
/// # Errors
/// Whatever ends it against the operator's will, in words for the operator.
pub fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    match &cli.command {
        None => console::run(&cli.flags)?,
        Some(Command::Batch(batch)) => return batch.run(),
        Some(Command::Undo(undo)) => return undo.run(),
        Some(Command::Logs(logs)) => return logs.run(),
        Some(Command::Demo(demo)) => demo.run()?,
        Some(Command::Doctor(doctor)) => return doctor.run(),
        Some(Command::Completions(completions)) => completions.run()?,
        Some(Command::Man(manual)) => manual.run()?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_kubectl_plugin_is_known() {
        assert!(is_plugin(Path::new("/usr/local/bin/kubectl-rolldeck")));
        assert!(!is_plugin(Path::new("/usr/local/bin/rolldeck")));
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_is_the_console() {
        assert_eq!(Cli::try_parse_from(["rolldeck", "-A"]).unwrap().command, None);
    }

    #[test]
    fn flags_before_a_command_that_has_its_own_are_refused_and_not_lost() {
        assert!(Cli::try_parse_from(["rolldeck", "-n", "shop", "demo"]).is_err());
        assert!(Cli::try_parse_from(["rolldeck", "demo", "-n", "shop"]).is_ok());
    }
}
