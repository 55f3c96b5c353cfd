//! Flags, named as kubectl names them.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use rolldeck_cluster::connect::Options;
use rolldeck_core::batch::guard::Guards;

use super::duration::timeout;

/// What the console is told when it starts.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Flags {
    /// The kubeconfig to use, instead of $KUBECONFIG (a list of files) and ~/.kube/config
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,

    /// The kubeconfig's context to use, instead of its current one
    #[arg(long, value_name = "NAME")]
    context: Option<String>,

    /// The namespaces in view, separated by commas, instead of the context's
    #[arg(short, long = "namespace", value_name = "A,B", value_delimiter = ',')]
    namespaces: Vec<String>,

    /// All namespaces, whatever -n says
    #[arg(short = 'A', long)]
    all_namespaces: bool,

    /// The user to act as
    #[arg(long = "as", value_name = "USER")]
    impersonate: Option<String>,

    /// A group to act as; may be repeated
    #[arg(long = "as-group", value_name = "GROUP", requires = "impersonate")]
    impersonate_groups: Vec<String>,

    /// How long one request may take: 30s, 1m30s; 0 is no limit of its own
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    request_timeout: Option<Duration>,

    /// Write nothing, whatever is pressed
    #[arg(long)]
    readonly: bool,

    #[command(flatten)]
    pub look: Look,
}

/// How the console looks and which keys it has, whatever it is connected to.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// The colours: dark, light, high-contrast, colour-blind-safe, 16-colour, or a file of $XDG_CONFIG_HOME/rolldeck/themes by
    /// its name
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,

    /// The keys: default, vim, a file of $XDG_CONFIG_HOME/rolldeck/keymaps by its name, or any file by its path
    #[arg(long, value_name = "NAME|FILE")]
    pub keymap: Option<String>,
}

impl Flags {
    /// What of the flags is for the connection. Guards, and files in read-only mode, are the configuration's to say.
    pub fn options(&self) -> Options {
        Options {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            namespaces: self.namespaces.iter().map(|name| name.trim().to_owned()).filter(|n| !n.is_empty()).collect(),
            all_namespaces: self.all_namespaces,
            impersonate: self.impersonate.clone(),
            impersonate_groups: self.impersonate_groups.clone(),
            request_timeout: self.request_timeout.filter(|timeout| !timeout.is_zero()),
            readonly: self.readonly,
            guards: Guards::default(),
            files_when_readonly: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    fn options(args: &[&str]) -> Options {
        Cli::try_parse_from([&["rolldeck"], args].concat()).unwrap().flags.options()
    }

    #[test]
    fn flags_are_kubectls() {
        let told = options(&[
            "--kubeconfig=/k",
            "--context",
            "qa",
            "-n",
            "a, b",
            "-n",
            "c",
            "--as",
            "jane",
            "--as-group",
            "devs",
            "--as-group",
            "ops",
            "--request-timeout",
            "1m",
            "--readonly",
        ]);
        let wanted = Options {
            kubeconfig: Some("/k".into()),
            context: Some("qa".into()),
            namespaces: vec!["a".into(), "b".into(), "c".into()],
            all_namespaces: false,
            impersonate: Some("jane".into()),
            impersonate_groups: vec!["devs".into(), "ops".into()],
            request_timeout: Some(Duration::from_mins(1)),
            readonly: true,
            ..Options::default()
        };
        assert_eq!(told, wanted);
        assert!(options(&["-A"]).all_namespaces);
        assert_eq!(options(&["--request-timeout=0"]).request_timeout, None);
    }

    #[test]
    fn a_group_without_a_user_is_refused() {
        assert!(Cli::try_parse_from(["rolldeck", "--as-group", "devs"]).is_err());
    }
}
