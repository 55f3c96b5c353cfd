//! rolldeck: a full-screen console that releases and rolls back sets of apps on Kubernetes.

mod cli;
mod config;
mod runtime;
mod terminal;

use std::process::ExitCode;

use cli::Cli;

fn main() -> ExitCode {
    runtime::stage("begin");
    // Fails only where another provider is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let cli = Cli::of_process();
    let (panics, _) = color_eyre::config::HookBuilder::default().into_hooks();
    terminal::install_panic_hook(panics.into_panic_hook());
    match cli::run(&cli) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("rolldeck: {failure}");
            ExitCode::FAILURE
        }
    }
}
