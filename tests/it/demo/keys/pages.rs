//! Pages: an app's, a pod's containers, descriptions, YAML.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use super::{
    Place, Script, Stage, Step,
    Step::{Cursor, Do, Gone, Key, Row, Run, See, Type, Unfiltered},
    WIDE,
};

pub const PLACES: &[Place] = &[APP, CONTAINERS, SHELL, FORWARDS, DOWNLOADS, RUN, COPIES, DESCRIBE, YAML, NARROW];

/// Ends the session after the question.
const END: Step = Step::All(&[Key("tab"), Key("enter"), Gone("End this")]);

/// The next event's number.
static TOLD: AtomicU32 = AtomicU32::new(0);

const EVENTS: &str = "/api/v1/namespaces/dev/events";

/// Something is said about the app, once.
fn tell(stage: &Stage) {
    let (_, app) = stage.demo.send("GET", "/apis/apps/v1/namespaces/dev/deployments/customs-broker", "");
    let now = stage.demo.control("GET", "state", &json!({}))["now"].clone();
    let name = format!("asked-{}", TOLD.fetch_add(1, Ordering::Relaxed));
    let event = json!({
        "apiVersion": "v1", "kind": "Event", "metadata": { "name": name, "namespace": "dev" },
        "involvedObject": {
            "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "dev", "name": "customs-broker",
            "uid": app["metadata"]["uid"],
        },
        "type": "Normal", "reason": "Asked", "message": "the harbour asked again", "count": 1,
        "firstTimestamp": now, "lastTimestamp": now, "source": { "component": "harbour" },
    });
    let (status, answer) = stage.demo.send("POST", EVENTS, &event.to_string());
    assert_eq!(status, 201, "{answer}");
}

/// It is said no more.
fn hush(stage: &Stage) {
    let name = format!("asked-{}", TOLD.load(Ordering::Relaxed) - 1);
    let (status, answer) = stage.demo.send("DELETE", &format!("{EVENTS}/{name}"), "");
    assert_eq!(status, 200, "{answer}");
}

const APP: Place = Place {
    on: "app",
    size: WIDE,
    enter: &[Type(":app dev/customs-broker\r")],
    home: &[See("App dev/deploy/customs-broker"), See("▾ Status"), See("▾ Traffic"), Unfiltered],
    scripts: &[
        Script { run: "open", steps: &[Run, See("Pods of dev/deploy/customs-broker"), Key("esc")] },
        Script { run: "describe", steps: &[Run, See("Deployment dev/customs-broker"), Key("esc")] },
        Script {
            run: "section", steps: &[Run, Key("space"), See("▸ Pods"), Key("space"), See("▾ Pods"), Key("g")]
        },
        Script {
            run: "section-back",
            steps: &[Key("tab"), Key("tab"), Run, Key("space"), See("▸ Pods"), Key("space"), See("▾ Pods"), Key("g")],
        },
        Script { run: "mark", steps: &[Run, See("▸ Status"), Run, See("▾ Status")] },
        Script { run: "fold-all", steps: &[Run, See("▸ Status"), See("▸ Pods"), Run, See("▾ Status")] },
        Script { run: "filter", steps: &[Run, Type("replicas"), See(" / replicas"), Key("esc"), Unfiltered, Key("g")] },
        Script {
            run: "next",
            steps: &[
                Type("/customs-broker\r"),
                Row(&[" / customs", " 1 of "]),
                Run,
                Row(&[" / customs", " 2 of "]),
                Key("esc"),
                Unfiltered,
                Key("g"),
            ],
        },
        Script {
            run: "prior",
            steps: &[
                Type("/customs-broker\r"),
                Row(&[" / customs", " 1 of "]),
                Key("n"),
                Row(&[" / customs", " 2 of "]),
                Run,
                Row(&[" / customs", " 1 of "]),
                Key("esc"),
                Unfiltered,
                Key("g"),
            ],
        },
        Script {
            run: "reread",
            steps: &[
                Do(tell),
                Type("/harbour asked\r"),
                See(" / harbour asked"),
                Run,
                See("1 line matches"),
                Do(hush),
                Run,
                Gone("1 line matches"),
                Key("esc"),
                Unfiltered,
                Key("g"),
            ],
        },
        Script { run: "left", steps: &[Key("right"), Gone("▾ Status"), Run, See("▾ Status")] },
        Script { run: "right", steps: &[Run, Gone("▾ Status"), Key("left"), See("▾ Status")] },
        Script { run: "release", steps: &[Run, See("Release customs-broker in dev"), Key("esc")] },
        Script { run: "rollback", steps: &[Run, See("Roll back customs-broker in dev"), Key("esc")] },
        Script { run: "scale", steps: &[Run, See("Scale customs-broker in dev"), Key("esc")] },
        Script { run: "restart", steps: &[Run, See("Restart customs-broker in dev"), Key("esc")] },
        Script { run: "bounds", steps: &[Run, See("Set the bounds of customs-broker in dev"), Key("esc")] },
        Script { run: "pause-rollout", steps: &[Run, See("Pause customs-broker in dev"), Key("esc")] },
        Script { run: "resume-rollout", steps: &[Run, See("Resume customs-broker in dev"), Key("esc")] },
    ],
};

