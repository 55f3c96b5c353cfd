//! Tables: the fleet, pods, trouble, changes, events, nodes, namespaces, contexts.

use serde_json::json;

use super::{
    Place, Script, Stage,
    Step::{Cursor, Do, Ends, Gone, Key, Off, Row, Run, See, Type, Unfiltered},
    WIDE,
};

pub const PLACES: &[Place] = &[EVERYWHERE, FLEET, PODS, TROUBLE, CHANGES, EVENTS, NODES, NAMESPACES, CONTEXTS];

const EVERYWHERE: Place = Place {
    on: "everywhere",
    size: WIDE,
    enter: &[],
    home: &[See("Fleet: 102 apps"), Cursor(&["api-gateway", "dev"])],
    scripts: &[
        Script { run: "down", steps: &[Run, Cursor(&["api-gateway", "prod"]), Key("g")] },
        Script { run: "up", steps: &[Key("j"), Cursor(&["prod"]), Run, Cursor(&["api-gateway", "dev"])] },
        Script { run: "top", steps: &[Key("G"), Cursor(&["yard-inventory"]), Run, Cursor(&["api-gateway", "dev"])] },
        Script { run: "bottom", steps: &[Run, Cursor(&["yard-inventory", "qa"]), Key("g")] },
        Script { run: "page-down", steps: &[Run, Off(&["api-gateway"]), Off(&["yard-inventory"]), Key("g")] },
        Script {
            run: "page-up",
            steps: &[
                Key("G"),
                Cursor(&["yard-inventory", "qa"]),
                Run,
                Off(&["yard-inventory"]),
                Off(&["api-gateway"]),
                Key("g"),
            ],
        },
        Script {
            run: "back",
            steps: &[Key("enter"), See("Pods of dev/deploy/api-gateway"), Run, See("Fleet: 102 apps")],
        },
        Script { run: "palette", steps: &[Run, See("an app's page"), Key("esc"), Gone("an app's page")] },
        Script {
            run: "last-view",
            steps: &[
                Key("enter"),
                See("Pods of dev/deploy/api-gateway"),
                Key("esc"),
                See("Fleet: 102 apps"),
                Run,
                See("Pods of dev/deploy/api-gateway"),
                Key("esc"),
            ],
        },
        Script { run: "copy", steps: &[Run, See("copied api-gateway")] },
        Script { run: "wide", steps: &[Run, See("wide: every column in full"), Run, See("columns that fit")] },
        Script { run: "batch", steps: &[Run, See("no batch is in flight, and none is unfinished")] },
        Script { run: "batches", steps: &[Run, See("3 batches"), Key("esc")] },
        Script { run: "help", steps: &[Run, See("Help: Fleet"), Key("esc")] },
        Script { run: "login", steps: &[Run, See("the login still holds")] },
        Script { run: "events", steps: &[Run, See("Events about deployment dev/api-gateway"), Key("esc")] },
        Script {
            run: "describe",
            steps: &[
                Key("enter"),
                Cursor(&["api-gateway-"]),
                Run,
                See("Pod dev/api-gateway-"),
                Key("esc"),
                See("Pods of dev/deploy/api-gateway"),
                Key("esc"),
            ],
        },
        Script { run: "yaml", steps: &[Run, See("YAML of deployment dev/api-gateway"), Key("esc")] },
        Script { run: "logs", steps: &[Run, See("Logs of dev/deploy/api-gateway"), Key("esc")] },
        Script { run: "previous-log", steps: &[Run, See("Previous logs of dev/deploy/api-gateway"), Key("esc")] },
        Script { run: "quit", steps: &[Run, Ends] },
    ],
};

/// A release of an app of strategy OnDelete: it waits for its pods to be deleted.
fn session_store_waits(stage: &Stage) {
    let path = "/apis/apps/v1/namespaces/dev/statefulsets/session-store";
    let (_, mut object) = stage.demo.send("GET", path, "");
    object["spec"]["template"]["metadata"]["annotations"]["harbour"] = json!("two");
    let (status, answer) = stage.demo.send("PUT", path, &object.to_string());
    assert_eq!(status, 200, "{answer}");
}

