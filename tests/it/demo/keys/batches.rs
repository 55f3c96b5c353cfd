//! Plans, batches in flight, and the list of all.

use serde_json::json;

use super::{
    Place, Script, Stage, Step,
    Step::{All, Do, Gone, Key, Restart, Run, See, Type, Unfiltered},
    WIDE,
    tables::{heal, slow},
};

pub const PLACES: &[Place] = &[PLAN, VALUES, PAUSED, BATCH, HELD, BATCHES];

/// Gets are answered late from now on.
fn slow_gets(stage: &Stage) {
    let fault = json!({ "kind": "latency", "verb": "get", "milliseconds": 1500 });
    stage.demo.control("POST", "faults", &fault);
}

const PLAN: Place = Place {
    on: "plan",
    size: WIDE,
    enter: &[Type("/ns:dev customs-\r"), See("Fleet: 2 of 102 apps"), Key("*"), See("2 marked"), Key("u")],
    home: &[See("Roll back 2 apps in dev"), See("2 apps: 2 ready"), See("all at once"), Gone("[ Cancel ]")],
    scripts: &[
        Script {
            run: "confirm",
            steps: &[
                Key("space"),
                Key("space"),
                Key("space"),
                See("ready for your confirmation"),
                Run,
                See("Type 2 to roll back"),
                Key("esc"),
            ],
        },
        Script { run: "history", steps: &[Run, See("History of dev/deploy/customs-"), Key("esc")] },
        Script {
            run: "previous",
            steps: &[
                Key("h"),
                See("History of dev/deploy/customs-"),
                Key("G"),
                Key("enter"),
                See("→  rev 1 "),
                Run,
                Gone("→  rev 1 "),
            ],
        },
        Script { run: "diff", steps: &[Run, See("the template, before and after"), Key("esc")] },
        Script { run: "narrower", steps: &[Run, See("one after the other"), Key("+")] },
        Script { run: "wider", steps: &[Key("-"), See("one after the other"), Run, See("all at once")] },
        Script { run: "reread", steps: &[Do(slow_gets), Run, See("reading"), Do(heal)] },
        Script {
            run: "remove",
            steps: &[Run, See("1 app: 1 ready"), Key("esc"), See("Fleet: 2 of 102 apps"), Key("u")],
        },
    ],
};

const VALUES: Place = Place {
    on: "plan",
    size: WIDE,
    enter: &[Type("/ns:dev customs-\r"), See("Fleet: 2 of 102 apps"), Key("*"), See("2 marked"), Key("i")],
    home: &[See("Release 2 apps in dev"), See("type a tag"), Gone("reading"), Gone("for all 2")],
    scripts: &[
        Script { run: "edit-all", steps: &[Run, See("for all 2"), Key("esc")] },
        Script {
            run: "edit",
            steps: &[
                Run,
                Type("77.0.0\r"),
                See("→  77.0.0"),
                Key("esc"),
                See("Fleet: 2 of 102 apps"),
                Key("i"),
                See("2 apps: 2 not complete"),
            ],
        },
    ],
};

/// Nothing of this app rolls out.
fn pause(stage: &Stage) {
    let path = "/apis/apps/v1/namespaces/dev/deployments/tide-tables";
    let mut object = stage.demo.deployment("tide-tables");
    object["spec"]["paused"] = json!(true);
    let (status, answer) = stage.demo.send("PUT", path, &object.to_string());
    assert_eq!(status, 200, "{answer}");
}

const PAUSED: Place = Place {
    on: "plan",
    size: WIDE,
    enter: &[
        Do(pause),
        Type("/ns:dev tide-tables\r"),
        See("Paused"),
        Key("r"),
        See("resume it in the same write, or leave it"),
    ],
    home: &[See("Restart tide-tables in dev"), See("it is paused")],
    scripts: &[Script { run: "resume", steps: &[Run, See("and resumes in the same write"), Run, See("and stays so")] }],
};

/// From the fleet to a batch that waits for a pod of an app of strategy OnDelete to be deleted.
const RESTARTED: &[Step] = &[
    Type("/ns:dev session-store\r"),
    See("Fleet: 1 of 102 apps"),
    Key("r"),
    See("1 app: 1 ready"),
    Key("space"),
    Key("space"),
    Key("space"),
    See("ready for your confirmation"),
    Key("ctrl-s"),
    See("[ Cancel ]"),
    Key("tab"),
    Gone("[ Cancel ]"),
    Key("enter"),
    See("Running: "),
    See("rolling out"),
];

