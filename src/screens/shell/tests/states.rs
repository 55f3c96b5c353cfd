//! What stands on the screen.

use std::sync::Arc;

use rolldeck_core::shell::{End, Place, Refused, Size};
use rolldeck_emulator::Emulator;
use rstest::rstest;

use super::{SMALL, WIDE, denied, name, place, shell};
use crate::{
    shell::{ShellReply, What},
    testing::Stage,
};

#[rstest]
fn the_room_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let mut stage = Stage::shop(size);
    stage.wants(What::Shell);
    insta::assert_snapshot!(name(size, "opening"), stage.text());
    stage.told(1, ShellReply::Denied(denied()));
    insta::assert_snapshot!(name(size, "denied"), stage.text());
    stage.told(
        1,
        ShellReply::Refused(Refused::NotRunning(
            "qa/gateway-7d9f-00000 [main]".into(),
            "waiting: CrashLoopBackOff".into(),
        )),
    );
    insta::assert_snapshot!(name(size, "refused"), stage.text());
    stage.told(1, ShellReply::Ended(End::NoShell(vec!["sh".into(), "bash".into(), "ash".into()])));
    insta::assert_snapshot!(name(size, "no-shell"), stage.text());

    let mut stage = shell(size);
    insta::assert_snapshot!(name(size, "normal"), stage.text());
    stage.keys("ctrl-]");
    insta::assert_snapshot!(name(size, "prefix"), stage.text());
    stage.keys("x");
    insta::assert_snapshot!(name(size, "closing"), stage.text());
    stage.keys("esc");
    let end = End::Container { reason: "OOMKilled".into(), code: Some(137), restarted: true };
    stage.told(1, ShellReply::Ended(end));
    insta::assert_snapshot!(name(size, "ended"), stage.text());
}

#[test]
fn colours_are_the_containers_and_what_is_hostile_is_gone() {
    insta::assert_snapshot!("styles", shell(SMALL).styles());
}

#[test]
fn what_is_searched_for_is_counted_and_shown() {
    let mut stage = shell(SMALL);
    let mut emulator = Emulator::new(Size { cols: 80, rows: 20 }, 100);
    (0..40).for_each(|n| emulator.feed(format!("line {n} {}\r\n", if n % 9 == 0 { "Fehler" } else { "" }).as_bytes()));
    emulator.search("fehler");
    emulator.next_hit(true);
    stage.keys("ctrl-] /").type_text("fehler");
    stage.told(1, ShellReply::Screen(Arc::new(emulator.grid()), true));
    insta::assert_snapshot!("search", stage.text());
}

#[test]
fn a_recording_is_signed_while_it_runs_and_named_at_its_end() {
    let mut stage = Stage::shop(WIDE);
    stage.wants(What::Shell);
    let recorded = Some("/state/rolldeck/recordings/x.cast".into());
    stage.told(1, ShellReply::Opened { place: place("gateway-7d9f-00000"), limits: "".into(), recorded });
    stage.shows("● REC");
    stage.told(1, ShellReply::Ended(End::NoShell(vec!["sh".into()]))).hides("Recorded to");
    stage.told(1, ShellReply::Ended(End::Exit(0))).hides("● REC");
    stage.shows("Recorded to /state/rolldeck/recordings/x.cast");
}

#[test]
fn tabs_that_do_not_fit_are_told_apart_by_pod_or_by_container() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] d j s").opened(2, "gateway-7d9f-00001", SMALL);
    stage.keys("ctrl-] d j s").opened(3, "gateway-7d9f-00002", SMALL);
    stage.keys("ctrl-] ! tab enter");
    let debugger = Place { container: "rolldeck-debug-1".into(), ..place("gateway-7d9f-00002") };
    stage.told(4, ShellReply::Opened { place: debugger, limits: "".into(), recorded: None });
    stage.shows(" 1 gate…-00000  2 gate…-00001  3 [main]       4 [rol…bug-1]");
    let limits = "this container's own limits: CPU 500m, memory 256Mi".into();
    let opened = ShellReply::Opened { place: place("gateway-7d9f-00002"), limits, recorded: None };
    stage.told(3, opened).keys("ctrl-] 3").hides("limits");
}
