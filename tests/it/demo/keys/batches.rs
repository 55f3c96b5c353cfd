//! Plans, batches in flight, and unfinished ones.

use serde_json::json;

use super::{
    Place, Script, Stage, Step,
    Step::{All, Do, Gone, Key, Restart, Run, See, Type},
    WIDE,
    tables::{heal, slow},
};

pub const PLACES: &[Place] = &[PLAN, VALUES, PAUSED, BATCH, UNFINISHED];

/// Gets are answered late from now on.
fn slow_gets(stage: &Stage) {
    let fault = json!({ "kind": "latency", "verb": "get", "milliseconds": 1500 });
    stage.demo.control("POST", "faults", &fault);
}

const PLAN: Place = Place {
    on: "plan",
    size: WIDE,
    enter: &[Type("/ns:dev customs-\r"), See("Fleet: 2 of 102 apps"), Key("*"), See("2 marked"), Key("u")],
    home: &[See("Roll back 2 apps in dev"), See("2 apps: 2 ready · all at once"), Gone("[ Cancel ]")],
    scripts: &[
        Script { run: "confirm", steps: &[Run, See("Type 2 to roll back"), Key("esc")] },
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

/// Ends the program in the middle of the batch, and starts it again.
const LEFT: &[Step] =
    &[Key("ctrl-c"), See("Leave it interrupted?"), Key("tab"), Key("enter"), Restart, See("1 unfinished batch")];

const UNFINISHED: Place = Place {
    on: "unfinished",
    size: WIDE,
    enter: &[All(RESTARTED), All(LEFT)],
    home: &[See("Unfinished batches"), See("it can be taken back"), Gone("Looking for"), Gone("Cancel")],
    scripts: &[
        Script { run: "open", steps: &[Run, See("This console does not drive ")] },
        Script { run: "revert", steps: &[Run, See("Revert 1 app?"), Key("esc")] },
        Script { run: "reread", steps: &[Do(slow), Run, See("Looking for unfinished batches"), Do(heal)] },
    ],
};
