//! What the terminal and the configuration are worth.

use std::{env, io::IsTerminal};

use super::Findings;
use crate::{
    cli::{console, flags::Look},
    config,
    terminal::{self, Depth},
};

/// Where the lines of the console begin to fit.
const LEAST: (u16, u16) = (80, 24);

/// Looks at the terminal and at the files of the configuration.
pub fn look(findings: &mut Findings, look: &Look) {
    screen(findings);
    colours(findings);
    let utf8 = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| var(name)).find(|value| !value.is_empty());
    match utf8 {
        Some(locale) if locale.to_lowercase().replace('-', "").contains("utf8") => {
            findings.good("terminal", "characters", format!("UTF-8 ({locale})"));
        }
        locale => findings.lacks(
            "terminal",
            "characters",
            format!("the locale {} is not UTF-8: set LANG=C.UTF-8", locale.as_deref().unwrap_or("is not set, and")),
        ),
    }
    if var("TMUX").is_some() {
        findings.good("terminal", "tmux", "c copies through it where its set-clipboard or allow-passthrough is on");
    }
    match console::configure(look) {
        Ok(_) => findings.good("configuration", "keys and colours", place(config::directory())),
        Err(error) => findings.fail("configuration", "keys and colours", error.to_string()),
    }
    match config::state_directory() {
        Some(_) => findings.good("configuration", "log", place(config::state_directory())),
        None => findings.lacks("configuration", "log", "no home directory: nothing is logged; set HOME"),
    }
}

fn screen(findings: &mut Findings) {
    if !std::io::stdout().is_terminal() {
        findings.lacks("terminal", "size", "the output is no terminal here: the console would not open");
        return;
    }
    match crossterm::terminal::size() {
        Ok((columns, rows)) if columns >= LEAST.0 && rows >= LEAST.1 => {
            findings.good("terminal", "size", format!("{columns}×{rows}"));
        }
        Ok((columns, rows)) => findings.lacks(
            "terminal",
            "size",
            format!("{columns}×{rows}: less than {}×{}, columns are left out", LEAST.0, LEAST.1),
        ),
        Err(error) => findings.lacks("terminal", "size", format!("it does not tell: {error}")),
    }
}

fn colours(findings: &mut Findings) {
    let term = var("TERM").unwrap_or_default();
    if matches!(term.as_str(), "" | "dumb") {
        let said = format!("TERM is \"{term}\": set it to what the terminal is, xterm-256color mostly");
        findings.fail("terminal", "type", said);
        return;
    }
    findings.good("terminal", "type", term);
    let background = if terminal::light_background(var("COLORFGBG").as_deref()) == Some(true) {
        "light"
    } else {
        "dark, as it is taken"
    };
    let depth = match Depth::detect(var) {
        Depth::None => "none: NO_COLOR is set",
        Depth::Sixteen => "16",
        Depth::Indexed => "256",
        Depth::True => "24 bit",
    };
    findings.good("terminal", "colours", format!("{depth}; background {background}"));
}

fn var(name: &str) -> Option<String> {
    env::var(name).ok()
}

fn place(path: Option<std::path::PathBuf>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_else(|| "built in".to_owned())
}
