//! Lines of services in Go: JSON, or text in colours.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::{
    Death, Level, Mood, Said, Speaker, Style,
    words::{city, lane, payload, peer, person, plate, state, topic, waybill},
};
use crate::pods::chance::Chance;

type Fields = Vec<(&'static str, Value)>;

fn line(speaker: &Speaker, at: DateTime<Utc>, level: Level, caller: &str, text: &str, fields: &Fields) -> Said {
    let line = match speaker.style {
        Style::Colour => coloured(at, level, text, fields),
        _ => in_json(speaker, at, level, caller, text, fields),
    };
    Said::one(level, line)
}

fn in_json(speaker: &Speaker, at: DateTime<Utc>, level: Level, caller: &str, text: &str, fields: &Fields) -> String {
    let word = match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    };
    let mut map = Map::new();
    map.insert("level".into(), word.into());
    map.insert("ts".into(), at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true).into());
    map.insert("app".into(), speaker.app.as_str().into());
    map.insert("caller".into(), caller.into());
    map.insert("msg".into(), text.into());
    map.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Value::Object(map).to_string()
}

fn coloured(at: DateTime<Utc>, level: Level, text: &str, fields: &Fields) -> String {
    let (colour, word) = match level {
        Level::Debug => (90, "DBG"),
        Level::Info => (32, "INF"),
        Level::Warn => (33, "WRN"),
        Level::Error => (31, "ERR"),
    };
    let fields: String = fields
        .iter()
        .map(|(name, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!(" \x1b[36m{name}=\x1b[0m{value}")
        })
        .collect();
    let time = at.format("%H:%M:%S%.3f");
    format!("\x1b[90m{time}\x1b[0m \x1b[{colour}m{word}\x1b[0m {text}{fields}")
}

/// A line in the middle of work.
pub(super) fn says(speaker: &Speaker, at: DateTime<Utc>, mut chance: Chance, mood: Mood) -> Said {
    let chance = &mut chance;
    match mood {
        Mood::Leaking(how_far) if chance.fraction() < 0.3 + how_far * 0.6 => {
            let used = (speaker.limit as f64 * (0.82 + how_far * 0.17)) as u64;
            let fields = vec![
                ("rss_mib", json!(used)),
                ("limit_mib", json!(speaker.limit)),
                ("entries", json!(chance.between(90_000, 400_000))),
            ];
            let level = if how_far > 0.8 { Level::Error } else { Level::Warn };
            return line(
                speaker,
                at,
                level,
                "cache/manifest.go:141",
                "memory is running out, cache cannot be shrunk",
                &fields,
            );
        }
        Mood::Waiting if chance.in_thousand(700) => {
            let fields = vec![("upstream", json!(peer(chance))), ("attempt", json!(chance.between(3, 90)))];
            return line(
                speaker,
                at,
                Level::Warn,
                "health/ready.go:52",
                "not ready: upstream refuses the connection",
                &fields,
            );
        }
        _ => {}
    }
    let trace = |chance: &mut Chance| ("trace", json!(chance.hex(16)));
    match chance.below(1000) {
        0..=2 => line(speaker, at, Level::Debug, "bus/dump.go:19", "payload", &vec![("body", json!(payload(chance)))]),
        3..=11 => {
            let fields = vec![
                (
                    "error",
                    json!(format!("rpc error: code = DeadlineExceeded desc = {} did not answer in 2s", peer(chance))),
                ),
                ("waybill", json!(waybill(chance))),
                trace(chance),
            ];
            line(speaker, at, Level::Error, "client/call.go:77", "call failed", &fields)
        }
        12..=39 => {
            let fields = vec![("topic", json!(topic(chance))), ("lag", json!(chance.between(500, 9000)))];
            line(speaker, at, Level::Warn, "bus/consumer.go:113", "consumer lags behind", &fields)
        }
        40..=229 => {
            let fields = vec![
                ("vehicle", json!(plate(chance))),
                ("city", json!(city(chance))),
                ("driver", json!(person(chance))),
            ];
            line(speaker, at, Level::Info, "track/position.go:64", "位置已更新", &fields)
        }
        230..=500 => {
            let fields = vec![
                ("waybill", json!(waybill(chance))),
                ("state", json!(state(chance))),
                ("lane", json!(lane(chance))),
            ];
            line(speaker, at, Level::Info, "ship/state.go:201", "shipment advanced", &fields)
        }
        _ => {
            let fields = vec![
                ("method", json!(chance.pick(&["GET", "GET", "POST"]))),
                ("path", json!(chance.pick(&["/v1/positions", "/v1/eta", "/v1/quotes", "/healthz"]))),
                ("status", json!(200)),
                ("ms", json!(chance.between(1, 180))),
                trace(chance),
            ];
            line(speaker, at, Level::Info, "http/server.go:88", "request", &fields)
        }
    }
}

/// What it says when it starts.
pub(super) fn starts(speaker: &Speaker, started: DateTime<Utc>) -> Vec<(i64, Said)> {
    let info = |ms: i64, text: &str, fields: Fields| {
        (ms, line(speaker, started + TimeDelta::milliseconds(ms), Level::Info, "cmd/main.go:31", text, &fields))
    };
    vec![
        info(
            15,
            "starting",
            vec![("version", json!(speaker.version)), ("go", json!("go1.24.4")), ("pod", json!(speaker.pod))],
        ),
        info(40, "configuration read", vec![("file", json!("/etc/app/config.yaml"))]),
        info(220, "connected", vec![("bus", json!("kafka.bus:9092")), ("group", json!(speaker.app))]),
        info(240, "listening", vec![("address", json!(":8080"))]),
    ]
}

/// What it says when it ends.
pub(super) fn ends(speaker: &Speaker, end: DateTime<Utc>, death: Death) -> Vec<(i64, Said)> {
    let at = |ms: i64| end - TimeDelta::milliseconds(ms);
    let plain =
        |lines: &[&str]| Said { level: Level::Error, lines: lines.iter().map(|&line| line.to_owned()).collect() };
    match death {
        Death::OutOfMemory => {
            let fields = vec![("limit_mib", json!(speaker.limit))];
            let last = line(
                speaker,
                at(700),
                Level::Error,
                "cache/manifest.go:141",
                "allocation failed, memory is at its limit",
                &fields,
            );
            let fatal = plain(&[
                "fatal error: runtime: out of memory",
                "",
                "runtime stack:",
                "runtime.throw({0x1c0b6ae?, 0x7f3e90?})",
                "\t/usr/local/go/src/runtime/panic.go:1067 +0x48",
            ]);
            vec![(700, last), (30, fatal)]
        }
        Death::Crash(code) => {
            let fields = vec![("error", json!("required key routing.table.version is missing")), ("exit", json!(code))];
            let last = line(speaker, at(300), Level::Error, "cmd/main.go:58", "cannot start", &fields);
            let panic = plain(&[
                "panic: routing table: version is missing (配置缺失)",
                "",
                "goroutine 1 [running]:",
                "main.mustLoad(...)",
                "\t/src/cmd/main.go:61",
                "main.main()",
                "\t/src/cmd/main.go:34 +0x1a5",
                "exit status 2",
            ]);
            vec![(300, last), (20, panic)]
        }
        Death::Stopped => vec![
            (
                1500,
                line(
                    speaker,
                    at(1500),
                    Level::Info,
                    "cmd/main.go:90",
                    "SIGTERM, draining",
                    &vec![("in_flight", json!(4))],
                ),
            ),
            (60, line(speaker, at(60), Level::Info, "cmd/main.go:97", "stopped", &Vec::new())),
        ],
    }
}
