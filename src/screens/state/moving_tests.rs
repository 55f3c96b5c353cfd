//! Moving around: the last view, copies, ranges, wide tables, the palette's history and the mouse.

use crate::{
    Click, Command, Effect, Key, Room,
    testing::{Stage, app, keymap},
};

const SMALL: (u16, u16) = (80, 24);

fn copies(stage: &Stage) -> Vec<&str> {
    let copies = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str()),
        _ => None,
    });
    copies.collect()
}

fn remembered(stage: &Stage) -> Vec<&str> {
    let lines = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Remember(line) => Some(line.as_str()),
        _ => None,
    });
    lines.collect()
}

#[test]
fn the_last_view_comes_back_as_it_was_left() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("-").shows("there is no view before this one");
    stage.keys("/").type_text("gateway").keys("enter enter").shows("Pods of qa/deploy/gateway");
    stage.keys("j").shows("▸  gateway-7d9f-00001");
    stage.keys("-").shows("Fleet: 1 of 6 apps");
    stage.keys("-").shows("▸  gateway-7d9f-00001");
    stage.keys("esc").shows("Fleet: 1 of 6 apps");
    stage.keys("-").shows("▸  gateway-7d9f-00001");
    stage.keys("o").shows("App qa/deploy/gateway");
    stage.keys("-").shows("▸  gateway-7d9f-00001");
    stage.keys("-").shows("App qa/deploy/gateway");
    stage.keys("esc esc").shows("Fleet: 1 of 6 apps");
}

#[test]
fn the_palette_goes_away_from_a_plan_and_the_last_view_comes_back_to_it_with_its_edits() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gateway").keys("enter i + +").shows("Release gateway in qa");
    stage.keys(":").type_text("fleet").keys("enter").shows("Fleet: 1 of 6 apps");
    stage.keys("-").shows("Release gateway in qa");
}

#[test]
fn the_help_is_no_last_view_and_other_namespaces_end_the_one_there_was() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("?").shows("Help: Fleet");
    stage.keys("?").keys("-").shows("there is no view before this one");
    stage.keys("enter esc :").type_text("ns qa").keys("enter").shows("ns qa");
    stage.keys("-").shows("there is no view before this one");
}

#[test]
fn views_that_pile_up_are_bounded_and_the_lowest_goes_first() {
    let mut stage = Stage::shop(SMALL);
    for _ in 0..20 {
        stage.keys(":").type_text("pods gateway").keys("enter").shows("Pods of qa/deploy/gateway");
    }
    for _ in 0..12 {
        stage.keys("esc");
    }
    stage.shows("Fleet: 6 apps");
}

#[test]
fn copying_names_what_was_copied_and_refuses_what_a_terminal_would_drop() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gateway").keys("enter c").shows("copied gateway");
    stage.keys("enter c").shows("copied gateway-7d9f-00000");
    assert_eq!(copies(&stage), ["gateway", "gateway-7d9f-00000"]);
    let mut empty = Stage::new(SMALL, &[]);
    empty.keys("c").shows("nothing is under the cursor");
    let long = "x".repeat(60 * 1024);
    let mut huge = Stage::new(SMALL, &[]);
    huge.apply(vec![rolldeck_core::fleet::Object::App(app("qa", &long, "v1", 1).into())]);
    huge.keys("c").shows("too long to be copied");
    assert!(copies(&empty).is_empty() && copies(&huge).is_empty());
}

#[test]
fn a_range_is_marked_from_the_last_mark_to_the_cursor_in_both_directions() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("g space j ctrl-space").shows("2 more apps marked").shows("3 marked");
    stage.keys("ctrl-\\ G space k k ctrl-space").shows("3 marked");
    stage.keys("ctrl-\\ ctrl-space").shows("1 marked");
}

#[test]
fn what_was_entered_comes_back_with_up_on_the_empty_line() {
    let mut stage = Stage::shop(SMALL);
    stage.state.recall(vec!["ns old".to_owned()]);
    stage.keys(":").type_text("pods gateway").keys("enter :").type_text("fleet").keys("enter");
    stage.keys(": up").shows(":fleet");
    stage.keys("up").shows(":pods gateway");
    stage.keys("up").shows(":ns old");
    stage.keys("up").shows(":ns old");
    stage.keys("down down").shows(":fleet");
    stage.keys("down").hides(":fleet");
    stage.keys("up up enter").shows("Pods of qa/deploy/gateway");
    assert_eq!(remembered(&stage), ["pods gateway", "fleet", "pods gateway"]);
}

#[test]
fn a_line_that_cannot_be_followed_stays_and_is_not_remembered() {
    let mut stage = Stage::shop(SMALL);
    stage.keys(":").type_text("pods gatewai").keys("enter");
    stage.shows("no app gatewai is in view; did you mean gateway?").shows(":pods gatewai");
    assert!(remembered(&stage).is_empty());
    stage.keys("backspace y enter").shows("Pods of qa/deploy/gateway");
}

#[test]
fn a_command_is_run_from_the_palette_by_its_name() {
    let mut stage = Stage::shop((160, 50));
    stage.keys(":").type_text("sort-cpu").keys("enter").shows("CPU▼");
    stage.keys(":").type_text("mark-all").keys("enter").shows("6 marked");
    stage.keys(":").type_text("clear").keys("tab enter").hides("6 marked");
}

