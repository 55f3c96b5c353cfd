//! How fast and how light the console is, measured from outside: the release binary in a pseudo-terminal of 180×50, against real
//! API servers and demo clusters of several sizes.
//!
//! `cargo bench --bench console -- --help` tells what can be asked for. Nothing here passes or fails: it prints tables.

mod clusters;
mod drive;
mod options;
mod plain;
mod process;
mod proxy;
mod pty;
mod report;
mod scenes;

use clap::Parser;

/// What ends a benchmark, ready to be read.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let options = options::Options::parse();
    let mut report = report::Report::default();
    for &pods in &options.demo {
        eprintln!("demo cluster of {pods} pods");
        let cluster = clusters::Demo::start(&options.rolldeck(), pods, 0)?;
        scenes::still(&options, &mut report, &cluster)?;
        drop(cluster);
        for rate in [50, 1000] {
            let cluster = clusters::Demo::start(&options.rolldeck(), pods, rate)?;
            scenes::churning(&options, &mut report, &cluster, rate)?;
        }
    }
    for &pods in &options.real {
        eprintln!("API server of {pods} pods");
        let mut cluster = clusters::Real::start(pods)?;
        scenes::still(&options, &mut report, &cluster)?;
        cluster.churn(50)?;
        scenes::churning(&options, &mut report, &cluster, 50)?;
    }
    print!("{report}");
    Ok(())
}
