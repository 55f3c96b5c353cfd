//! Lines and keys in, a screen out.

use std::sync::Arc;

use rolldeck_core::{
    fleet::Freshness,
    kept::Name,
    logs::{
        Begin, Block, Ended, Flags, Gap, Kind, Level, Line, LogsOf, Nanos, PickedFile, Reading, Revision, Rotated,
        SECOND, Source, SourceId, SourceState, Told, Why,
        download::{Compress, Problem, Progress, Saved},
        nanos,
    },
};
use rstest::rstest;

use super::{DownloadEffect, DownloadReply, FilesOf, LogFile, Logs, LogsEffect, LogsId, LogsReply, NoFiles};
use crate::{
    Click, Effect, Message,
    testing::{Stage, ago, key},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn at(seconds: i64) -> Nanos {
    nanos(ago(seconds))
}

fn gateway() -> LogsOf {
    LogsOf::App(key("qa", "gateway", rolldeck_core::model::AppKind::Deployment))
}

fn source(hash: &str, number: u64, pod: &str) -> Source {
    let revision = Revision { app: "gateway".into(), hash: hash.into(), number: Some(number) };
    let pod = format!("gateway-{hash}-{pod}");
    Source {
        namespace: "qa".into(),
        uid: pod.as_str().into(),
        pod: pod.into(),
        container: "main".into(),
        revision,
        ..Source::default()
    }
}

/// Three pods, the last of an older revision.
fn sources() -> Vec<(SourceId, Source)> {
    let all = [source("7d9f", 8, "x2x4k"), source("7d9f", 8, "b7c1q"), source("5c2a", 7, "订单-z")];
    all.into_iter().enumerate().map(|(n, source)| (SourceId(n as u16), source)).collect()
}

/// Seconds before now, source, level, flags, text.
type Said<'a> = (i64, u16, Level, Flags, &'a str);

fn block(lines: &[Said]) -> Vec<Arc<Block>> {
    let mut block = Block::default();
    for (ago, source, level, flags, text) in lines {
        let (time, source) = (at(*ago), SourceId(*source));
        block.push(Line { number: 0, time, source, level: *level, flags: *flags, text: text.as_bytes() });
    }
    vec![Arc::new(block)]
}

fn plain(ago: i64, text: &str) -> Said<'_> {
    (ago, 0, Level::Unknown, Flags::NONE, text)
}

/// The reading that was opened last.
fn id(stage: &Stage) -> LogsId {
    let opened = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Logs(LogsEffect::Open { id, .. }) => Some(*id),
        _ => None,
    });
    opened.expect("a reading was opened")
}

/// Tells the room something of its reading, and does all steps that it asks for.
fn say(stage: &mut Stage, reply: impl Into<LogsReply>) {
    let id = id(stage);
    stage.effects.retain(|effect| !matches!(effect, Effect::Logs(LogsEffect::Continue(_))));
    stage.message(Message::Logs(id, reply.into()));
    settle(stage);
}

fn settle(stage: &mut Stage) {
    for _ in 0..10_000 {
        let asked = stage.effects.iter().position(|effect| matches!(effect, Effect::Logs(LogsEffect::Continue(_))));
        let Some(asked) = asked else { return };
        let Effect::Logs(LogsEffect::Continue(id)) = stage.effects.remove(asked) else { return };
        stage.message(Message::Logs(id, LogsReply::Continue));
    }
    panic!("the room asks for steps without end");
}

fn open(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(Box::new(Logs::new(vec![gateway()], Reading::Stdout)));
    stage.at(0);
    stage
}

fn live(size: (u16, u16)) -> Stage {
    let mut stage = open(size);
    say(&mut stage, Told::Pods(Freshness::Live));
    say(&mut stage, Told::Sources(sources()));
    for n in 0..2 {
        say(&mut stage, Told::State(SourceId(n), SourceState::Live));
    }
    say(&mut stage, Told::State(SourceId(2), SourceState::Ended(at(9), Ended::Exited(Some(137)))));
    stage
}

