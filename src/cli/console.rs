//! The console: what the program is without a command.

use std::{env, path::PathBuf};

use rolldeck_cluster::connect::{Options, connect};

use super::{
    Failure,
    flags::{Flags, Look},
};
use crate::{
    config::{self, Choice, Config},
    runtime::{self, Console},
    terminal::{self, Depth, Session},
};

/// Opens the console on the cluster that the flags name.
///
/// # Errors
/// Whatever ends it against the operator's will.
pub fn run(flags: &Flags) -> Result<(), Failure> {
    let config = ready(&flags.look)?;
    open(&flags.options(), config)
}

/// Everything that can fail before anything is connected: there is a terminal, and the configuration can be understood.
///
/// # Errors
/// What is wrong with either.
pub fn ready(look: &Look) -> Result<Config, Failure> {
    Session::check()?;
    configure(look)
}

/// Connects, and opens the console. Everything that can fail is tried before the screen opens.
///
/// # Errors
/// Whatever ends it against the operator's will.
pub fn open(options: &Options, config: Config) -> Result<(), Failure> {
    let _log =
        config::state_directory().and_then(|place| runtime::log(&place, env::var("ROLLDECK_LOG").ok().as_deref()).ok());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        runtime::stage("configured");
        let (guards, files_when_readonly) = (config.guards.clone(), config.files_when_readonly);
        let options = Options { guards, files_when_readonly, ..options.clone() };
        let connected = connect(&options).await?;
        runtime::stage("connected: TLS, version, who we are");
        Console::open(connected, options, config)?.run().await?;
        Ok(())
    });
    // A credential plugin that hangs in a blocking thread must not hold the program.
    runtime.shutdown_background();
    outcome
}

/// The configuration, fitted to the terminal.
///
/// # Errors
/// What is wrong with a file of it.
pub fn configure(look: &Look) -> Result<Config, Failure> {
    let var = |name: &str| env::var(name).ok();
    let depth = Depth::detect(var);
    let choice = Choice {
        theme: look.theme.clone(),
        keymap: look.keymap.clone(),
        light: terminal::light_background(var("COLORFGBG").as_deref()),
        few: depth == Depth::Sixteen,
    };
    let place = config::directory().unwrap_or_else(|| PathBuf::from("rolldeck"));
    let mut config = Config::load(&place, &choice)?;
    config.theme = depth.fit(config.theme);
    config.light = config.light.filter(|_| depth != Depth::None).map(|theme| depth.fit(theme));
    Ok(config)
}
