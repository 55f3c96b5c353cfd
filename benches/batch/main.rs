//! How long a rollback of many apps takes from its confirmation to the last accepted patch, beside `kubectl rollout undo` in a
//! shell loop and with `xargs -P8`; and what a batch costs: requests, and bytes of its journal.
//!
//! `cargo bench --bench batch -- --help` tells what can be asked for. Nothing here passes or fails: it prints tables.

mod counted;
mod fleet;
#[path = "../../tests/hand/mod.rs"]
#[expect(dead_code, reason = "shared with tests, which need more of it")]
mod hand;
mod limit;
#[path = "../../tests/hand/load.rs"]
mod load;
mod rounds;

use std::path::PathBuf;

use clap::Parser;

/// What a batch takes and costs, on a real control plane
#[derive(Debug, Parser)]
#[command(bin_name = "cargo bench --bench batch --")]
pub struct Options {
    /// A cluster with the load fleet (tests/cluster/load.py --live); one of its own, whose etcd syncs to disk, where none is named
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,

    /// How many apps are rolled back; repeat it for several tables
    #[arg(long, value_name = "N", default_values_t = [100, 500])]
    apps: Vec<usize>,

    /// Only the batch: neither the loop nor xargs
    #[arg(long)]
    alone: bool,

    /// How often the batch is run; the median is told
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,

    /// Cargo says so; it means nothing here
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let options = Options::parse();
    let most = options.apps.iter().copied().max().unwrap_or(0);
    let own;
    let kubeconfig = match &options.kubeconfig {
        Some(file) => file.clone(),
        None => {
            eprintln!("a control plane of {most} apps starts");
            own = load::Load::start(fleet::fleet_of(most), true).expect("a control plane");
            own.kubeconfig()
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    for &apps in &options.apps {
        let table = runtime.block_on(rounds::table(&options, &kubeconfig, apps));
        println!("{table}");
    }
    println!("{}", limit::table());
}