fn filled(size: (u16, u16)) -> Stage {
    let mut stage = live(size);
    let gap = Gap { from: at(70), to: at(60), count: None, why: Why::Rotated }.text();
    say(
        &mut stage,
        Told::Lines(block(&[
            (90, 2, Level::Info, Flags::NONE, "level=info msg=\"started\" port=8080 env=prod"),
            (80, 2, Level::Warn, Flags::NONE, "level=warn msg=\"cache is cold\" took=5ms"),
            (60, 2, Level::Unknown, Flags::GAP, &gap),
            (50, 0, Level::Unknown, Flags::NONE, "\x1b[32mGET\x1b[0m /orders/17 200 \x1b[1m12ms\x1b[0m"),
            (45, 1, Level::Unknown, Flags::NONE, "订单服务已启动 🚀 端口 8080"),
            (40, 0, Level::Error, Flags::NONE, "ERROR no route to 10.0.0.7"),
            (40, 0, Level::Error, Flags::FOLDED, "\tat shop.Router.route(Router.java:17)"),
            (40, 0, Level::Error, Flags::FOLDED, "\tat shop.Main.main(Main.java:3)"),
            (30, 1, Level::Unknown, Flags::NONE, "evil \x1b[2J\x1b]52;c;eA==\x07 \u{202e}txt"),
            (
                20,
                0,
                Level::Info,
                Flags::NONE,
                r#"{"level":"info","msg":"order placed","order":{"id":17,"items":["a","b"]},"took":0.3}"#,
            ),
            (
                10,
                1,
                Level::Debug,
                Flags::NONE,
                "DEBUG a long line that goes on and on, further than any narrow terminal is wide, until it ends here at last",
            ),
            (1, 0, Level::Unknown, Flags::NONE, "GET /health 200"),
        ])),
    );
    stage
}

#[rstest]
fn the_room_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), filled(size).text());
    insta::assert_snapshot!(name("loading"), open(size).text());
    let mut stage = open(size);
    say(&mut stage, Told::Sources(sources()));
    insta::assert_snapshot!(name("connecting"), stage.text());
    insta::assert_snapshot!(name("silent"), live(size).text());
    let mut stage = open(size);
    say(&mut stage, Told::Pods(Freshness::Live));
    insta::assert_snapshot!(name("empty"), stage.text());
    let mut stage = open(size);
    say(&mut stage, Told::Pods(Freshness::Live));
    say(&mut stage, Told::Sources(sources()));
    for n in 0..3 {
        let what = "get pods/log in namespace qa".into();
        say(&mut stage, Told::State(SourceId(n), SourceState::Forbidden(what)));
    }
    insta::assert_snapshot!(name("forbidden"), stage.text());
    let mut stage = filled(size);
    stage.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
    say(&mut stage, Told::Pods(Freshness::Stale { since: ago(20), why: "connection refused".into() }));
    for n in 0..2 {
        let lost = SourceState::Reconnecting(at(20), "connection refused".into());
        say(&mut stage, Told::State(SourceId(n), lost));
    }
    insta::assert_snapshot!(name("stale"), stage.text());
}

#[test]
fn a_narrow_terminal_keeps_the_text_of_lines_in_sight() {
    insta::assert_snapshot!("narrow", filled((40, 12)).text());
}

#[rstest]
fn what_lies_over_the_lines(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    let shown = |keys: &str| {
        let mut stage = filled(size);
        stage.keys(keys);
        settle(&mut stage);
        stage.text()
    };
    insta::assert_snapshot!(name("legend"), shown("."));
    insta::assert_snapshot!(name("patterns"), shown("a"));
    insta::assert_snapshot!(name("compare"), shown("="));
    insta::assert_snapshot!(name("line"), shown("k k enter"));
    insta::assert_snapshot!(name("columns"), shown("|"));
    insta::assert_snapshot!(name("wrapped-with-times"), shown("w t"));
    insta::assert_snapshot!(name("download"), shown("ctrl-s"));
}

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
fn the_newest_line_stays_in_sight_until_one_looks_back() {
    let mut stage = filled(SMALL);
    for n in 0..30 {
        say(&mut stage, Told::Lines(block(&[plain(0, &format!("line {n}"))])));
    }
    stage.shows("line 29").shows("autoscroll");
    stage.keys("k").shows("standing still");
    say(&mut stage, Told::Lines(block(&[plain(0, "line 30")])));
    stage.hides("line 30");
    stage.keys("G").shows("line 30");
    stage.keys("s").shows("standing still");
    stage.keys("s").shows("line 30");
}

