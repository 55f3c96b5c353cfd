//! Links that break, fall silent and come back: a state on the screen, never an exit or an empty table.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use super::{
    open,
    server::{Answer, Request, Server},
    wait_fleet,
};
use crate::support::{Home, Screen, until};

fn stale(screen: &Screen) -> bool {
    screen.lines.join("\n").to_lowercase().contains("stale since") && screen.row(&["web", "v1.1.0"]).is_some()
}

fn live(screen: &Screen) -> bool {
    !screen.lines.join("\n").to_lowercase().contains("stale") && screen.row(&["web", "v1.1.0"]).is_some()
}

#[test]
fn a_server_that_is_gone_shows_as_stale_and_comes_back_to_live() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    server.stop();
    console.wait_within(Duration::from_secs(20), "stale, with the rows still there", stale);
    server.start_again();
    console.wait_for("live without a key", live);
    console.quit();
}

#[test]
fn a_silent_link_shows_as_stale_within_twenty_seconds() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    server.freeze(true);
    console.wait_within(Duration::from_secs(20), "stale, with the rows still there", stale);
    server.freeze(false);
    console.wait_for("live without a key", live);
    console.quit();
}

#[test]
fn streams_that_end_are_resumed() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    let watches =
        |path: &str| server.asked().iter().filter(|line| line.contains(path) && line.contains("watch=")).count();
    let before = watches("/pods?");
    server.cut();
    until(Duration::from_secs(30), "a new watch of pods", || match watches("/pods?") > before {
        true => Ok(()),
        false => Err("none yet".to_owned()),
    });
    console.wait_for("live", live);
    console.quit();
}

#[test]
fn a_version_that_is_gone_is_listed_again() {
    // The server has forgotten the version from which the watch of Deployments resumes; with initial events it starts over.
    static GONE: AtomicUsize = AtomicUsize::new(0);
    let rule = |request: &Request| {
        if request.path.ends_with("/deployments") && request.watch() && !request.initial_events() {
            GONE.fetch_add(1, Ordering::Relaxed);
            return Answer::Status(410, "Expired", "too old resource version: 1 (2)".to_owned());
        }
        Answer::Recorded
    };
    let (server, home) = (Server::new(rule), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    server.cut();
    until(Duration::from_secs(30), "a watch that resumes", || match GONE.load(Ordering::Relaxed) {
        0 => Err("none yet".to_owned()),
        _ => Ok(()),
    });
    console.wait_for("live", live);
    console.quit();
}

#[test]
fn a_connection_that_is_cut_within_a_list_is_tried_again() {
    static CUTS: AtomicUsize = AtomicUsize::new(0);
    let rule =
        |request: &Request| match request.path.ends_with("/deployments") && CUTS.fetch_add(1, Ordering::Relaxed) < 2 {
            true => Answer::Cut,
            false => Answer::Recorded,
        };
    let (server, home) = (Server::new(rule), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    console.wait_for("live", live);
    console.quit();
}