#[test]
fn a_click_puts_the_cursor_and_a_second_one_soon_after_opens() {
    let mut stage = Stage::shop(SMALL);
    let row = stage.row("gateway");
    stage.mouse(Click::Press, 10, row).shows("▸  gateway").shows("Fleet: 6 apps");
    stage.at(5).mouse(Click::Press, 10, row).shows("Fleet: 6 apps");
    stage.mouse(Click::Press, 10, row).shows("Pods of qa/deploy/gateway");
    stage.mouse(Click::Press, 10, stage.row("gateway-7d9f-00002")).shows("▸  gateway-7d9f-00002");
}

#[test]
fn the_wheel_moves_the_cursor_and_the_text_of_a_page() {
    let mut stage = Stage::shop(SMALL);
    stage.mouse(Click::WheelDown, 5, 5).keys("c");
    stage.mouse(Click::WheelUp, 5, 5).keys("c");
    let names = copies(&stage);
    assert_ne!(names[0], names[1]);
    let top = stage.keys("?").text();
    assert_ne!(stage.mouse(Click::WheelDown, 5, 5).text(), top);
    assert_eq!(stage.mouse(Click::WheelUp, 5, 5).text(), top);
}

#[test]
fn a_click_on_a_heading_sorts() {
    let mut stage = Stage::shop((160, 50));
    let row = stage.row("NAMESPACE");
    let column = stage.text().lines().nth(row.into()).and_then(|line| line.find("NAMESPACE")).expect("it") as u16;
    stage.mouse(Click::Press, column + 1, row).shows("NAMESPACE▼");
    stage.mouse(Click::Press, column + 1, row).shows("NAMESPACE▲");
}

#[test]
fn a_click_while_the_filter_is_typed_keeps_it_and_puts_the_cursor() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("qa").shows("3 of 6 match");
    stage.mouse(Click::Press, 10, stage.row("orders")).shows("▸  orders");
    stage.keys("enter").shows("Pods of qa/deploy/orders");
}

#[test]
fn a_click_on_a_candidate_goes_there_and_one_elsewhere_closes_the_palette() {
    let mut stage = Stage::shop(SMALL);
    stage.keys(":").type_text("pods gate");
    stage.mouse(Click::Press, 5, 3).hides(":pods gate").shows("Fleet: 6 apps");
    stage.keys(":").type_text("pods gate");
    stage.mouse(Click::Press, 5, stage.row("   pods gateway")).shows("Pods of qa/deploy/gateway");
}

#[test]
fn no_click_confirms_a_write() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("g i");
    for row in 0..24 {
        for column in (0..80).step_by(2) {
            stage.mouse(Click::Press, column, row).mouse(Click::Press, column, row);
        }
    }
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Batch(crate::BatchEffect::Start(_)))));
}

#[test]
fn one_key_never_writes_on_one_screen_and_is_harmless_on_another() {
    let keymap = keymap();
    for room in Room::ALL {
        for row in keymap.rows.iter().filter(|row| row.run.writes()) {
            for key in row.keys.iter().filter(|key| **key != "s".parse::<Key>().expect("a key")) {
                let Some(here) = keymap.command(room, *key) else { continue };
                // On a plan it goes to the last question, which is answered apart; in logs it saves, as in k9s.
                let asks = (row.run, here) == (Command::Confirm, Command::Download);
                assert!(here.writes() || asks, "{key} is {} on {} and {here} on {room}", row.run, row.on);
            }
        }
    }
}

#[test]
fn shift_and_a_letter_sorts_and_never_writes() {
    // The port's key is that of k9s.
    let moves = [Command::Bottom, Command::Prior, Command::Forward];
    for row in &keymap().rows {
        for key in &row.keys {
            let shifted = matches!(key.code, crate::Code::Char(c) if c.is_uppercase());
            assert!(!shifted || row.run.sorts() || moves.contains(&row.run), "{key} is {} on {}", row.run, row.on);
        }
    }
}

#[test]
fn ctrl_d_means_nothing_anywhere() {
    for room in Room::ALL {
        assert_eq!(keymap().command(room, "ctrl-d".parse().expect("a key")), None, "{room}");
    }
}

#[test]
fn fingers_of_k9s_find_their_keys() {
    let keymap = keymap();
    for (key, command) in [
        ("j", Command::Down),
        ("k", Command::Up),
        ("g", Command::Top),
        ("G", Command::Bottom),
        ("ctrl-f", Command::PageDown),
        ("ctrl-b", Command::PageUp),
        ("esc", Command::Back),
        (":", Command::Palette),
        ("?", Command::Help),
        ("/", Command::Filter),
        ("enter", Command::Open),
        ("space", Command::Mark),
        ("ctrl-space", Command::MarkRange),
        ("ctrl-\\", Command::ClearMarks),
        ("-", Command::LastView),
        ("c", Command::Copy),
        ("0", Command::AllNamespaces),
        ("ctrl-w", Command::Wide),
    ] {
        assert_eq!(keymap.command(Room::Fleet, key.parse().expect("a key")), Some(command), "{key}");
    }
}
#[test]
fn every_command_has_a_key_somewhere() {
    let keymap = keymap();
    for command in Command::ALL {
        assert!(keymap.rows.iter().any(|row| row.run == *command), "no row of keymaps/default.toml runs {command}");
    }
}
