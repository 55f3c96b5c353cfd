//! What is kept and downloaded.

use super::stage::*;

#[test]
fn everything_can_be_kept_in_a_file_and_it_says_where() {
    let mut stage = filled(WIDE);
    stage.keys("alt-k").shows("everything that comes is kept");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Logs(LogsEffect::Keep(_, true)))));
    say(&mut stage, LogsReply::Kept(Ok(Some(KeptLog { path: "/state/gateway.log".into(), bytes: 5 << 20 }))));
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