#[test]
fn a_paused_view_shows_nothing_new_and_counts_it() {
    let mut stage = filled(SMALL);
    stage.keys("space").shows("PAUSED, 0 new");
    say(&mut stage, Told::Lines(block(&[plain(0, "one"), plain(0, "two")])));
    stage.shows("PAUSED, 2 new").hides(" two");
    stage.keys("space").shows(" two").hides("PAUSED");
}

#[test]
fn filters_are_stacked_counted_and_taken_away() {
    let mut stage = filled(WIDE);
    stage.keys("/").type_text("get");
    settle(&mut stage);
    stage.shows("GET /health").hides("no route");
    stage.keys("enter x").type_text("health").keys("enter");
    settle(&mut stage);
    stage.shows("/get · !health · ").shows("/orders/17").hides("GET /health");
    stage.keys("del");
    settle(&mut stage);
    stage.shows("GET /health").hides("!health");
    stage.keys("esc");
    settle(&mut stage);
    stage.shows("no route").shows("Logs of");
    stage.keys("/").type_text("!get").keys("enter");
    settle(&mut stage);
    stage.shows("!get").hides("GET /health");
}

#[test]
fn a_mark_of_missing_lines_passes_every_filter() {
    let mut stage = filled(SMALL);
    stage.keys("/").type_text("nothing has this").keys("enter");
    settle(&mut stage);
    stage.shows("lines may be missing, 14:03:52 to 14:04:02 (▽订单-z): the log was rotated");
}

#[test]
fn an_expression_that_is_none_says_why_and_keeps_what_was() {
    let mut stage = filled(WIDE);
    stage.keys("/").type_text("/a(b/").shows("unclosed group");
    stage.keys("enter").shows("Only lines with:");
    stage.keys("esc").hides("Only lines with:").shows("GET /health");
}

#[test]
fn a_search_goes_through_its_hits_and_counts_them_apart_from_filters() {
    let mut stage = filled(SMALL);
    stage.keys("e").type_text("get").keys("enter");
    settle(&mut stage);
    stage.shows("search get: 2 of 2 hits").shows("no route");
    stage.keys("N");
    settle(&mut stage);
    stage.shows("1 of 2 hits");
    stage.keys("n");
    settle(&mut stage);
    stage.shows("2 of 2 hits");
    stage.keys("esc").hides("hits").shows("Logs of");
}

#[test]
fn levels_are_raised_step_by_step() {
    let mut stage = filled(SMALL);
    stage.keys("l").hides("DEBUG a long");
    stage.keys("l").hides("GET /health").shows("cache is cold");
    stage.keys("l").hides("cache is cold").shows("ERROR no route");
    stage.keys("l").shows("GET /health");
}

#[test]
fn a_stack_trace_is_folded_into_its_first_line_and_unfolded() {
    let mut stage = filled(SMALL);
    stage.shows("⋯ 2 more").hides("Router.java");
    stage.keys("z").shows("Router.java").hides("⋯");
    stage.keys("z k k k k").keys("enter").shows("Trace of 3 lines").shows("Main.java:3");
}

#[test]
fn revisions_are_told_apart_and_shown_alone() {
    let mut stage = filled(WIDE);
    stage.shows("▲x2x4k").shows("▽订单-z");
    stage.keys("o").shows("only revision 8 (7d9f)").hides("cache is cold");
    stage.keys("o").shows("only revision 7 (5c2a)").hides("GET /health").shows("cache is cold");
    stage.keys("o").shows("GET /health").shows("cache is cold");
}

