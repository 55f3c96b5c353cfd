//! A copy is asked for, runs, ends, and is begun again.

use rolldeck_core::{
    batch::guard::{Glob, Guard, GuardRule, Guards},
    shell::{Access, Copied, CopiedFile, CopyError, CopyWanted, Denied, Progress, Refused, Rule},
};
use rstest::rstest;

use super::{CopyEffect, CopyReply};
use crate::{Effect, Message, testing::Stage};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

/// The pods of an app, the first under the cursor, and a line of the palette.
fn line(mut stage: Stage, text: &str) -> Stage {
    stage.keys("/").type_text("gateway").keys("enter enter").shows("Pods of qa/deploy/gateway");
    stage.keys(":").type_text(text).keys("enter");
    stage
}

fn begun(stage: &Stage) -> Vec<(u64, &CopyWanted)> {
    let begun = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Copies(CopyEffect::Start(id, wanted)) => Some((*id, wanted)),
        _ => None,
    });
    begun.collect()
}

fn told(stage: &mut Stage, id: u64, reply: CopyReply) {
    stage.message(Message::Copy(id, reply));
}

fn file(verified: bool) -> CopiedFile {
    CopiedFile { path: "/tmp/資料/app.log".into(), bytes: 3 << 20, sha256: "ab".repeat(32), verified }
}

#[rstest]
fn copies_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let stage = line(Stage::shop(size), "copies");
    insta::assert_snapshot!(name(size, "empty"), stage.text());
    let mut stage = line(Stage::shop(size), "download /data/logs");
    insta::assert_snapshot!(name(size, "form"), stage.text());
    stage.keys("enter").shows("… waits");
    insta::assert_snapshot!(name(size, "waiting"), stage.text());
    let progress = Progress {
        file: "/data/logs/資料\u{1b}[2J🚢.log".into(),
        done: 12 << 20,
        kept: 0,
        total: 18 << 20,
        files_done: 12,
        files_total: 40,
    };
    told(&mut stage, 1, CopyReply::Progress(progress, 3 << 20));
    insta::assert_snapshot!(name(size, "running"), stage.text());
    stage.keys("x");
    insta::assert_snapshot!(name(size, "stopping"), stage.text());
    stage.keys("esc");
    let skipped = vec![("/data/logs/now".into(), "a link is not followed".into())];
    told(&mut stage, 1, CopyReply::Ended(Ok(Copied { files: vec![file(true), file(false)], folders: 3, skipped })));
    insta::assert_snapshot!(name(size, "done"), stage.text());

    let mut stage = line(Stage::shop(size), "upload ./app.jar /srv/");
    insta::assert_snapshot!(name(size, "upload-form"), stage.text());
    stage.keys("enter");
    insta::assert_snapshot!(name(size, "upload-question"), stage.text());
    stage.keys("tab enter");
    let denied = Denied {
        rule: Rule { verbs: vec!["get"], resource: "pods/exec" },
        namespace: "qa".into(),
        reason: "".into(),
        kubectl: Access::Exec.kubectl("qa-eu", &begun(&stage)[0].1.place),
        create_alone: true,
    };
    told(&mut stage, 1, CopyReply::Denied(denied));
    insta::assert_snapshot!(name(size, "denied"), stage.text());
    stage.keys("c").shows("copied kubectl");
}

#[test]
fn a_download_begins_at_once_and_an_upload_after_a_question_that_cancel_ends() {
    let stage = {
        let mut stage = line(Stage::shop(SMALL), "download /data/app.log ./here");
        stage.keys("enter");
        stage
    };
    let [(1, wanted)] = begun(&stage)[..] else { panic!("{:?}", begun(&stage)) };
    assert_eq!((&*wanted.there, &*wanted.here), ("/data/app.log", "./here"));
    assert!(!wanted.options.overwrite && !wanted.options.resume);
    let mut stage = line(Stage::shop(SMALL), "upload ./app.jar /srv/");
    stage.keys("enter").shows("Upload to 1 container?");
    stage.keys("enter").hides("Upload to 1 container?");
    assert!(begun(&stage).is_empty());
    stage.keys("enter tab enter");
    let [(1, wanted)] = begun(&stage)[..] else { panic!("{:?}", begun(&stage)) };
    assert_eq!((&*wanted.there, &*wanted.here), ("/srv/", "./app.jar"));
}

