//! Keys to containers and to the console.

use std::sync::Arc;

use rolldeck_core::shell::Size;
use rolldeck_emulator::{Emulator, View};

use super::{SMALL, drawn, shell};
use crate::{
    Click, Effect, Message,
    shell::{Look, ShellEffect, ShellReply},
};

#[test]
fn keys_go_to_the_container_even_those_that_leave_the_console() {
    let mut stage = shell(SMALL);
    stage.sent();
    stage.type_text("ls -l日").keys("enter ctrl-c ctrl-d esc : ? q up f5 alt-b");
    assert_eq!(stage.sent(), "ls -l日\r\x03\x04\x1b:?q\x1b[A\x1b[15~\x1bb");
    stage.message(Message::Paste("a\nb".into()));
    assert_eq!(stage.sent(), "a\rb");
    assert_eq!(stage.effects.iter().filter(|effect| matches!(effect, Effect::Quit)).count(), 0);
}

#[test]
fn a_program_gets_keys_pastes_and_the_mouse_as_it_asked() {
    let mut stage = shell(SMALL);
    stage.told(1, ShellReply::Screen(drawn(SMALL, "\x1b[?1049h\x1b[?1h\x1b[?2004h\x1b[?1000h\x1b[?1006h"), false));
    stage.sent();
    stage.keys("up").message(Message::Paste("x".into()));
    stage.mouse(Click::Press, 4, 5).mouse(Click::Release, 4, 5).mouse(Click::WheelUp, 0, 3);
    assert_eq!(stage.sent(), "\x1bOA\x1b[200~x\x1b[201~\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<64;1;1M");
}

#[test]
fn the_prefix_makes_the_next_key_the_consoles_and_twice_goes_through() {
    let mut stage = shell(SMALL);
    stage.sent();
    stage.keys("ctrl-] ctrl-]");
    assert_eq!(stage.sent(), "\x1d");
    stage.keys("ctrl-] d").shows("Pods of qa/deploy/gateway").shows("1 shell open");
    stage.keys(":").type_text("shells").keys("enter").shows("root@gateway");
    stage.keys("ctrl-] ?").shows("Help: Shells");
    stage.keys("esc").shows("root@gateway");
    stage.keys("ctrl-] y").shows("copied");
    assert_eq!(stage.sent(), "");
}

#[test]
fn several_stay_open_in_tabs() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] d j s").opened(2, "gateway-7d9f-00001", SMALL).shows("2 shells open");
    insta::assert_snapshot!("tabs", stage.text());
    stage.sent();
    stage.keys("ctrl-] 1").shows("Shell qa/gateway-7d9f-00000");
    stage.type_text("a");
    let first = stage.asked_for(|effect| matches!(effect, ShellEffect::Input(1, _)));
    stage.keys("ctrl-] n").shows("Shell qa/gateway-7d9f-00001");
    stage.keys("ctrl-] n").shows("Shell qa/gateway-7d9f-00000");
    stage.keys("ctrl-] p").shows("Shell qa/gateway-7d9f-00001");
    stage.keys("ctrl-] 7").shows("there is no session 7");
    stage.keys("ctrl-] x tab enter").shows("Shell qa/gateway-7d9f-00000").shows("1 shell open");
    assert_eq!((first, stage.asked_for(|effect| matches!(effect, ShellEffect::Close(2)))), (1, 1));
    stage.keys("ctrl-] x tab enter").shows("Pods of qa");
    assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Close(1))), 1);
}

#[test]
fn looking_back_and_searching_are_the_consoles_until_left() {
    let mut stage = shell(SMALL);
    stage.sent();
    stage.keys("ctrl-] [ k pgup g /").type_text("err").keys("enter n N q");
    let looked: Vec<Look> = stage
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Shell(ShellEffect::Look(1, look)) => Some(look.clone()),
            _ => None,
        })
        .collect();
    let search = |text: &str| Look::Search(text.to_owned());
    let wanted = [
        Look::Up(1),
        Look::Up(19),
        Look::Top,
        search("e"),
        search("er"),
        search("err"),
        Look::Older,
        Look::Newer,
        Look::Bottom,
        search(""),
    ];
    assert_eq!(looked, wanted);
    assert_eq!(stage.sent(), "");
    stage.type_text("x");
    assert_eq!(stage.sent(), "x");
}

#[test]
fn a_size_reaches_every_session_that_is_open() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] d j s").opened(2, "gateway-7d9f-00001", SMALL);
    stage.message(Message::Resize(100, 30));
    let size = Size { cols: 100, rows: 26 };
    assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Resize(_, at) if *at == size)), 2);
}

#[test]
fn files_are_copied_from_and_to_the_container_of_the_session() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] g").shows("Download from qa/gateway-7d9f-00000 [main]");
    stage.keys("esc");
    stage.keys("ctrl-] u").shows("Upload to qa/gateway-7d9f-00000 [main]");
    stage.keys("esc").shows("Shell qa/gateway");
}

#[test]
fn what_is_looked_back_at_says_which_keys_lead_on() {
    let mut stage = shell(SMALL);
    let mut emulator = Emulator::new(Size { cols: 80, rows: 20 }, 100);
    (0..40).for_each(|n| emulator.feed(format!("line {n}\r\n").as_bytes()));
    stage.told(1, ShellReply::Screen(Arc::new(emulator.grid()), false));
    stage.keys("ctrl-] [").shows("looking back: 21 lines above · / searches · y copies · q follows what comes");
    emulator.look(View::Up(3));
    stage.told(1, ShellReply::Screen(Arc::new(emulator.grid()), false));
    stage.shows("3 of 21 lines back · / searches");
    // The wheel leaves the keys with the container.
    stage.keys("q").shows("3 of 21 lines back · any key follows what comes");
    stage.sent();
    stage.keys("q");
    assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Look(1, Look::Bottom))), 1);
    assert_eq!(stage.sent(), "q");
}
