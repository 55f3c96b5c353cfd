//! `rolldeck demo`: a living fleet to look at and to try things on, without any Kubernetes.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use rolldeck_cluster::connect;
use rolldeck_demo::{CONTEXT, Running, serve};
use tokio::runtime::Runtime;

use super::{Failure, console, duration::timeout, flags::Look, kubeconfig};
use crate::terminal::Signals;

/// How long the cluster may take to end in good order.
const FAREWELL: Duration = Duration::from_secs(2);

const EXAMPLES: &str = "\
Examples:
  rolldeck demo                                    the console on a fleet of a made-up freight company
  rolldeck demo --apps 2000 --pods 50000           the same with many more apps
  rolldeck demo --serve --kubeconfig-out demo.yaml without a screen; then, from another terminal:
  kubectl --kubeconfig demo.yaml get deploy -A
  rolldeck --kubeconfig demo.yaml -A

Nothing of it is real: it listens on loopback alone, touches no cluster, and is gone when it ends.";

/// A living fleet to look at and try things on, without any Kubernetes
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = EXAMPLES)]
pub struct Demo {
    /// How many apps the fleet has
    #[arg(long, value_name = "N")]
    apps: Option<usize>,

    /// How many pods they run in all, up to 50000
    #[arg(long, value_name = "M")]
    pods: Option<usize>,

    /// What chance is drawn from: the same seed makes the same fleet
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// How many small things happen to pods each second, beside the fleet's own life: restarts, lost readiness
    #[arg(long, value_name = "R", default_value_t = 0.0, hide_default_value = true)]
    churn: f64,

    /// Listen on this port of loopback, instead of a free one
    #[arg(long, value_name = "P", default_value_t = 0, hide_default_value = true)]
    port: u16,

    /// Run the cluster without a screen, until it is ended
    #[arg(long, requires = "kubeconfig_out")]
    serve: bool,

    /// Write a kubeconfig for the cluster here
    #[arg(long, value_name = "FILE")]
    kubeconfig_out: Option<PathBuf>,

    /// Start with the cluster's time standing still; POST /demo/clock moves it
    #[arg(long, requires = "serve")]
    paused: bool,

    /// The namespaces in view, separated by commas, instead of all
    #[arg(short, long = "namespace", value_name = "A,B", value_delimiter = ',', conflicts_with = "serve")]
    namespaces: Vec<String>,

    /// How long one request may take: 30s, 1m30s; 0 is no limit of its own
    #[arg(long, value_name = "TIME", value_parser = timeout, conflicts_with = "serve")]
    request_timeout: Option<Duration>,

    /// Write nothing, whatever is pressed
    #[arg(long, conflicts_with = "serve")]
    readonly: bool,

    #[command(flatten)]
    look: Look,
}

impl Demo {
    /// Starts the cluster, and opens the console on it, or serves it until a signal comes.
    ///
    /// # Errors
    /// Whatever ends it against the operator's will.
    pub fn run(&self) -> Result<(), Failure> {
        // The cluster has threads of its own, so that it and the console do not wait for each other.
        let runtime = tokio::runtime::Builder::new_multi_thread().thread_name("demo").enable_all().build()?;
        let outcome = if self.serve { self.serve(&runtime) } else { self.open(&runtime) };
        runtime.shutdown_timeout(FAREWELL);
        outcome
    }

    fn open(&self, runtime: &Runtime) -> Result<(), Failure> {
        let config = console::ready(&self.look)?;
        let running = self.start(runtime)?;
        let own;
        let file: &Path = match &self.kubeconfig_out {
            Some(path) => path,
            None => {
                own = tempfile::Builder::new().prefix("rolldeck-demo-").suffix(".yaml").tempfile()?;
                own.path()
            }
        };
        kubeconfig::write(file, &running.kubeconfig)?;
        let outcome = console::open(&self.options(file), config);
        runtime.block_on(running.stop());
        outcome
    }

    fn serve(&self, runtime: &Runtime) -> Result<(), Failure> {
        let Some(path) = &self.kubeconfig_out else { return Ok(()) };
        let mut signals = runtime.block_on(async { Signals::new() })?;
        let running = self.start(runtime)?;
        kubeconfig::write(path, &running.kubeconfig)?;
        // Whoever reads no output is not served worse.
        let _ = tell(&running, path);
        runtime.block_on(async {
            signals.next().await;
            running.stop().await;
        });
        Ok(())
    }

    fn start(&self, runtime: &Runtime) -> Result<Running, Failure> {
        let options = rolldeck_demo::Options {
            apps: self.apps,
            pods: self.pods,
            seed: self.seed,
            churn: self.churn,
            port: self.port,
            paused: self.paused,
        };
        Ok(runtime.block_on(serve(options))?)
    }

    /// The console's, for the demo cluster: all namespaces unless some are named.
    fn options(&self, file: &Path) -> connect::Options {
        let namespaces: Vec<String> = self.namespaces.iter().map(|name| name.trim().to_owned()).collect();
        connect::Options {
            kubeconfig: Some(file.to_owned()),
            context: Some(CONTEXT.to_owned()),
            all_namespaces: namespaces.is_empty(),
            namespaces,
            request_timeout: self.request_timeout.filter(|timeout| !timeout.is_zero()),
            readonly: self.readonly,
            ..connect::Options::default()
        }
    }
}

/// Says where the cluster is and how to use it.
fn tell(running: &Running, path: &Path) -> io::Result<()> {
    let file = path.display();
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "The demo cluster listens on http://{}\nIts kubeconfig is {file}, with the context {CONTEXT}.\n\n  \
         kubectl --kubeconfig {file} get deployments -A\n  rolldeck --kubeconfig {file} -A\n\nctrl-c ends it.",
        running.address
    )?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// A command line of `demo` alone.
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        demo: Demo,
    }

    fn parse(args: &[&str]) -> Result<Demo, clap::Error> {
        Line::try_parse_from([&["demo"], args].concat()).map(|line| line.demo)
    }

    #[test]
    fn all_namespaces_are_in_view_unless_some_are_named() {
        assert!(parse(&[]).unwrap().options(Path::new("/k")).all_namespaces);
        let options = parse(&["-n", "qa, prod"]).unwrap().options(Path::new("/k"));
        assert!(!options.all_namespaces);
        assert_eq!(options.namespaces, ["qa", "prod"]);
        assert_eq!(options.context.as_deref(), Some(CONTEXT));
    }

    #[test]
    fn a_served_cluster_is_told_where_its_kubeconfig_goes() {
        assert!(parse(&["--serve"]).is_err());
        assert!(parse(&["--serve", "--kubeconfig-out", "/k"]).is_ok());
    }

    #[test]
    fn what_is_for_the_console_is_refused_without_one() {
        assert!(parse(&["--serve", "--kubeconfig-out", "/k", "--readonly"]).is_err());
        assert!(parse(&["--paused"]).is_err());
    }
}
