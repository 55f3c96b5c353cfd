//! The commands, and the way to each.

use clap::{Parser, Subcommand};

use super::{Failure, console, demo, flags::Flags};

const EXAMPLES: &str = "\
Examples:
  rolldeck                             the current context, its namespace
  rolldeck -A                          every namespace
  rolldeck -n shop,payments            two namespaces, with no right to list them needed
  rolldeck --context qa --readonly     look, and write nothing
  rolldeck --as jane --as-group devs   as another user
  rolldeck demo                        a living fleet to try things on, without any Kubernetes

Files:
  $XDG_CONFIG_HOME/rolldeck/config.toml             theme = \"light\"
  $XDG_CONFIG_HOME/rolldeck/keymaps/default.toml    your keys, row by row over the built-in ones
  $XDG_CONFIG_HOME/rolldeck/themes/NAME.toml        a theme of your own
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
    Demo(demo::Demo),
}

/// Does what the command line asks for.
///
/// # Errors
/// Whatever ends it against the operator's will, in words for the operator.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        None => console::run(&cli.flags),
        Some(Command::Demo(demo)) => demo.run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

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
