//! What is read, and from where.

use super::stage::*;

#[test]
fn a_key_opens_the_logs_of_what_is_under_the_cursor_and_the_reading_ends_with_the_room() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gateway").keys("enter l").shows("Logs of qa/deploy/gateway");
    let opened = |stage: &Stage| {
        let open = stage.effects.iter().rev().find_map(|effect| match effect {
            Effect::Logs(LogsEffect::Open { of, reading, begin, .. }) => Some((of.clone(), reading.clone(), *begin)),
            _ => None,
        });
        open.expect("opened")
    };
    assert_eq!(opened(&stage), (vec![gateway()], Reading::Stdout, Begin::Tail(1_000)));
    let reading = id(&stage);
    stage.keys("esc");
    let closed = |effect: &Effect| matches!(effect, Effect::Logs(LogsEffect::Close(id)) if *id == reading);
    assert!(stage.effects.iter().any(closed));
    stage.keys("enter p").shows("Previous logs of pod qa/gateway-7d9f-00000");
    let pod = Name::new(&"qa".into(), &"gateway-7d9f-00000".into());
    assert_eq!(opened(&stage), (vec![LogsOf::Pod(pod.clone())], Reading::Previous, Begin::Tail(1_000)));
    stage.keys("esc enter l");
    assert_eq!(opened(&stage).0, [LogsOf::Pod(pod)]);
}

#[test]
fn the_logs_of_all_marked_apps_are_one_view() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("g space space l").shows("Logs of 2 apps");
    stage.keys(":").type_text("logs gateway").keys("enter").shows("Logs of qa/deploy/gateway");
    stage.keys(":").type_text("logs pod qa/gateway-1/main").keys("enter").shows("Logs of main in pod qa/gateway-1");
}

#[test]
fn keys_of_k9s_read_again_from_elsewhere() {
    let begin = |stage: &Stage| match stage
        .effects
        .iter()
        .rev()
        .find(|effect| matches!(effect, Effect::Logs(LogsEffect::Open { .. })))
    {
        Some(Effect::Logs(LogsEffect::Open { begin, .. })) => *begin,
        _ => panic!("nothing was opened"),
    };
    let mut stage = filled(SMALL);
    for (key, want) in [
        ("0", Begin::Tail(1_000)),
        ("1", Begin::Head),
        ("2", Begin::Ago(60)),
        ("3", Begin::Ago(300)),
        ("4", Begin::Ago(900)),
        ("5", Begin::Ago(1_800)),
        ("6", Begin::Ago(3_600)),
    ] {
        let before = id(&stage);
        stage.keys(key);
        assert_eq!(begin(&stage), want);
        assert!(
            stage.effects.iter().any(|effect| matches!(effect, Effect::Logs(LogsEffect::Close(id)) if *id == before))
        );
    }
    stage.shows("from 1h ago").shows("Looking for pods");
}

#[test]
fn what_still_arrives_of_a_reading_that_ended_is_not_shown() {
    let mut stage = filled(SMALL);
    let old = id(&stage);
    stage.keys("2");
    stage.message(Message::Logs(old, Told::Lines(block(&[plain(0, "late")])).into()));
    stage.hides("late");
}

#[test]
fn one_key_goes_through_the_sources_and_p_to_the_previous_log_and_back() {
    let mut stage = filled(SMALL);
    stage.keys("tab").shows("Previous logs of");
    stage.keys("tab").shows("Looking for files").shows("0 files under /var/log");
    stage.keys("tab").shows("Why it does not start");
    stage.keys("tab").shows("Rotated logs of");
    stage.keys("tab").shows("Logs of qa/deploy/gateway");
    stage.keys("p").shows("Previous logs");
    stage.keys("p").shows("Logs of qa/deploy/gateway");
}

fn files() -> Vec<FilesOf> {
    let pod = |name: &str| Name::new(&"qa".into(), &name.into());
    let file = |path: &str, bytes| LogFile { path: path.into(), bytes, written: Some(at(300)) };
    let found = vec![file("/var/log/access.log", 52_428_800), file("/var/log/错误 \x1b[31m.log", 12)];
    vec![
        FilesOf {
            pod: pod("gateway-a"),
            container: "main".into(),
            places: vec!["/var/log".to_owned()],
            files: Ok(found),
        },
        FilesOf {
            pod: pod("gateway-b"),
            container: "main".into(),
            places: vec!["/var/log".to_owned()],
            files: Err(NoFiles::NotRunning),
        },
        FilesOf {
            pod: pod("gateway-c"),
            container: "main".into(),
            places: vec!["/var/log".to_owned()],
            files: Err(NoFiles::Forbidden("create pods/exec in namespace qa".into())),
        },
    ]
}