#[test]
fn a_source_is_shown_alone_from_the_legend() {
    let mut stage = filled(WIDE);
    stage.keys(".").shows("Sources: 3 streams").shows("ended 14:04:53: exited with code 137");
    stage.keys("j j enter").shows("one source").shows("DEBUG a long").hides("GET /health");
    stage.keys(". g enter").hides("one source").shows("GET /health");
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
        FilesOf { pod: pod("gateway-a"), container: "main".into(), files: Ok(found) },
        FilesOf { pod: pod("gateway-b"), container: "main".into(), files: Err(NoFiles::NotRunning) },
        FilesOf {
            pod: pod("gateway-c"),
            container: "main".into(),
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
        read.expect("files are read").iter().map(|PickedFile { path, .. }| path.to_string()).collect();
    assert_eq!(paths, ["/var/log/access.log", "/var/log/错误 \x1b[31m.log"], "as the container has them");
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
fn the_selection_the_marked_lines_or_the_line_is_copied() {
    let copied = |stage: &Stage| match stage.effects.iter().rev().find(|effect| matches!(effect, Effect::Copy(_))) {
        Some(Effect::Copy(text)) => text.clone(),
        _ => panic!("nothing was copied"),
    };
    let mut stage = filled(SMALL);
    stage.keys("c");
    assert_eq!(copied(&stage), "GET /health 200");
    stage.keys("m [ g m").shows("2 marked");
    stage.keys("c");
    assert_eq!(copied(&stage), "level=info msg=\"started\" port=8080 env=prod\nGET /health 200");
    stage.keys("] ctrl-\\ ctrl-space k").shows("2 lines selected");
    stage.keys("c");
    assert!(copied(&stage).starts_with("DEBUG a long") && copied(&stage).ends_with("\nGET /health 200"));
    stage.keys("esc").hides("selected").shows("Logs of");
}

#[test]
fn every_line_that_is_shown_is_marked_at_once() {
    let mut stage = filled(WIDE);
    stage.keys("l l l");
    settle(&mut stage);
    stage.keys("*").shows("2 marked");
    stage.keys("l ctrl-\\").hides(" marked");
}

#[test]
fn what_left_the_buffer_and_what_is_missing_is_said() {
    let mut stage = live(WIDE);
    let gap = Gap { from: at(9), to: at(8), count: Some(1_234), why: Why::Burst }.text();
    say(&mut stage, Told::Lines(block(&[(9, 0, Level::Unknown, Flags::GAP, &gap)])));
    stage.shows("1,234 lines missing");
    say(&mut stage, Told::Rotated(SourceId(0), Rotated { started: Some(at(9_000)), first: Some(at(100)) }));
    stage.shows("older than 14:03:22 is rotated away");
    let big = "x".repeat(60 << 20);
    for _ in 0..3 {
        say(&mut stage, Told::Lines(block(&[plain(1, &big)])));
    }
    stage.shows("3 older").shows("left the buffer");
}

#[test]
fn a_line_of_fifty_megabytes_is_drawn_wrapped_and_left_again() {
    let mut stage = live(SMALL);
    let big = "订x ".repeat(10 << 20);
    say(&mut stage, Told::Lines(block(&[plain(3, "before"), plain(2, &big), plain(1, "behind")])));
    stage.keys("w").shows("behind").shows("订x 订x");
    stage.keys("k").shows("订x 订x");
    stage.keys("g").shows("before");
    stage.keys("j enter G").shows("more: wrapped");
    stage.keys("esc right right").shows("wrapped");
    stage.keys("w").shows("before").shows("behind");
}

#[test]
fn the_rate_is_of_the_last_seconds_and_falls_by_itself() {
    let mut stage = live(SMALL);
    let lines: Vec<Said> = (0..50).map(|_| plain(0, "x")).collect();
    say(&mut stage, Told::Lines(block(&lines)));
    stage.at(1).shows("10 lines/s");
    assert!(stage.state.wake_at().is_some_and(|at| at <= ago(-2)));
    stage.at(9).shows("0 lines/s");
}

#[test]
fn fields_of_structured_lines_are_columns_and_plain_lines_stay() {
    let mut stage = filled(WIDE);
    stage.keys("|").shows("took").shows("order placed").shows("GET /health 200").hides("\"took\"");
    stage.keys("|").shows("\"took\":0.3");
}

#[test]
fn everything_can_be_kept_in_a_file_and_it_says_where() {
    let mut stage = filled(WIDE);
    stage.keys("alt-k").shows("everything that comes is kept");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Logs(LogsEffect::Keep(_, true)))));
    say(&mut stage, LogsReply::Kept(Ok(Some(super::KeptLog { path: "/state/gateway.log".into(), bytes: 5 << 20 }))));
    stage.shows("kept in /state/gateway.log (5Mi)");
    say(&mut stage, LogsReply::Kept(Err("no space is left for /state/gateway.log: make room, or clear it".into())));
    stage.shows("no space is left").hides("kept in");
}

