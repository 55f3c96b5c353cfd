//! rolldeck: a full-screen console that releases and rolls back sets of apps on Kubernetes.

mod cli;
mod config;
mod runtime;
mod terminal;

use std::{env, path::PathBuf, process::ExitCode};

use clap::Parser;
use cli::Flags;
use config::{Choice, Config};
use rolldeck_cluster::connect::connect;
use runtime::Console;
use terminal::{Depth, Session};

/// What ends the program before or after the screen, ready for the operator to read.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    // Fails only where another provider is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let flags = Flags::parse();
    let (panics, _) = color_eyre::config::HookBuilder::default().into_hooks();
    terminal::install_panic_hook(panics.into_panic_hook());
    match run(&flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("rolldeck: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that can fail is tried before the screen opens.
fn run(flags: &Flags) -> Result<(), Failure> {
    Session::check()?;
    let config = configure(flags)?;
    let _log =
        config::state_directory().and_then(|place| runtime::log(&place, env::var("ROLLDECK_LOG").ok().as_deref()).ok());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let (cluster, writer) = connect(&flags.options()).await?;
        Console::open(cluster, writer, config)?.run().await?;
        Ok(())
    });
    // A credential plugin that hangs in a blocking thread must not hold the program.
    runtime.shutdown_background();
    outcome
}

fn configure(flags: &Flags) -> Result<Config, Failure> {
    let var = |name: &str| env::var(name).ok();
    let choice = Choice {
        theme: flags.theme.clone(),
        keymap: flags.keymap.clone(),
        light: terminal::light_background(var("COLORFGBG").as_deref()),
    };
    let place = config::directory().unwrap_or_else(|| PathBuf::from("rolldeck"));
    let mut config = Config::load(&place, &choice)?;
    config.theme = Depth::detect(var).fit(config.theme);
    Ok(config)
}