#[test]
fn files_are_listed_picked_and_read() {
    let mut stage = filled(SMALL);
    stage.keys("tab tab");
    say(&mut stage, LogsReply::Files { of: files(), complete: true });
    insta::assert_snapshot!("files", stage.text());
    stage.keys("j m m").shows("2 picked");
    stage.keys("enter").shows("Log files of");
    let read = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Logs(LogsEffect::Open { reading: Reading::Files(files), .. }) => Some(files.clone()),
        _ => None,
    });
    let paths: Vec<String> =
        read.as_ref().expect("files are read").files.iter().map(|PickedFile { path, .. }| path.to_string()).collect();
    assert_eq!(paths, ["/var/log/access.log", "/var/log/错误 \x1b[31m.log"], "as the container has them");
    let passed = read.map(|read| read.passed).unwrap_or_default();
    let passed: Vec<&str> = passed.iter().map(|pod| &*pod.name).collect();
    assert_eq!(passed, ["gateway-b", "gateway-c"], "those that were seen and left out stay out");
}

#[test]
fn how_many_files_a_pattern_has_is_said_and_counts_on_as_they_join() {
    let mut stage = filled(SMALL);
    stage.keys("tab tab");
    say(&mut stage, LogsReply::Files { of: files(), complete: true });
    stage.keys("enter").shows("/var/log/ (0 files)");
    let source = |pod: &str, path: &str| Source {
        kind: Kind::File(path.into()),
        pod: pod.into(),
        namespace: "qa".into(),
        uid: pod.into(),
        container: "main".into(),
        ..Source::default()
    };
    let join = |stage: &mut Stage, id, source, state| {
        say(stage, LogsReply::Told(Told::Sources(vec![(SourceId(id), source)])));
        say(stage, LogsReply::Told(Told::State(SourceId(id), state)));
    };
    join(&mut stage, 0, source("gateway-a", "/var/log/access.log"), SourceState::Live);
    stage.shows("/var/log/ (1 file)").shows("1 of 1 live");
    let waits = SourceState::Waiting("no file matches yet".into());
    join(&mut stage, 1, source("gateway-d", "/var/log/"), waits);
    join(&mut stage, 2, source("gateway-e", "/var/log/错误 \x1b[31m.log"), SourceState::Live);
    stage.shows("/var/log/ (2 files)").shows("1 waiting");
    stage.keys(".").shows("waits: no file matches yet");
}

#[test]
fn a_container_that_does_not_run_is_asked_about_before_anything_is_started() {
    let mut stage = filled(SMALL);
    stage.keys("tab tab");
    say(&mut stage, LogsReply::Files { of: files(), complete: true });
    stage.keys("j j j enter").shows("Start a debug container?");
    stage.keys("enter").hides("Start a debug");
    let asked = |stage: &Stage| {
        stage.effects.iter().any(|effect| matches!(effect, Effect::Logs(LogsEffect::List { debug: true, .. })))
    };
    assert!(!asked(&stage));
    stage.keys("enter tab enter");
    assert!(asked(&stage));
}

#[test]
fn a_moment_is_gone_to_and_an_older_one_is_read_anew() {
    let mut stage = filled(SMALL);
    stage.keys("@").type_text("50s").keys("enter").shows("standing still").shows("▸ ▲x2x4k  GET /orders");
    stage.keys("@").type_text("noon").shows("is no time");
    stage.keys("esc");
    stage.keys("@").type_text("2h").keys("enter").shows("reading again from there").shows("Looking for pods");
    let begin = Begin::At(at(7_200));
    assert!(
        stage
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Logs(LogsEffect::Open { begin: from, .. }) if *from == begin))
    );
}

#[test]
fn times_of_a_file_that_name_no_zone_say_how_it_was_worked_out() {
    for size in [SMALL, WIDE] {
        let mut stage = live(size);
        stage.keys(".").hides("zone");
        stage.keys("esc");
        let line = "2026-11-22 15:04:00,123 INFO 订单 placed";
        say(&mut stage, Told::Lines(block(&[(2, 0, Level::Info, Flags::ZONELESS, line)])));
        stage.keys(".").shows("live; its times name no zone");
        stage.keys("esc enter").shows("its zone worked out from when lines come");
    }
}