const CONTAINERS: Place = Place {
    on: "containers",
    size: (120, 24),
    enter: &[Type(":pods dev/api-gateway\r"), Cursor(&["api-gateway-"]), Key("enter")],
    home: &[See(": 2 containers"), See("QoS"), Gone("mesh-proxy   ")],
    scripts: &[
        Script {
            run: "delete",
            steps: &[Run, See("Evict or delete pod api-gateway-"), Key("esc"), Gone("Evict or delete pod")],
        },
        Script { run: "next", steps: &[Run, Gone("QoS"), Run, See("mesh-proxy   "), Key("g")] },
        Script {
            run: "prior",
            steps: &[Key("n"), Gone("QoS"), Key("n"), See("mesh-proxy   "), Run, Gone("mesh-proxy   "), Key("g")],
        },
        Script {
            run: "shell",
            steps: &[
                Run,
                See("Shell dev/api-gateway-"),
                See("limits: CPU"),
                Key("ctrl-]"),
                Key("x"),
                See("End this"),
                END,
            ],
        },
        Script { run: "mark", steps: &[Key("n"), Run, See("1 marked"), Key("ctrl-\\"), Gone("1 marked"), Key("g")] },
        Script { run: "mark-all", steps: &[Run, See("2 marked"), Key("ctrl-\\"), Gone("2 marked")] },
        Script { run: "clear-marks", steps: &[Key("*"), See("2 marked"), Run, Gone("2 marked")] },
        Script {
            run: "attach",
            steps: &[Run, See("Attached, looking on"), Key("ctrl-]"), Key("x"), See("End this"), END],
        },
        Script { run: "forward", steps: &[Run, See("Port of the pod"), Key("esc")] },
        Script { run: "reveal", steps: &[Run, See("Secret shown until you leave"), Run, Gone("Secret shown")] },
        Script { run: "page", steps: &[Run, See("App dev/deploy/api-gateway"), Key("esc")] },
        Script { run: "release", steps: &[Run, See("Release api-gateway in dev"), Key("esc")] },
        Script { run: "rollback", steps: &[Run, See("Roll back api-gateway in dev"), Key("esc")] },
        Script { run: "scale", steps: &[Run, See("Scale api-gateway in dev"), Key("esc")] },
        Script { run: "restart", steps: &[Run, See("Restart api-gateway in dev"), Key("esc")] },
    ],
};

const SHELL: Place = Place {
    on: "shell",
    size: (120, 24),
    enter: &[
        Type(":pods dev/api-gateway\r"),
        Cursor(&["api-gateway-"]),
        Type("s"),
        See("in which container"),
        Key("enter"),
        See("limits: CPU"),
        See("/app #"),
        Key("ctrl-]"),
        Key("d"),
        Type("s"),
        See("in which container"),
        Key("down"),
        Key("enter"),
        See("2 shells open"),
        See("/app #"),
    ],
    home: &[Row(&["Shell dev/api-gateway-", "[mesh-proxy]"]), See("2 shells open"), See(": commands")],
    scripts: &[
        Script { run: "back", steps: &[Key("ctrl-]"), Run, See("Pods of dev/"), Type(":shells\r")] },
        Script {
            run: "next",
            steps: &[Key("ctrl-]"), Run, Row(&["Shell dev/", "[api-gateway]"]), Key("ctrl-]"), Key("n")],
        },
        Script {
            run: "prior",
            steps: &[Key("ctrl-]"), Run, Row(&["Shell dev/", "[api-gateway]"]), Key("ctrl-]"), Key("p")],
        },
        Script { run: "close", steps: &[Key("ctrl-]"), Run, See("End this session?"), Key("esc")] },
        Script { run: "scroll-back", steps: &[Key("ctrl-]"), Run, See("follows what comes"), Type("q")] },
        Script { run: "filter", steps: &[Key("ctrl-]"), Run, See("search: "), Key("esc"), Type("q")] },
        Script { run: "copy", steps: &[Key("ctrl-]"), Run, See("copied ")] },
        Script { run: "attach", steps: &[Key("ctrl-]"), Run, See("ctrl-c may end it"), Key("esc")] },
        Script { run: "debug", steps: &[Key("ctrl-]"), Run, See("is added to the pod"), Key("esc")] },
        Script { run: "download", steps: &[Key("ctrl-]"), Run, See("Into directory here"), Key("esc")] },
        Script { run: "upload", steps: &[Key("ctrl-]"), Run, See("Path of this machine"), Key("esc")] },
        Script {
            run: "split",
            steps: &[Key("ctrl-]"), Run, See("── logs of dev/"), Key("ctrl-]"), Run, Gone("── logs of dev/")],
        },
        Script {
            run: "other-part",
            steps: &[
                Key("ctrl-]"),
                Key("v"),
                See(": here"),
                Key("ctrl-]"),
                Run,
                See(": to the shell"),
                Key("ctrl-]"),
                Run,
                See(": here"),
                Key("ctrl-]"),
                Key("v"),
                Gone("── logs of dev/"),
            ],
        },
    ],
};