/// The download that was begun, by its number.
fn started(stage: &Stage) -> (LogsId, Arc<rolldeck_core::logs::download::Download>) {
    let start = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Logs(LogsEffect::Download(DownloadEffect::Start(id, what))) => Some((*id, what.clone())),
        _ => None,
    });
    start.expect("a download was begun")
}

#[test]
fn a_download_is_asked_for_followed_cut_and_gone_on_with() {
    let mut stage = filled(SMALL);
    stage.keys("ctrl-s").shows("of qa/deploy/gateway");
    stage.keys("tab tab space up up");
    stage.keys("down down down down down").keys("ctrl-u").type_text("~/logs").keys("tab space tab enter");
    let (download, what) = started(&stage);
    assert_eq!((what.stdout, what.previous, what.compress, what.to.as_str()), (true, true, Compress::Gzip, "~/logs"));
    assert_eq!((what.begin, what.of.as_slice()), (Begin::Head, &[gateway()][..]));
    let tell = |stage: &mut Stage, reply| _ = stage.message(Message::Logs(download, LogsReply::Download(reply)));
    let progress =
        Progress { bytes: 10 << 20, of: Some(40 << 20), files: 1, all: 3, now: "main.log".into(), rate: 5 << 20 };
    tell(&mut stage, DownloadReply::Progress(progress));
    stage.shows("download 1/3 files, 10Mi of 40Mi, 5Mi/s");
    stage.keys("ctrl-s").shows("25%").shows("now: main.log");
    stage.keys("tab enter");
    let cancelled = |effect: &Effect| matches!(effect, Effect::Logs(LogsEffect::Download(DownloadEffect::Cancel(_))));
    assert!(stage.effects.iter().any(cancelled));
    tell(
        &mut stage,
        DownloadReply::Cut(
            "stopped".into(),
            Saved { path: "logs/qa".into(), files: 1, bytes: 10 << 20, ..Saved::default() },
        ),
    );
    stage.keys("esc ctrl-s").shows("Cut: stopped").shows("Go on where it was cut");
    stage.keys("tab enter");
    let resumed = |effect: &Effect| matches!(effect, Effect::Logs(LogsEffect::Download(DownloadEffect::Resume(_))));
    assert!(stage.effects.iter().any(resumed));
    let problem = Problem {
        source: Source { kind: Kind::Previous, ..sources()[0].1.clone() },
        why: "the disk is full: make room".into(),
    };
    tell(
        &mut stage,
        DownloadReply::Done(Saved { path: "logs/qa".into(), files: 3, problems: vec![problem], ..Saved::default() }),
    );
    stage.shows("1 log could not be saved whole");
    stage.keys("esc ctrl-s").shows("the disk is full: make room");
}

#[test]
fn a_room_whose_download_goes_on_is_not_left_without_a_question() {
    let mut stage = filled(SMALL);
    stage.keys("ctrl-s enter esc").shows("A download goes on");
    stage.keys("enter").shows("Logs of");
    stage.keys("esc tab enter").shows("Fleet");
    let forgotten = |effect: &Effect| matches!(effect, Effect::Logs(LogsEffect::Download(DownloadEffect::Forget(_))));
    assert!(stage.effects.iter().any(forgotten));
}

#[test]
fn the_mouse_puts_the_cursor_and_the_wheel_moves() {
    let mut stage = filled(WIDE);
    stage.mouse(Click::Press, 20, stage.row("cache is cold")).shows("▸ ▽订单-z level=warn");
    stage.mouse(Click::WheelDown, 20, 20).shows("▸ ▲b7c1q  订单服务已启动");
}

#[test]
fn keys_wait_for_no_work_on_a_full_buffer() {
    let mut stage = live(SMALL);
    let line = "some words of a line that is neither long nor short, with a number 1234567 in it\n".trim_end();
    for _ in 0..40 {
        let lines: Vec<Said> = (0..10_000).map(|_| plain(1, line)).collect();
        let id = id(&stage);
        stage.message(Message::Logs(id, Told::Lines(block(&lines)).into()));
    }
    settle(&mut stage);
    stage.keys("/").type_text("9");
    // A step looks at a part of it, and asks for the next one behind whatever else is queued.
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Logs(LogsEffect::Continue(_)))));
    stage.keys("esc");
    settle(&mut stage);
    stage.shows("some words");
    assert_eq!(SECOND, 1_000_000_000);
}
