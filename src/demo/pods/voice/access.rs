//! A web server's lines.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Death, Level, Mood, Said,
    words::{lane, waybill},
};
use crate::pods::chance::Chance;

/// A line of the combined log format.
pub(crate) fn access(at: DateTime<Utc>, mut chance: Chance, mood: Mood) -> String {
    let chance = &mut chance;
    let failing = match mood {
        Mood::Fine => chance.in_thousand(8),
        Mood::Leaking(_) | Mood::Waiting => chance.in_thousand(300),
    };
    let status = if failing {
        chance.pick(&["502", "503", "504"])
    } else {
        chance.pick(&["200", "200", "200", "200", "304", "404"])
    };
    let path = match chance.below(4) {
        0 => format!("/track/{}", waybill(chance)),
        1 => format!("/api/v2/quotes?lane={}", lane(chance)),
        2 => "/assets/app.9f31c2.js".to_owned(),
        _ => format!("/api/v2/waybills/{}?q=%E8%BF%90%E5%8D%95", waybill(chance)),
    };
    let agent =
        chance.pick(&["Mozilla/5.0 (X11; Linux x86_64)", "okhttp/4.12.0", "MicroMessenger/8.0", "kube-probe/1.33"]);
    format!(
        "10.244.{}.{} - - [{}] \"{} {path} HTTP/1.1\" {status} {} \"-\" \"{agent}\" {:.3}",
        chance.below(6),
        chance.between(2, 250),
        at.format("%d/%b/%Y:%H:%M:%S +0000"),
        chance.pick(&["GET", "GET", "GET", "POST"]),
        chance.between(120, 48_000),
        chance.fraction() * if failing { 30.0 } else { 0.4 },
    )
}

/// What nginx says when it starts.
pub(super) fn starts(started: DateTime<Utc>) -> Vec<(i64, Said)> {
    let notice = |ms: i64, text: &str| {
        let time = (started + TimeDelta::milliseconds(ms)).format("%Y/%m/%d %H:%M:%S");
        (ms, Said::one(Level::Info, format!("{time} [notice] 1#1: {text}")))
    };
    vec![
        notice(20, "using the \"epoll\" event method"),
        notice(21, "nginx/1.27.3"),
        notice(22, "start worker processes"),
        notice(23, "start worker process 29"),
    ]
}

/// What it says when it ends.
pub(super) fn ends(end: DateTime<Utc>, death: Death) -> Vec<(i64, Said)> {
    let say = |ms: i64, level: Level, text: &str| {
        let word = if level == Level::Error { "emerg" } else { "notice" };
        let time = (end - TimeDelta::milliseconds(ms)).format("%Y/%m/%d %H:%M:%S");
        (ms, Said::one(level, format!("{time} [{word}] 1#1: {text}")))
    };
    match death {
        Death::OutOfMemory => vec![say(50, Level::Error, "malloc(16384) failed (12: Cannot allocate memory)")],
        Death::Crash(_) => {
            vec![say(50, Level::Error, "host not found in upstream \"routing.internal\" in /etc/nginx/nginx.conf:31")]
        }
        Death::Stopped => {
            vec![say(900, Level::Info, "signal 3 (SIGQUIT) received, shutting down"), say(40, Level::Info, "exit")]
        }
    }
}
