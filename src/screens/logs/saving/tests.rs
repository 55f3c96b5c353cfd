//! A download is asked for, followed, left, cut, gone on with and told of.

use std::sync::Arc;

use rolldeck_core::logs::{
    Begin, Kind,
    download::{Compress, Download, Problem, Progress, Saved, WholeFrom},
    nanos,
};
use rstest::rstest;

use crate::{
    Effect, Message,
    logs::{
        DownloadEffect, DownloadReply, LogsEffect, LogsId, LogsReply,
        tests::stage::{SMALL, WIDE, filled, gateway, sources},
    },
    testing::{Stage, ago},
};

/// The download that was begun last.
fn started(stage: &Stage) -> (LogsId, Arc<Download>) {
    let start = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Logs(LogsEffect::Download(DownloadEffect::Start(id, what))) => Some((*id, what.clone())),
        _ => None,
    });
    start.expect("a download was begun")
}

fn tell(stage: &mut Stage, reply: DownloadReply) {
    let (id, _) = started(stage);
    stage.message(Message::Logs(id, LogsReply::Download(reply)));
}

fn progress() -> DownloadReply {
    DownloadReply::Progress(Progress {
        bytes: 10 << 20,
        of: Some(40 << 20),
        files: 1,
        all: 3,
        now: "qa/gateway/订单-z\u{1b}[2J/main/stdout.log".into(),
        rate: 5 << 20,
    })
}

fn saved() -> Saved {
    Saved { path: "logs/logs-gateway-20261123T090000Z".into(), files: 3, bytes: 10 << 20, ..Saved::default() }
}

fn asked(stage: &Stage, wanted: fn(&DownloadEffect) -> bool) -> bool {
    stage.effects.iter().any(|effect| matches!(effect, Effect::Logs(LogsEffect::Download(of)) if wanted(of)))
}

#[test]
fn a_download_is_asked_for_followed_cut_and_gone_on_with() {
    let mut stage = filled(SMALL);
    stage.keys("ctrl-s").shows("of qa/deploy/gateway");
    stage.keys("tab tab space up up");
    stage.keys("down down down down down").keys("ctrl-u").type_text("~/logs").keys("tab space tab enter");
    let (_, what) = started(&stage);
    assert_eq!((what.stdout, what.previous, what.compress, what.to.as_str()), (true, true, Compress::Gzip, "~/logs"));
    assert_eq!((what.begin, what.of.as_slice()), (Begin::Head, &[gateway()][..]));
    tell(&mut stage, progress());
    stage.shows("download 1/3 files, 10Mi of 40Mi, 5Mi/s");
    stage.keys("ctrl-s").shows("25%").shows("now: qa/gateway/订单-z");
    stage.keys("tab enter").shows("It stops: what was saved stays.");
    assert!(asked(&stage, |of| matches!(of, DownloadEffect::Cancel(_))));
    tell(&mut stage, DownloadReply::Cut("cancelled".into(), saved()));
    stage.shows("Cancelled: what was saved stays").shows("the download is cancelled");
    stage.keys("tab enter");
    assert!(asked(&stage, |of| matches!(of, DownloadEffect::Resume(_))));
    tell(&mut stage, DownloadReply::Cut("connection reset".into(), saved()));
    stage.shows("Cut: connection reset").shows("Go on with it");
    stage.keys("tab enter");
    tell(&mut stage, DownloadReply::Done(saved()));
    stage.shows("3 files saved to logs/logs-gateway-20261123T090000Z");
    stage.keys("tab enter").shows("[Start]");
}

#[test]
fn a_download_goes_on_when_its_room_is_left_with_a_sign_and_is_found_again() {
    let mut stage = filled(SMALL);
    stage.keys("ctrl-s enter");
    tell(&mut stage, progress());
    stage.keys("esc").shows("Fleet").shows("download 25%");
    assert!(!asked(&stage, |of| matches!(of, DownloadEffect::Cancel(_) | DownloadEffect::Forget(_))));
    stage.keys(":").type_text("q").keys("enter").shows("1 download of logs goes on: it is cut off where it is");
    stage.keys("esc");
    stage.keys(":").type_text("downloads").keys("enter").shows("Downloads: 1 of 1 go on");
    stage.keys("enter").shows("25%");
    stage.keys("esc x").shows("▸ qa/deploy/gateway").shows(" stops");
    assert!(asked(&stage, |of| matches!(of, DownloadEffect::Cancel(_))));
    tell(&mut stage, DownloadReply::Cut("cancelled".into(), saved()));
    stage.shows("the download is cancelled").hides("download 25%");
    stage.keys("enter tab enter").shows("download 0%");
    assert!(asked(&stage, |of| matches!(of, DownloadEffect::Resume(_))));
    tell(&mut stage, DownloadReply::Done(saved()));
    stage.shows("3 files saved to");
    stage.keys("x").shows("Nothing was downloaded yet.");
    assert!(asked(&stage, |of| matches!(of, DownloadEffect::Forget(_))));
}

#[rstest]
fn a_download_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    let mut stage = filled(size);
    stage.keys("ctrl-s");
    insta::assert_snapshot!(name("form"), stage.text());
    stage.keys("up up up up space");
    insta::assert_snapshot!(name("form-files"), stage.text());
    let shown = |reply: DownloadReply, before: &str, after: &str| {
        let mut stage = filled(size);
        stage.keys("ctrl-s enter");
        tell(&mut stage, progress());
        stage.keys("ctrl-s").keys(before);
        tell(&mut stage, reply);
        stage.keys(after);
        stage.text()
    };
    insta::assert_snapshot!(name("progress"), shown(progress(), "", ""));
    let problem = Problem {
        source: rolldeck_core::logs::Source { kind: Kind::Previous, ..sources()[1].1.clone() },
        why: "the kubelet has no previous log of it".into(),
    };
    let whole = WholeFrom { source: sources()[0].1.clone(), from: Some(nanos(ago(3600))) };
    let left = "qa/gateway-1 [main] what its node has rotated away: not allowed: get nodes/proxy in the cluster";
    let all = Saved { problems: vec![problem], rotated: vec![whole], left_out: vec![left.into()], ..saved() };
    insta::assert_snapshot!(name("done"), shown(DownloadReply::Done(all), "", ""));
    insta::assert_snapshot!(name("cancelled"), shown(DownloadReply::Cut("cancelled".into(), saved()), "tab enter", ""));
    let full = "logs/qa/gateway/stdout.log: the disk is full: make room, and go on; what was saved stays";
    insta::assert_snapshot!(name("cut"), shown(DownloadReply::Cut(full.into(), saved()), "", ""));
    let taken = "/etc/hosts/logs: a file is where a directory should be: name another directory";
    insta::assert_snapshot!(name("failed"), shown(DownloadReply::Failed(taken.into()), "", ""));
    let mut stage = filled(size);
    stage.keys("ctrl-s enter ctrl-s tab tab");
    tell(&mut stage, progress());
    stage.keys("esc esc").keys(":").type_text("downloads").keys("enter");
    insta::assert_snapshot!(name("list"), stage.text());
    insta::assert_snapshot!(name("nothing"), {
        let mut stage = Stage::shop(size);
        stage.keys(":").type_text("downloads").keys("enter");
        stage.text()
    });
}