const COPIES: Place = Place {
    on: "copies",
    size: (120, 24),
    enter: &[
        Type(":pods dev/api-gateway\r"),
        Cursor(&["api-gateway-"]),
        Type(":download /etc/hostname copied\r"),
        See("Download from dev/"),
        Key("enter"),
        See("✓ 1 file"),
        Key("esc"),
        Type(":download /etc/hostname copied\r"),
        See("Download from dev/"),
        Key("enter"),
        See("enter replaces what is there"),
    ],
    home: &[See("Copies: "), Unfiltered],
    scripts: &[
        Script { run: "open", steps: &[Run, See("Replace what is there?"), Key("esc")] },
        Script { run: "close", steps: &[See("Copies: 2"), Run, See("Copies: 1")] },
    ],
};

const FORWARDS: Place = Place {
    on: "forwards",
    size: (120, 24),
    enter: &[
        Type(":pods dev/api-gateway\r"),
        Cursor(&["api-gateway-"]),
        Type("F"),
        See("up and down choose"),
        Key("enter"),
        See("1 port forwarded"),
        Type(":forwards\r"),
    ],
    home: &[See("Forwarded ports: "), Unfiltered],
    scripts: &[Script { run: "close", steps: &[See("Forwarded ports: 1"), Run, See("Forwarded ports: 0")] }],
};

const DOWNLOADS: Place = Place {
    on: "downloads",
    size: (120, 24),
    // Where a file is no directory can be made: the download ends, and nothing is written by a test.
    enter: &[
        Type(":logs dev/api-gateway\r"),
        See("Logs of"),
        Key("ctrl-s"),
        See("[Start]"),
        Key("up"),
        Key("up"),
        Key("ctrl-u"),
        Type("/dev/null/logs"),
        Key("ctrl-s"),
        See("no download: /dev/null/logs: a file is where a directory should be"),
        Type(":downloads\r"),
    ],
    home: &[See("Downloads: "), Unfiltered],
    scripts: &[
        Script { run: "open", steps: &[Run, See("[Close]"), Key("esc"), Gone("[Close]")] },
        Script { run: "close", steps: &[See("Downloads: 1"), Run, See("Nothing was downloaded yet.")] },
    ],
};

const RUN: Place = Place {
    on: "run",
    size: (120, 24),
    enter: &[Type(":pods dev/api-gateway\r"), Cursor(&["api-gateway-"]), Type(":run echo 日本\r")],
    home: &[See("$ echo 日本"), See("Run in 1 pod"), See("◆ dev/api-gateway-"), Unfiltered],
    scripts: &[
        Script {
            run: "mark",
            steps: &[Key("g"), Run, See("Run in 0 pods"), Key("g"), Run, See("Run in 1 pod"), Key("g")],
        },
        Script {
            run: "mark-all",
            steps: &[Run, See("Run in 2 pods"), Run, See("Run in 0 pods"), Key("g"), Key("space"), Key("g")],
        },
        Script {
            run: "open",
            steps: &[
                Run,
                See("exit code 0"),
                See("1 of 1 pod answered"),
                Key("esc"),
                See("Pods of dev"),
                Type(":run echo 日本\r"),
            ],
        },
    ],
};

