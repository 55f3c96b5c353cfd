//! One start of the program through a link.

use std::{path::PathBuf, time::Duration};

use crate::{
    Failure,
    clusters::Cluster,
    options::Options,
    process,
    proxy::{Proxy, Speed},
    pty::Program,
};

/// How long a fleet may take to be complete.
const PATIENCE: Duration = Duration::from_secs(180);

/// A program that shows a complete fleet.
pub struct Run {
    /// The program.
    pub program: Program,
    /// Its link.
    pub proxy: Proxy,
    /// From the process's start to the first rows.
    pub first: Duration,
    /// From the process's start to the complete list.
    pub complete: Duration,
    /// CPU seconds that this cost the API server.
    pub server: f64,
    home: tempfile::TempDir,
}

impl Run {
    /// Starts it and waits until the fleet is complete.
    pub fn start(options: &Options, cluster: &dyn Cluster, speed: Option<Speed>) -> Result<Self, Failure> {
        let proxy = Proxy::start(cluster.port()?, speed)?;
        let home = tempfile::tempdir()?;
        let kubeconfig = home.path().join("kubeconfig");
        cluster.through(proxy.port, &kubeconfig)?;
        let args: Vec<&str> = options.args.split_whitespace().collect();
        let config = kubeconfig.to_str().ok_or("a path that is no UTF-8")?;
        let env = [("KUBECONFIG", config), ("ROLLDECK_LOG", "off,rolldeck::timing=trace")];
        let before = process::cpu(cluster.server());
        let mut program = Program::start(&options.measured(), &args, home.path(), &env)?;
        let seen = program.seen(&[&options.first, &options.complete], PATIENCE)?;
        let server = process::cpu(cluster.server()) - before;
        Ok(Self { program, proxy, first: seen[0], complete: seen[1], server, home })
    }

    /// Leaves; what rolldeck told of its own times meanwhile: what, and microseconds.
    pub fn leave(self, options: &Options) -> Result<Vec<(String, u64)>, Failure> {
        self.program.leave(&options.leave)?;
        let log: PathBuf = self.home.path().join(".local/state/rolldeck/rolldeck.log");
        let log = std::fs::read_to_string(log).unwrap_or_default();
        Ok(log.lines().filter_map(timing).collect())
    }
}

/// A line of the log: `… rolldeck::timing: key micros=812`.
fn timing(line: &str) -> Option<(String, u64)> {
    let (_, said) = line.split_once("rolldeck::timing: ")?;
    let (what, micros) = said.split_once(" micros=")?;
    Some((what.to_owned(), micros.trim().parse().ok()?))
}
