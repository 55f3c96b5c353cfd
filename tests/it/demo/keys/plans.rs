//! What else plans do: tags, points in time, bounds, how they run.

use super::{
    Place, Script,
    Step::{Cursor, Gone, Key, Run, See, Type},
    WIDE,
};

pub const PLACES: &[Place] = &[BACK, TAGS, PUSHED_AGAIN, SCALED];

const BACK: Place = Place {
    on: "plan",
    size: WIDE,
    enter: &[Type("/ns:dev customs-\r"), See("Fleet: 2 of 102 apps"), Key("*"), See("2 marked"), Key("u")],
    home: &[See("Roll back 2 apps in dev"), See("2 apps: 2 ready"), Gone("[ Cancel ]")],
    scripts: &[
        Script { run: "details", steps: &[Run, See("As kubectl commands"), Key("esc"), Gone("As kubectl commands")] },
        Script { run: "copy-kubectl", steps: &[Run, See("copied 2 kubectl commands")] },
        Script { run: "options", steps: &[Run, See("How it runs:"), Key("esc"), Gone("How it runs:")] },
        Script {
            run: "point-in-time",
            steps: &[
                Run,
                See("Back to how it was:"),
                Type("1 minute ago"),
                See("that is 20"),
                Key("esc"),
                Gone("Back to how it was:"),
            ],
        },
    ],
};

const TAGS: Place = Place {
    on: "plan",
    size: WIDE,
    enter: &[Type("/ns:dev customs-\r"), See("Fleet: 2 of 102 apps"), Key("*"), See("2 marked"), Key("i")],
    home: &[See("Release 2 apps in dev"), See("type a tag"), Gone("reading"), Gone("for all 2")],
    scripts: &[Script {
        run: "tags",
        steps: &[Run, See("a tag that this cluster has seen"), See("live in "), Key("esc"), Gone("live in ")],
    }],
};

/// An app whose sidecar is of a tag that was pushed again: its pods run what it meant first.
const PUSHED_AGAIN: Place = Place {
    on: "plan",
    size: WIDE,
    enter: &[
        Type("/ns:dev payment-gateway\r"),
        See("Fleet: 1 of 102 apps"),
        Key("u"),
        See("mesh-proxy:1.29.4 has meant 2 digests"),
    ],
    home: &[See("Roll back payment-gateway in dev"), See("1 app: 1 ready")],
    scripts: &[Script {
        run: "pin",
        steps: &[Run, See("pinned in dev/deploy/payment-gateway: mesh-proxy to 1.29.4@"), Gone("has meant 2 digests")],
    }],
};

/// An app that an autoscaler scales: a scale of it warns, and its bounds are offered.
const SCALED: Place = Place {
    on: "plan",
    size: WIDE,
    enter: &[Type("/ns:prod api-gateway\r"), Cursor(&["api-gateway", "prod"]), Key("s"), See("type the number")],
    home: &[See("Scale api-gateway in prod"), Gone("Cancel")],
    scripts: &[
        Script {
            run: "bounds",
            steps: &[
                Run,
                See("Set the bounds of api-gateway in prod"),
                Key("esc"),
                See("Fleet: "),
                Key("s"),
                See("type the number"),
            ],
        },
        Script {
            run: "acknowledge",
            steps: &[Key("e"), Type("7\r"), See("[ ] autoscaler"), Key("G"), Run, See("[x]"), Run, Gone("[x]")],
        },
    ],
};