const DESCRIBE: Place = Place {
    on: "describe",
    size: WIDE,
    enter: &[Type(":pods dev/api-gateway\r"), Cursor(&["api-gateway-"]), Key("d")],
    home: &[See("Pod dev/api-gateway-"), See("▾ Status"), See("▾ Containers"), Unfiltered],
    scripts: &[
        Script { run: "filter", steps: &[Run, Type("image"), See(" / image"), Key("esc"), Unfiltered, Key("g")] },
        Script {
            run: "next",
            steps: &[
                Type("/image\r"),
                Row(&[" / image", " 1 of "]),
                Run,
                Row(&[" / image", " 2 of "]),
                Key("esc"),
                Unfiltered,
                Key("g"),
            ],
        },
        Script {
            run: "prior",
            steps: &[
                Type("/image\r"),
                Row(&[" / image", " 1 of "]),
                Key("n"),
                Row(&[" / image", " 2 of "]),
                Run,
                Row(&[" / image", " 1 of "]),
                Key("esc"),
                Unfiltered,
                Key("g"),
            ],
        },
        Script { run: "fold", steps: &[Run, See("▸ Status"), Run, See("▾ Status")] },
        // What is seldom wanted is folded at first: the first key unfolds it.
        Script { run: "fold-all", steps: &[Run, Run, See("▸ Containers"), Run, See("▾ Containers")] },
        Script {
            run: "section",
            steps: &[Run, Key("space"), See("▸ Containers"), Key("space"), See("▾ Containers"), Key("g")],
        },
        Script {
            run: "section-back",
            steps: &[Key("tab"), Run, Key("space"), See("▸ Status"), Key("space"), See("▾ Status")],
        },
        Script { run: "left", steps: &[Key("right"), Gone("▾ Status"), Run, See("▾ Status")] },
        Script { run: "right", steps: &[Run, Gone("▾ Status"), Key("left"), See("▾ Status")] },
        Script { run: "copy", steps: &[Run, See("copied ")] },
    ],
};

const YAML: Place = Place {
    on: "yaml",
    size: WIDE,
    enter: &[Key("y")],
    home: &[See("YAML of deployment dev/api-gateway"), See("▾ metadata:"), Unfiltered],
    scripts: &[
        Script { run: "filter", steps: &[Run, Type("image:"), See(" / image:"), Key("esc"), Unfiltered, Key("g")] },
        Script {
            run: "next",
            steps: &[
                Type("/image:\r"),
                Row(&[" / image:", " 1 of "]),
                Run,
                Row(&[" / image:", " 2 of "]),
                Key("esc"),
                Unfiltered,
                Key("g"),
            ],
        },
        Script {
            run: "prior",
            steps: &[
                Type("/image:\r"),
                Row(&[" / image:", " 1 of "]),
                Key("n"),
                Row(&[" / image:", " 2 of "]),
                Run,
                Row(&[" / image:", " 1 of "]),
                Key("esc"),
                Unfiltered,
                Key("g"),
            ],
        },
        Script {
            run: "fold",
            steps: &[Key("j"), Key("j"), Run, See("▸ metadata:"), Run, See("▾ metadata:"), Key("g")],
        },
        Script {
            run: "fold-all",
            steps: &[Run, See("▸ metadata:"), See("▸ spec:"), Run, See("▾ metadata:"), Key("g")],
        },
        Script {
            run: "section",
            steps: &[Run, Key("space"), See("▸ metadata:"), Key("space"), See("▾ metadata:"), Key("g")],
        },
        Script {
            run: "section-back",
            steps: &[
                Key("tab"),
                Key("tab"),
                Run,
                Key("space"),
                See("▸ metadata:"),
                Key("space"),
                See("▾ metadata:"),
                Key("g"),
            ],
        },
        Script { run: "managed", steps: &[Run, See("with managedFields"), Run, Gone("with managedFields")] },
        Script { run: "copy", steps: &[Run, See("copied ")] },
        Script { run: "save", steps: &[Run, See("Save to: "), Key("enter"), See("saved to ")] },
        Script {
            run: "reveal",
            steps: &[
                Key("esc"),
                See("Fleet: 102 apps"),
                Key("d"),
                See("Secret api-gateway-credentials"),
                Type("/Secret api-gateway-credentials\r"),
                See("1 of 1 line matches"),
                Key("y"),
                See("‹hidden: "),
                Run,
                Gone("‹hidden: "),
                Run,
                See("‹hidden: "),
                Key("esc"),
                See("App dev/deploy/api-gateway"),
                Key("esc"),
                Unfiltered,
                Key("esc"),
                See("Fleet: 102 apps"),
                Key("y"),
            ],
        },
    ],
};

/// Where lines are wider than the screen.
const NARROW: Place = Place {
    on: "yaml",
    size: (60, 30),
    enter: &[Key("y")],
    home: &[See("YAML of deployment"), See("▾ metadata:")],
    scripts: &[
        Script { run: "left", steps: &[Key("right"), Gone("▾ metadata:"), Run, See("▾ metadata:")] },
        Script { run: "right", steps: &[Run, Gone("▾ metadata:"), Key("left"), See("▾ metadata:")] },
    ],
};
