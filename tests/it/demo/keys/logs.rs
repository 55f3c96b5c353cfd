//! Logs.

use super::{
    Place, Script, Step,
    Step::{All, Gone, Key, Run, See, Type},
    WIDE,
};

pub const PLACES: &[Place] = &[LOGS];

/// Nothing new is shown, so that what is looked at stays where it is.
const PAUSE: Step = All(&[Key("space"), See("PAUSED")]);
/// Everything is shown again, the newest line in sight.
const GO_ON: Step = All(&[Key("space"), Gone("PAUSED"), Key("G"), See("autoscroll")]);
/// The list of files, and back from it.
const FILES: Step = All(&[Key("tab"), See("Previous logs of"), Key("tab"), See("under /var/log"), Gone("looking …")]);
const BACK: Step = All(&[Key("esc"), Gone("under /var/log"), Key("p"), Gone("Previous logs of")]);

const LOGS: Place = Place {
    on: "logs",
    size: WIDE,
    enter: &[Type(":logs dev/api-gateway\r")],
    home: &[See("Logs of dev/deploy/api-gateway"), See("autoscroll"), See("up to")],
    scripts: &[
        Script {
            run: "filter",
            steps: &[Run, See("Only lines with:"), Type("zzz\r"), See("/zzz"), Key("esc"), Gone("/zzz")],
        },
        Script {
            run: "filter-out",
            steps: &[Run, See("No lines with:"), Type("zzz\r"), See("!zzz"), Key("esc"), Gone("!zzz")],
        },
        Script { run: "remove", steps: &[Type("/zzz\r"), See("/zzz"), Run, Gone("/zzz")] },
        Script { run: "search", steps: &[Run, See("Search:"), Key("esc"), Gone("Search:")] },
        Script {
            run: "next",
            steps: &[
                PAUSE,
                Type("ea\r"),
                See("search a:"),
                Run,
                See("the search went on"),
                Key("esc"),
                Gone("search a:"),
                GO_ON,
            ],
        },
        Script {
            run: "prior",
            steps: &[
                PAUSE,
                Type("ea\r"),
                See("search a:"),
                Key("g"),
                Run,
                See("the search went on"),
                Key("esc"),
                Gone("search a:"),
                GO_ON,
            ],
        },
        Script {
            run: "level",
            steps: &[
                Run,
                See("no trace, no debug"),
                Run,
                See("warn and worse; a line"),
                Run,
                See("error and worse; a line"),
                Run,
                See("lines of every level"),
            ],
        },
        Script { run: "only-revision", steps: &[Run, See("there is one revision here")] },
        Script { run: "autoscroll", steps: &[Run, See("standing still"), Run, See("autoscroll")] },
        Script { run: "pause-view", steps: &[Run, See("PAUSED"), Run, Gone("PAUSED")] },
        Script { run: "wrap", steps: &[Run, See("wrapped"), Run, Gone("wrapped")] },
        Script {
            run: "timestamps",
            steps: &[
                Run,
                See("local times"),
                Run,
                See("times in UTC"),
                Run,
                See("times as ages"),
                Run,
                See("no times"),
            ],
        },
        Script { run: "full-screen", steps: &[Run, Gone("lines/s"), Run, See("lines/s")] },
        Script { run: "left", steps: &[Key("right"), See("from column 21"), Run, Gone("from column")] },
        Script { run: "right", steps: &[Run, See("from column 21"), Key("left"), Gone("from column")] },
        Script { run: "open", steps: &[Run, See("Line of 20"), Key("esc"), Gone("Line of 20")] },
        Script { run: "fold-all", steps: &[Run, See("traces are unfolded"), Run, See("traces are folded")] },
        Script { run: "fields", steps: &[Run, See("fields are columns"), Run, See("lines as they are")] },
        Script { run: "histogram", steps: &[Run, Gone("up to"), Run, See("up to")] },
        Script { run: "patterns", steps: &[Run, See("Patterns:"), Key("esc"), Gone("Patterns:")] },
        Script { run: "compare", steps: &[Run, See("nothing to compare it with")] },
        Script { run: "legend", steps: &[Run, See("Sources:"), Key("esc"), Gone("Sources:")] },
        Script { run: "next-source", steps: &[Run, See("Previous logs of"), Key("p"), Gone("Previous logs of")] },
        Script { run: "previous-log", steps: &[Run, See("Previous logs of"), Run, Gone("Previous logs of")] },
        Script { run: "log-head", steps: &[Run, See("from the beginning"), Key("0"), See("the last 1,000 lines")] },
        Script { run: "last-minute", steps: &[Run, See("from 1m ago")] },
        Script { run: "last-five-minutes", steps: &[Run, See("from 5m ago")] },
        Script { run: "last-quarter-hour", steps: &[Run, See("from 15m ago")] },
        Script { run: "last-half-hour", steps: &[Run, See("from 30m ago")] },
        Script { run: "last-hour", steps: &[Run, See("from 1h ago")] },
        Script { run: "log-tail", steps: &[Run, See("the last 1,000 lines")] },
        Script { run: "point-in-time", steps: &[Run, See("Go to:"), Key("esc"), Gone("Go to:")] },
        Script { run: "mark", steps: &[Run, See("1 marked"), Key("ctrl-\\"), Gone("marked")] },
        Script { run: "mark-all", steps: &[Run, See(" marked"), Key("ctrl-\\"), Gone(" marked")] },
        Script { run: "mark-range", steps: &[Run, See("selected"), Key("esc"), Gone("selected")] },
        Script { run: "select-up", steps: &[PAUSE, Run, See("2 lines selected"), Key("esc"), Gone("selected"), GO_ON] },
        Script {
            run: "select-down",
            steps: &[PAUSE, Key("k"), Key("k"), Run, See("2 lines selected"), Key("esc"), Gone("selected"), GO_ON],
        },
        Script {
            run: "next-mark",
            steps: &[
                PAUSE,
                Key("m"),
                See("▸●"),
                Key("k"),
                Gone("▸●"),
                Run,
                See("▸●"),
                Key("ctrl-\\"),
                Gone("1 marked"),
                GO_ON,
            ],
        },
        Script {
            run: "prior-mark",
            steps: &[
                PAUSE,
                Key("k"),
                Key("m"),
                See("▸●"),
                Key("j"),
                Gone("▸●"),
                Run,
                See("▸●"),
                Key("ctrl-\\"),
                Gone("1 marked"),
                GO_ON,
            ],
        },
        Script { run: "clear-marks", steps: &[Key("m"), See("1 marked"), Run, Gone("1 marked")] },
        Script { run: "reread", steps: &[FILES, Run, See("looking once more"), BACK] },
        Script { run: "download", steps: &[Run, See("[Start]"), Key("esc"), Gone("[Start]")] },
        Script { run: "keep-all", steps: &[Run, See("everything that comes is kept"), Run, See("no more is kept")] },
        Script { run: "clear-buffer", steps: &[Run, See("kept are forgotten")] },
    ],
};
