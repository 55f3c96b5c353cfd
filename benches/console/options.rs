//! What is asked for.

use std::{path::PathBuf, time::Duration};

use clap::Parser;
use regex::Regex;

/// Measures a console in a pseudo-terminal against clusters of several sizes.
#[derive(Parser)]
#[command(
    name = "console",
    after_help = "\
Another program by the same script, for a table of peers:
  cargo bench --bench console -- --real 10000 --program k9s --args '-A -c pods' --first 'load-' --complete 'Pods\\(all\\)\\[10000\\]' --leave ':q\\r'"
)]
pub struct Options {
    /// Pods of each demo cluster to measure against
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    pub demo: Vec<usize>,

    /// Pods of each real API server to measure against; needs what tests/cluster/README.md names
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    pub real: Vec<usize>,

    /// The program to measure, instead of rolldeck's release build
    #[arg(long, value_name = "FILE")]
    pub program: Option<PathBuf>,

    /// Its arguments; the kubeconfig reaches it as $KUBECONFIG
    #[arg(long, default_value = "-A")]
    pub args: String,

    /// What the screen shows once the first rows are there: a regular expression over a line
    #[arg(long, default_value = r"^..?.?\S+ .* \d+/\d+ ")]
    pub first: Regex,

    /// What the screen shows once the list is complete
    #[arg(long, default_value = "^ ?live")]
    pub complete: Regex,

    /// The keys that leave the program
    #[arg(long, default_value = "\u{3}")]
    pub leave: String,

    /// Starts of each kind, of which the median counts
    #[arg(long, default_value_t = 3)]
    pub starts: usize,

    /// Seconds for which an idle program, or one in churn, is watched
    #[arg(long, default_value_t = 60)]
    pub watch: u64,

    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// rolldeck's own release build: the demo clusters are its.
    pub fn rolldeck(&self) -> PathBuf {
        env!("CARGO_BIN_EXE_rolldeck").into()
    }

    /// What is measured.
    pub fn measured(&self) -> PathBuf {
        self.program.clone().unwrap_or_else(|| self.rolldeck())
    }

    /// For how long it is watched.
    pub fn watch(&self) -> Duration {
        Duration::from_secs(self.watch)
    }
}