const BATCH: Place = Place {
    on: "batch",
    size: WIDE,
    enter: RESTARTED,
    home: &[See("Batch: restart of 1 app"), See("waits for these to be deleted"), Gone("Cancel")],
    scripts: &[
        Script { run: "open", steps: &[Run, See("Pods of dev/sts/session-store"), Key("esc")] },
        Script { run: "page", steps: &[Run, See("App dev/sts/session-store"), Key("esc")] },
        Script { run: "revert", steps: &[Run, See("Revert 1 app?"), Key("esc")] },
        Script { run: "delete", steps: &[Run, See("Evict or delete pod session-store-0"), Key("esc")] },
    ],
};

/// From the fleet to a batch of two apps, one after the other, of which the second waits.
const ONE_BY_ONE: &[Step] = &[
    Type("/ns:dev session-store\r"),
    See("Fleet: 1 of 102 apps"),
    Key("space"),
    See("1 marked"),
    Key("esc"),
    See("Fleet: 102 apps"),
    Type("/ns:dev tide-tables\r"),
    See("Fleet: 1 of 102 apps"),
    Key("space"),
    See("2 marked"),
    Key("esc"),
    See("Fleet: 102 apps"),
    Key("r"),
    See("Restart 2 apps in dev"),
    Key("-"),
    See("one after the other"),
    See("2 apps: 2 ready"),
    Key("space"),
    Key("space"),
    Key("space"),
    Key("j"),
    Key("space"),
    Key("space"),
    Key("space"),
    See("ready for your confirmation"),
    Key("ctrl-s"),
    See("Type 2 to restart"),
    Key("2"),
    Key("enter"),
    See("Running: "),
    See("rolling out"),
];

const HELD: Place = Place {
    on: "batch",
    size: WIDE,
    enter: ONE_BY_ONE,
    home: &[See("Batch: restart of 2 apps"), See("waits for these to be deleted"), Gone("Cancel"), Gone("Paused: ")],
    scripts: &[
        Script {
            run: "hold",
            steps: &[Run, See("Paused: "), Key("ctrl-z"), See("Go on?"), Key("tab"), Key("enter"), Gone("Paused: ")],
        },
        Script { run: "stop", steps: &[Run, See("Stop here?"), Key("esc")] },
        Script { run: "skip", steps: &[Key("j"), Run, See("Skip tide-tables?"), Key("esc"), Key("k")] },
        Script {
            run: "retry",
            steps: &[
                Key("j"),
                Key("ctrl-n"),
                See("Skip tide-tables?"),
                Key("tab"),
                Key("enter"),
                See("1 skipped"),
                Run,
                See("Try tide-tables again?"),
                Key("esc"),
                Key("k"),
            ],
        },
    ],
};

/// Ends the program in the middle of the batch, and starts it again.
const LEFT: &[Step] =
    &[Key("ctrl-c"), See("Pause and leave?"), Key("tab"), Key("enter"), Restart, See("1 unfinished batch")];

const BATCHES: Place = Place {
    on: "batches",
    size: WIDE,
    enter: &[All(RESTARTED), All(LEFT)],
    home: &[
        See("4 batches, 1 unfinished"),
        See("its driver left in good order"),
        Gone("reading"),
        Gone("Cancel"),
        Unfiltered,
    ],
    scripts: &[
        Script { run: "open", steps: &[Run, See("What happened"), Key("esc")] },
        Script { run: "revert", steps: &[Run, See("Revert 1 app?"), Key("esc")] },
        Script { run: "take-over", steps: &[Run, See("Go on with the restart of 1 app?"), Key("esc")] },
        Script { run: "repeat", steps: &[Run, See("Restart session-store in dev"), Key("esc")] },
        Script { run: "save", steps: &[Run, See("is written to")] },
        Script { run: "reread", steps: &[Do(slow), Run, See("reading"), Do(heal)] },
        Script { run: "filter", steps: &[Run, Type("session\r"), See("1 of 4"), Key("esc")] },
        Script { run: "sort-age", steps: &[Key("H"), See("OUTCOME▼"), Run, See("STARTED▼")] },
        Script { run: "sort-health", steps: &[Run, See("OUTCOME▼"), Key("A"), See("STARTED▼")] },
        Script { run: "sort-namespace", steps: &[Run, See("NAMESPACES▼"), Key("A"), See("STARTED▼")] },
        Script { run: "sort-next", steps: &[Run, See("OUTCOME▼"), Key("A"), See("STARTED▼")] },
        Script { run: "sort-prior", steps: &[Run, See("WHAT▼"), Key("A"), See("STARTED▼")] },
    ],
};