const FLEET: Place = Place {
    on: "fleet",
    size: WIDE,
    enter: &[],
    home: &[See("Fleet: 102 apps"), Unfiltered, Cursor(&["api-gateway", "dev"])],
    scripts: &[
        Script { run: "open", steps: &[Run, See("Pods of dev/deploy/api-gateway"), Key("esc")] },
        Script { run: "page", steps: &[Run, See("App dev/deploy/api-gateway"), Key("esc")] },
        Script {
            run: "filter",
            steps: &[
                Run,
                Type("customs-broker"),
                See("Fleet: 3 of 102 apps"),
                Key("esc"),
                See("Fleet: 102 apps"),
                Key("g"),
            ],
        },
        Script {
            run: "mark",
            steps: &[Run, See("1 marked"), Cursor(&["prod"]), Key("k"), Key("ctrl-\\"), Gone("marked")],
        },
        Script {
            run: "mark-range",
            steps: &[
                Key("space"),
                See("1 marked"),
                Key("j"),
                Key("j"),
                Cursor(&["berth-planner"]),
                Run,
                See("4 marked"),
                Key("ctrl-\\"),
                Gone("marked"),
                Key("g"),
            ],
        },
        Script { run: "mark-all", steps: &[Run, See("102 marked"), Key("ctrl-\\"), Gone("marked")] },
        Script { run: "clear-marks", steps: &[Key("*"), See("102 marked"), Run, Gone("marked")] },
        Script { run: "release", steps: &[Run, See("Release api-gateway in dev"), Key("esc")] },
        Script { run: "rollback", steps: &[Run, See("Roll back api-gateway in dev"), Key("esc")] },
        Script { run: "scale", steps: &[Run, See("Scale api-gateway in dev"), Key("esc")] },
        Script { run: "restart", steps: &[Run, See("Restart api-gateway in dev"), Key("esc")] },
        Script { run: "bounds", steps: &[Run, See("Set the bounds of api-gateway in dev"), Key("esc")] },
        Script { run: "pause-rollout", steps: &[Run, See("Pause api-gateway in dev"), Key("esc")] },
        Script { run: "resume-rollout", steps: &[Run, See("Resume api-gateway in dev"), Key("esc")] },
        Script {
            run: "delete",
            steps: &[
                Do(session_store_waits),
                Type("/ns:dev session-store\r"),
                Row(&["session-store", "waits for pods"]),
                Run,
                See("Evict or delete pod session-store-0"),
                Key("esc"),
                Gone("Evict or delete"),
                Key("esc"),
                See("Fleet: 102 apps"),
                Key("g"),
            ],
        },
        Script {
            run: "sort-namespace", steps: &[Run, See("NAMESPACE▼"), Key("g"), Key("N"), See("NAME▼"), Key("g")]
        },
        Script {
            run: "sort-name",
            steps: &[Run, See("NAME▲"), Key("g"), Cursor(&["yard-inventory"]), Run, See("NAME▼"), Key("g")],
        },
        Script {
            run: "sort-health",
            steps: &[Run, See("STATUS▼"), Key("g"), Row(&["▸", "Stalled"]), Key("N"), See("NAME▼"), Key("g")],
        },
        Script { run: "sort-cpu", steps: &[Run, See("CPU▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-memory", steps: &[Run, See("MEMORY▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-restarts", steps: &[Run, See("RESTARTS▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-age", steps: &[Run, See("AGE▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-next", steps: &[Run, See("NAMESPACE▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-prior", steps: &[Run, See("AGE▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script {
            run: "all-namespaces",
            steps: &[Type(":ns dev\r"), See("Fleet: 34 apps"), Run, See("Fleet: 102 apps"), Gone("loading"), Key("g")],
        },
    ],
};

const PODS: Place = Place {
    on: "pods",
    size: WIDE,
    enter: &[Type(":pods prod/api-gateway\r")],
    home: &[See("Pods of prod/deploy/api-gateway: "), Unfiltered, Gone("[Cancel]"), Cursor(&["api-gateway-"])],
    scripts: &[
        Script { run: "open", steps: &[Run, See(": 2 containers"), Key("esc")] },
        Script { run: "page", steps: &[Run, See("App prod/deploy/api-gateway"), Key("esc")] },
        Script { run: "filter", steps: &[Run, Type("nothing-such"), See("No pod matches"), Key("esc")] },
        Script { run: "mark", steps: &[Run, See("1 marked"), Key("ctrl-\\"), Gone("1 marked"), Key("g")] },
        Script {
            run: "mark-range",
            steps: &[Key("space"), See("1 marked"), Run, See("2 marked"), Key("ctrl-\\"), Gone("2 marked"), Key("g")],
        },
        Script { run: "mark-all", steps: &[Run, See(" marked"), Key("ctrl-\\"), Gone(" marked")] },
        Script { run: "clear-marks", steps: &[Key("*"), See(" marked"), Run, Gone(" marked")] },
        Script { run: "release", steps: &[Run, See("Release api-gateway in prod"), Key("esc")] },
        Script { run: "rollback", steps: &[Run, See("Roll back api-gateway in prod"), Key("esc")] },
        Script { run: "scale", steps: &[Run, See("Scale api-gateway in prod"), Key("esc")] },
        Script { run: "restart", steps: &[Run, See("Restart api-gateway in prod"), Key("esc")] },
        Script { run: "sort-health", steps: &[Run, See("STATUS▼"), Key("N"), See("NAME▼")] },
        Script { run: "sort-name", steps: &[Key("H"), See("STATUS▼"), Run, See("NAME▼")] },
        Script { run: "sort-cpu", steps: &[Run, See("CPU▼"), Key("N"), See("NAME▼")] },
        Script { run: "sort-memory", steps: &[Run, See("MEMORY▼"), Key("N"), See("NAME▼")] },
        Script { run: "sort-restarts", steps: &[Run, See("RESTARTS▼"), Key("N"), See("NAME▼")] },
        Script { run: "sort-age", steps: &[Run, See("AGE▼"), Key("N"), See("NAME▼")] },
        Script { run: "sort-next", steps: &[Run, Gone("NAME▼"), Key("<"), See("NAME▼")] },
        Script { run: "sort-prior", steps: &[Run, See("AGE▼"), Key(">"), See("NAME▼")] },
        Script { run: "delete", steps: &[Run, See("Evict or delete pod api-gateway-"), Key("esc")] },
        Script { run: "shell", steps: &[Run, See("Shell in which container of api-gateway-"), Key("esc")] },
        Script { run: "attach", steps: &[Run, See("looking on in which container of api-gateway-"), Key("esc")] },
        Script { run: "forward", steps: &[Run, See("Port of the pod"), Key("esc")] },
    ],
};

const TROUBLE: Place = Place {
    on: "trouble",
    size: WIDE,
    enter: &[Type(":trouble\r")],
    home: &[See("Trouble: "), Unfiltered, Gone("[Cancel]"), Cursor(&["Stalled"])],
    scripts: &[
        Script { run: "open", steps: &[Run, See("Pods of "), Key("esc")] },
        Script { run: "page", steps: &[Run, See("App "), Key("esc")] },
        Script { run: "filter", steps: &[Run, Type("nothing-such"), Gone("Stalled"), Key("esc")] },
        Script { run: "release", steps: &[Run, See("Release "), Key("esc")] },
        Script { run: "rollback", steps: &[Run, See("Roll back "), Key("esc")] },
        Script { run: "scale", steps: &[Run, See("Scale "), Key("esc")] },
        Script { run: "restart", steps: &[Run, See("Restart "), Key("esc")] },
        Script {
            run: "delete",
            steps: &[
                Key("j"),
                Cursor(&["customs-"]),
                Run,
                See("Evict or delete pod"),
                Key("esc"),
                Gone("[Cancel]"),
                Key("k"),
            ],
        },
    ],
};

/// Lists are answered late from now on.
pub fn slow(stage: &Stage) {
    let fault = json!({ "kind": "latency", "verb": "list", "milliseconds": 1500 });
    stage.demo.control("POST", "faults", &fault);
}

/// Nothing is slow any more.
pub fn heal(stage: &Stage) {
    stage.demo.heal();
}

const CHANGES: Place = Place {
    on: "changes",
    size: WIDE,
    enter: &[Type(":changes\r")],
    home: &[See("Changes: "), See("read at"), Unfiltered, Cursor(&[":"])],
    scripts: &[
        Script { run: "open", steps: &[Run, See("Pods of "), Key("esc")] },
        Script { run: "page", steps: &[Run, See("App "), Key("esc")] },
        Script { run: "filter", steps: &[Run, Type("nothing-such"), Gone("certain "), Key("esc")] },
        Script { run: "mark-changed", steps: &[Run, See(" marked"), Key("ctrl-\\"), Gone(" marked")] },
        Script { run: "clear-marks", steps: &[Key("m"), See(" marked"), Run, Gone(" marked")] },
        Script { run: "rollback", steps: &[Run, See("Roll back "), Key("esc")] },
        Script { run: "release", steps: &[Run, See("Release "), Key("esc")] },
        Script { run: "scale", steps: &[Run, See("Scale "), Key("esc")] },
        Script { run: "restart", steps: &[Run, See("Restart "), Key("esc")] },
        Script { run: "reread", steps: &[Do(slow), Run, See("reading revisions"), Do(heal)] },
        Script { run: "since", steps: &[Do(slow), Run, Type("24h\r"), See("reading revisions"), Do(heal)] },
    ],
};

const EVENTS: Place = Place {
    on: "events",
    size: WIDE,
    enter: &[Type(":events\r")],
    home: &[See("Events: "), See("LAST▼"), Unfiltered, Cursor(&[""])],
    scripts: &[
        Script {
            run: "open",
            steps: &[
                Type("/customs-docs\r"),
                Cursor(&["pod/customs-docs-"]),
                Run,
                See("Pod dev/customs-docs-"),
                Key("esc"),
                See("Events: "),
                Key("esc"),
            ],
        },
        Script { run: "filter", steps: &[Run, Type("nothing-such"), Gone("normal"), Key("esc")] },
        Script { run: "sort-name", steps: &[Run, See("OBJECT▼"), Key("A")] },
        Script { run: "sort-namespace", steps: &[Run, See("NAMESPACE▼"), Key("A")] },
        Script { run: "sort-age", steps: &[Key("N"), See("OBJECT▼"), Run, See("LAST▼")] },
        Script { run: "sort-next", steps: &[Run, Gone("LAST▼"), Key("A")] },
        Script { run: "sort-prior", steps: &[Run, Gone("LAST▼"), Key("A")] },
        Script { run: "sort-health", steps: &[Run, See("TYPE▼"), Key("g"), Cursor(&["warning"]), Key("A")] },
        Script { run: "sort-restarts", steps: &[Run, See("TIMES▼"), Key("A")] },
    ],
};

const NODES: Place = Place {
    on: "nodes",
    size: WIDE,
    enter: &[Type(":nodes\r"), See(" 8 nodes"), Key("j")],
    home: &[See(" 8 nodes"), Unfiltered, See("NAME▼"), Cursor(&["quay-1"])],
    scripts: &[
        Script { run: "open", steps: &[Run, See("Pods on quay-1"), Key("esc")] },
        Script {
            run: "page",
            steps: &[Key("enter"), See("Running"), Run, See("App "), Key("esc"), See("Pods on"), Key("esc")],
        },
        Script {
            run: "release",
            steps: &[Key("enter"), See("Running"), Run, See("Release "), Key("esc"), See("Pods on"), Key("esc")],
        },
        Script {
            run: "rollback",
            steps: &[Key("enter"), See("Running"), Run, See("Roll back "), Key("esc"), See("Pods on"), Key("esc")],
        },
        Script {
            run: "scale",
            steps: &[Key("enter"), See("Running"), Run, See("Scale "), Key("esc"), See("Pods on"), Key("esc")],
        },
        Script {
            run: "restart",
            steps: &[Key("enter"), See("Running"), Run, See("Restart "), Key("esc"), See("Pods on"), Key("esc")],
        },
        Script {
            run: "shell",
            steps: &[
                Key("enter"),
                Type("/api-gateway\r"),
                Cursor(&["api-gateway-"]),
                Run,
                See("Shell in which container"),
                Key("esc"),
                Key("esc"),
                See("Pods on"),
                Unfiltered,
                Key("esc"),
            ],
        },
        Script {
            run: "attach",
            steps: &[
                Key("enter"),
                Type("/api-gateway\r"),
                Cursor(&["api-gateway-"]),
                Run,
                See("looking on in which container"),
                Key("esc"),
                Key("esc"),
                See("Pods on"),
                Unfiltered,
                Key("esc"),
            ],
        },
        Script {
            run: "forward",
            steps: &[Key("enter"), See("Running"), Run, See("Port of the pod"), Key("esc"), See("Pods on"), Key("esc")],
        },
        Script {
            run: "delete",
            steps: &[
                Key("enter"),
                See("Running"),
                Run,
                See("Evict or delete pod"),
                Key("esc"),
                See("Pods on"),
                Key("esc"),
            ],
        },
        Script {
            run: "filter",
            steps: &[Run, Type("nothing-such"), Gone("quay-1"), Key("esc"), See("quay-1"), Key("g"), Key("j")],
        },
        Script { run: "sort-name", steps: &[Key("C"), See("CPU▼"), Run, See("NAME▼"), Key("g"), Key("j")] },
        Script { run: "sort-namespace", steps: &[Key("enter"), See("Running"), Run, See("NAMESPACE▼"), Key("esc")] },
        Script { run: "sort-restarts", steps: &[Key("enter"), See("Running"), Run, See("RESTARTS▼"), Key("esc")] },
        Script { run: "sort-health", steps: &[Run, See("STATUS▼"), Key("N"), See("NAME▼"), Key("g"), Key("j")] },
        Script { run: "sort-cpu", steps: &[Run, See("CPU▼"), Key("N"), See("NAME▼"), Key("g"), Key("j")] },
        Script { run: "sort-memory", steps: &[Run, See("MEMORY▼"), Key("N"), See("NAME▼"), Key("g"), Key("j")] },
        Script { run: "sort-net", steps: &[Run, See("NETWORK▼"), Key("N"), See("NAME▼"), Key("g"), Key("j")] },
        Script { run: "sort-disk", steps: &[Run, See("DISK▼"), Key("N"), See("NAME▼"), Key("g"), Key("j")] },
        Script { run: "sort-age", steps: &[Run, See("AGE▼"), Key("N"), See("NAME▼"), Key("g"), Key("j")] },
        Script { run: "sort-next", steps: &[Run, Gone("NAME▼"), Key("N"), See("NAME▼"), Key("g"), Key("j")] },
        Script { run: "sort-prior", steps: &[Run, Gone("NAME▼"), Key("N"), See("NAME▼"), Key("g"), Key("j")] },
    ],
};

const NAMESPACES: Place = Place {
    on: "namespaces",
    size: WIDE,
    enter: &[Type(":namespaces\r")],
    home: &[See("5 namespaces"), See("all namespaces"), Unfiltered, See("NAME▼"), Gone("●"), Cursor(&["default"])],
    scripts: &[
        Script { run: "mark", steps: &[Run, Row(&["●", "default"]), Key("ctrl-\\"), Gone("●"), Key("g")] },
        Script { run: "mark-all", steps: &[Run, Row(&["●", "qa"]), Key("ctrl-\\")] },
        Script { run: "clear-marks", steps: &[Key("*"), Row(&["●", "qa"]), Run, Gone("●")] },
        Script {
            run: "filter",
            steps: &[Run, Type("prod"), Gone("kube-system"), Key("esc"), See("kube-system"), Key("g")],
        },
        Script { run: "sort-health", steps: &[Run, See("TROUBLED▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-name", steps: &[Key("C"), See("CPU▼"), Run, See("NAME▼"), Key("g")] },
        Script { run: "sort-cpu", steps: &[Run, See("CPU▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-memory", steps: &[Run, See("MEMORY▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-age", steps: &[Run, See("AGE▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-next", steps: &[Run, Gone("NAME▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script { run: "sort-prior", steps: &[Run, Gone("NAME▼"), Key("N"), See("NAME▼"), Key("g")] },
        Script {
            run: "open",
            steps: &[
                Key("j"),
                Cursor(&["dev"]),
                Run,
                See("Fleet: 34 apps"),
                Key("0"),
                See("Fleet: 102 apps"),
                Type(":namespaces\r"),
            ],
        },
        Script {
            run: "all-namespaces",
            steps: &[
                Type(":ns dev\r"),
                See("Fleet: 34 apps"),
                Type(":namespaces\r"),
                See("5 namespaces"),
                Run,
                See("all namespaces"),
                See("Fleet: 102 apps"),
                Type(":namespaces\r"),
            ],
        },
    ],
};

const CONTEXTS: Place = Place {
    on: "contexts",
    size: WIDE,
    enter: &[Type(":contexts\r")],
    home: &[See("Contexts: 2"), Row(&["rolldeck-demo", "here"])],
    scripts: &[
        Script {
            run: "reread",
            steps: &[
                Do(|stage| stage.contexts(&["rolldeck-demo", "harbour-two", "harbour-three"])),
                Run,
                See("harbour-three"),
                Do(|stage| stage.contexts(&["rolldeck-demo", "harbour-two"])),
                Run,
                Gone("harbour-three"),
            ],
        },
        Script {
            run: "open",
            steps: &[
                Key("G"),
                Run,
                Row(&["Fleet: 102 apps", "harbour-two"]),
                Gone("loading"),
                Type(":ctx rolldeck-demo\r"),
                Row(&["Fleet: 102 apps", "rolldeck-demo"]),
                Gone("loading"),
                Type(":contexts\r"),
            ],
        },
    ],
};