#[test]
fn what_is_missing_in_the_fields_is_said() {
    let mut stage = line(Stage::shop(SMALL), "upload ./app.jar");
    stage.keys("enter").shows("the path in the container begins with /");
    stage.type_text("/srv/app.jar").keys("shift-tab ctrl-u enter").shows("a path of this machine is needed");
    assert!(begun(&stage).is_empty());
}

#[test]
fn an_upload_to_many_asks_for_their_number_and_a_download_of_many_parts_them() {
    let many = |text: &str| {
        let mut stage = line(Stage::shop(WIDE), text);
        stage.keys("tab *");
        stage
    };
    let mut stage = many("upload ./a /srv/a");
    stage.keys("enter").shows("Upload to 3 containers?");
    stage.keys("tab enter").type_text("2").keys("enter");
    assert!(begun(&stage).is_empty());
    stage.keys("backspace").type_text("3").keys("enter");
    assert_eq!(begun(&stage).len(), 3);
    stage.shows("copying in 3 containers");
    let mut stage = many("download /data/logs ./out/");
    stage.keys("enter");
    let here: Vec<&str> = begun(&stage).iter().map(|(_, wanted)| &*wanted.here).collect();
    assert_eq!(here[0], "./out/gateway-7d9f-00000");
    assert_eq!(here.len(), 3);
}

#[test]
fn what_is_there_is_replaced_only_after_a_question_and_a_cut_download_goes_on() {
    let mut stage = line(Stage::shop(SMALL), "download /data/app.log");
    stage.keys("enter");
    told(&mut stage, 1, CopyReply::Ended(Err(CopyError::Exists("./app.log".into()))));
    stage.shows("./app.log is there already");
    stage.keys("esc").keys(":").type_text("copies").keys("enter");
    stage.keys("enter").shows("Files of the same names on this machine are replaced.");
    stage.keys("tab enter");
    let [_, (2, wanted)] = begun(&stage)[..] else { panic!("{:?}", begun(&stage)) };
    assert!(wanted.options.overwrite);
    let cut = Refused::Unreached("qa/gateway".into(), "reset".into());
    told(&mut stage, 2, CopyReply::Ended(Err(cut.into())));
    stage.keys("enter");
    let [_, _, (3, wanted)] = begun(&stage)[..] else { panic!("{:?}", begun(&stage)) };
    assert!(wanted.options.resume);
    // A late word of an attempt that is over changes nothing.
    told(&mut stage, 2, CopyReply::Ended(Ok(Copied::default())));
    stage.shows("… waits");
}

#[test]
fn one_that_runs_is_stopped_after_a_question_and_one_that_ended_is_put_away() {
    let stops = |stage: &Stage| {
        stage.effects.iter().filter(|effect| matches!(effect, Effect::Copies(CopyEffect::Stop(_)))).count()
    };
    let mut stage = line(Stage::shop(SMALL), "download /data/app.log");
    stage.keys("enter x").shows("Stop this copy?");
    stage.keys("enter");
    assert_eq!(stops(&stage), 0);
    stage.keys("x tab enter").shows("○ stopped");
    assert_eq!(stops(&stage), 1);
    stage.keys("x").shows("Nothing was copied.");
    assert_eq!(stops(&stage), 1);
}

#[test]
fn leaving_while_files_are_copied_asks_first() {
    let mut stage = line(Stage::shop(SMALL), "download /data/app.log");
    stage.keys("enter esc ctrl-c").shows("1 copy of files runs: it stops where it is.");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
}

#[test]
fn nothing_is_uploaded_where_nothing_is_written_and_a_guard_wants_to_be_typed() {
    line(Stage::read_only(SMALL), "upload ./a /a").shows("nothing is uploaded from here");
    line(Stage::read_only(SMALL), "download /a").shows("Download from qa/gateway-7d9f-00000");
    let guarded = |guard| {
        let rule = GuardRule { namespace: Glob::new("qa"), ..GuardRule::new(guard, "config.toml, line 3") };
        Stage::guarded(SMALL, Guards::new(vec![rule]))
    };
    line(guarded(Guard::ReadOnly), "upload ./a /a").shows("nothing is uploaded here");
    let mut stage = line(guarded(Guard::Type), "upload ./a /a");
    stage.keys("enter").shows("Guarded");
    stage.keys("tab enter");
    assert!(begun(&stage).is_empty());
    stage.type_text("qa").keys("enter");
    assert_eq!(begun(&stage).len(), 1);
}
