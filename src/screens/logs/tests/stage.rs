//! A room with three pods, filled or not, for the other tests.

pub use std::sync::Arc;

pub use rolldeck_core::{
    fleet::Freshness,
    kept::Name,
    logs::{
        Begin, Block, Ended, Flags, Gap, Kind, Level, Line, LogsOf, Nanos, PickedFile, Reading, Revision, Rotated,
        Source, SourceId, SourceState, Told, Why, nanos,
    },
};

pub use super::super::{FilesOf, KeptLog, LogFile, Logs, LogsEffect, LogsId, LogsReply, NoFiles};
pub use crate::{
    Click, Effect, Message,
    testing::{Stage, ago, key},
};

pub const SMALL: (u16, u16) = (80, 24);
pub const WIDE: (u16, u16) = (160, 50);

pub fn at(seconds: i64) -> Nanos {
    nanos(ago(seconds))
}

pub fn gateway() -> LogsOf {
    LogsOf::App(key("qa", "gateway", rolldeck_core::model::AppKind::Deployment))
}

pub fn source(hash: &str, number: u64, pod: &str) -> Source {
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
pub fn sources() -> Vec<(SourceId, Source)> {
    let all = [source("7d9f", 8, "x2x4k"), source("7d9f", 8, "b7c1q"), source("5c2a", 7, "订单-z")];
    all.into_iter().enumerate().map(|(n, source)| (SourceId(n as u16), source)).collect()
}

/// Seconds before now, source, level, flags, text.
pub type Said<'a> = (i64, u16, Level, Flags, &'a str);

pub fn block(lines: &[Said]) -> Vec<Arc<Block>> {
    let mut block = Block::default();
    for (ago, source, level, flags, text) in lines {
        let (time, source) = (at(*ago), SourceId(*source));
        block.push(Line { number: 0, time, source, level: *level, flags: *flags, text: text.as_bytes() });
    }
    vec![Arc::new(block)]
}

pub fn plain(ago: i64, text: &str) -> Said<'_> {
    (ago, 0, Level::Unknown, Flags::NONE, text)
}

/// The reading that was opened last.
pub fn id(stage: &Stage) -> LogsId {
    let opened = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Logs(LogsEffect::Open { id, .. }) => Some(*id),
        _ => None,
    });
    opened.expect("a reading was opened")
}

/// Tells the room something of its reading, and does all steps that it asks for.
pub fn say(stage: &mut Stage, reply: impl Into<LogsReply>) {
    let id = id(stage);
    stage.effects.retain(|effect| !matches!(effect, Effect::Logs(LogsEffect::Continue(_))));
    stage.message(Message::Logs(id, reply.into()));
    settle(stage);
}

pub fn settle(stage: &mut Stage) {
    for _ in 0..10_000 {
        let asked = stage.effects.iter().position(|effect| matches!(effect, Effect::Logs(LogsEffect::Continue(_))));
        let Some(asked) = asked else { return };
        let Effect::Logs(LogsEffect::Continue(id)) = stage.effects.remove(asked) else { return };
        stage.message(Message::Logs(id, LogsReply::Continue));
    }
    panic!("the room asks for steps without end");
}

pub fn open(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(Box::new(Logs::new(vec![gateway()], Reading::Stdout)));
    stage.at(0);
    stage
}

pub fn live(size: (u16, u16)) -> Stage {
    let mut stage = open(size);
    say(&mut stage, Told::Pods(Freshness::Live));
    say(&mut stage, Told::Sources(sources()));
    for n in 0..2 {
        say(&mut stage, Told::State(SourceId(n), SourceState::Live));
    }
    say(&mut stage, Told::State(SourceId(2), SourceState::Ended(at(9), Ended::Exited(Some(137)))));
    stage
}

pub fn filled(size: (u16, u16)) -> Stage {
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
