//! How fast logs come, beside a reader that throws the same stream away and `kubectl logs`; and what many streams at once take.
//!
//! `cargo bench --bench streams -- --help` tells what can be asked for. Nothing here passes or fails: it prints tables.

mod many;
mod one;
mod pods;
mod reading;

use std::{error::Error, path::PathBuf};

use clap::Parser;

/// What stops a benchmark.
pub type Failure = Box<dyn Error + Send + Sync>;

/// How fast logs are read, on a real node (LOG_SIZE=1Gi tests/cluster/up.sh)
#[derive(Debug, Parser)]
#[command(bin_name = "cargo bench --bench streams --")]
pub struct Options {
    /// A cluster with a node that has the testbed's images
    #[arg(long, value_name = "FILE")]
    kubeconfig: PathBuf,

    /// So many lines, of 100 bytes, in the one container that is read to its end
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    lines: u64,

    /// How often each reader reads them, in turns; the median is told
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,

    /// So many containers that write all the time, followed together
    #[arg(long, value_name = "N", default_value_t = 100)]
    streams: usize,

    /// They are followed for so many seconds
    #[arg(long, value_name = "S", default_value_t = 60)]
    seconds: u64,

    /// Cargo says so; it means nothing here
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if options.rounds > 0 {
        println!("{}", one::table(&runtime, &options)?);
    }
    if options.streams > 0 {
        println!("{}", many::table(&runtime, &options)?);
    }
    Ok(())
}
