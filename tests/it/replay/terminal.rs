//! The terminal is as it was, whichever way the program ends.

use super::{open, server::Server, wait_fleet};
use crate::support::{Home, Launch};

#[test]
fn quitting_by_the_key_restores_it() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    assert!(console.screen().alternate, "a full screen of its own");
    console.quit();
}

fn ended_by(signal: &str) {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    console.signal(signal);
    console.wait_end().assert_restored();
}

#[test]
fn sigterm_restores_it() {
    ended_by("TERM");
}

#[test]
fn sighup_restores_it() {
    ended_by("HUP");
}

#[test]
fn an_idle_screen_is_not_painted_again() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    // A key that means nothing here is answered by nothing; by then everything before it has been drawn.
    let quiet = |console: &crate::support::Console| {
        let before = console.bytes();
        std::thread::park_timeout(std::time::Duration::from_secs(3));
        console.bytes() == before
    };
    crate::support::until(std::time::Duration::from_secs(60), "three seconds without a byte", || {
        match quiet(&console) {
            true => Ok(()),
            false => Err("still painting".to_owned()),
        }
    });
    console.quit();
}

#[test]
fn help_lists_the_keys_and_esc_leaves_it() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    console.key("?");
    console.wait_text("mark all that the filter shows");
    console.key("esc");
    wait_fleet(&mut console);
    console.quit();
}

#[test]
fn a_panic_restores_it_and_is_told() {
    let (server, home) = (Server::recorded(), Home::new());
    let file = home.kubeconfig(&server.cluster(), "token: t");
    let mut console = Launch::new(&home).kubeconfig(&file).args(["-A"]).env("ROLLDECK_TEST_PANIC", "1").start();
    wait_fleet(&mut console);
    console.keys("\x1b[24~");
    let ended = console.wait_end();
    ended.assert_restored();
    assert_ne!(ended.status.exit_code(), 0);
    assert!(ended.stderr.contains("as a test asked for"), "{}", ended.stderr);
}

/// A press of the first button and its release, as a terminal sends them; column and row from 1.
fn click(console: &mut crate::support::Console, column: usize, row: usize) {
    console.keys(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
}

#[test]
fn the_mouse_puts_the_cursor_and_opens_and_is_given_back() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    assert!(console.screen().mouse);
    let row = console.screen().lines.iter().rposition(|line| line.contains("Healthy")).expect("an app") + 1;
    click(&mut console, 10, row);
    console.wait_for("the cursor on the line", |screen| screen.lines[row - 1].starts_with('▸'));
    click(&mut console, 10, row);
    click(&mut console, 10, row);
    console.wait_text("Pods of ");
    console.quit();
}

#[test]
fn a_mouse_that_is_switched_off_is_never_asked_for() {
    let (server, home) = (Server::recorded(), Home::new());
    home.file(".config/rolldeck/config.toml", "mouse = false\n");
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    assert!(!console.screen().mouse);
    console.quit();
}

#[test]
fn what_was_entered_into_the_palette_comes_back_in_the_next_run() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    console.keys(":help\r");
    console.wait_text("Help: Fleet");
    console.quit();
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    console.keys(":");
    console.key("up");
    console.wait_text(":help");
    console.key("esc");
    console.wait_for("the palette closed", |screen| !screen.has(":help"));
    console.quit();
}
