//! Hostile text from the cluster and the kubeconfig, through every screen: the terminal sees no sequence but our own.

mod cluster;
mod terminal;

use serde_json::json;

use self::{
    cluster::{SPACE, evil, poison},
    terminal::leaks,
};
use super::Demo;
use crate::support::{Console, Home, Launch, Screen};

/// The program on the hostile cluster.
struct Walk {
    console: Console,
    size: (u16, u16),
    _demo: Demo,
    _home: Home,
}

/// Keys, and what the screen then shows; whether hostile text must be in sight there, shown and not obeyed.
type Stop = (&'static [&'static str], &'static str, bool);

/// Every screen, from the fleet and back to it. YAML and differences show hostile text as escapes of YAML's own.
const STOPS: &[Stop] = &[
    (&["/", "label"], " / label", false),
    (&["esc"], "Fleet: 1 app", true),
    (&["d"], "App evil/deploy/web", true),
    (&["pgdn"], "App evil/deploy/web", true),
    (&["pgdn"], "App evil/deploy/web", true),
    (&["G"], "▾ What it is", true),
    (&["g", "d"], "Deployment evil/web", false),
    (&["esc"], "App evil/deploy/web", false),
    (&["esc"], "Fleet: 1 app", true),
    (&["y"], "YAML of deployment evil/web", false),
    (&["pgdn"], "YAML of deployment evil/web", false),
    (&["m", "G"], "with managedFields", false),
    (&["esc"], "Fleet: 1 app", true),
    (&["v"], "Events about deployment evil/web", true),
    (&["esc"], "Fleet: 1 app", true),
    (&["enter"], "Pods of evil/deploy/web", true),
    (&["H", "enter"], "Pod evil/web-", true),
    (&["x"], "shown until you leave", true),
    (&["d"], "▾ Status", true),
    (&["esc"], "shown until you leave", true),
    (&["y"], "YAML of pod evil/web-", false),
    (&["G"], "YAML of pod evil/web-", false),
    (&["esc"], "shown until you leave", true),
    (&["esc"], "Pods of evil/deploy/web", true),
    (&["ctrl-k"], "Evict or delete pod web-", true),
    (&["esc"], "enter containers", true),
    (&["esc"], "Fleet: 1 app", true),
    (&[":trouble\r"], "Trouble: ", true),
    (&["esc"], "Fleet: 1 app", true),
    (&[":changes\r"], "read at", false),
    (&["esc"], "Fleet: 1 app", true),
    (&[":events\r"], "Events: ", true),
    (&["esc"], "Fleet: 1 app", true),
    (&[":nodes\r"], " 8 nodes", true),
    (&["j", "d"], "Node quay-1", true),
    (&["esc"], " 8 nodes", true),
    (&["enter"], "Pods on quay-1", true),
    (&["esc"], " 8 nodes", true),
    (&["esc"], "Fleet: 1 app", true),
    (&[":namespaces\r"], "6 namespaces", false),
    (&["esc"], "Fleet: 1 app", true),
    (&[":contexts\r"], "Contexts: 2", true),
    (&["esc"], "Fleet: 1 app", true),
    (&[":", "ctx "], "ctx ", true),
    (&["esc"], "enter pods", true),
    (&["?"], "Help: Fleet", false),
    (&["esc"], "Fleet: 1 app", true),
    (&["i"], "Release web in evil", false),
    (&["esc"], "Fleet: 1 app", true),
    (&["u"], READY, true),
    (&["d"], "the template, before and after", false),
    (&["esc"], READY, true),
    (&["h"], "History of evil/deploy/web", true),
    (&["esc"], READY, true),
    (&["ctrl-s"], "[ Cancel ]", true),
    (&["esc"], READY, true),
    (&["esc"], "Fleet: 1 app", true),
];

/// A plan that may start.
const READY: &str = "ready for your confirmation";

impl Walk {
    fn open(size: (u16, u16)) -> Self {
        let (demo, home) = (Demo::fast(), Home::new());
        poison(&demo);
        let name = format!("{}here", evil());
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [{ "name": "c", "cluster": { "server": format!("http://{}", demo.address) } }],
            "users": [{ "name": format!("{}user", evil()), "user": {} }],
            "contexts": [
                { "name": name, "context": { "cluster": "c", "user": format!("{}user", evil()), "namespace": SPACE } },
                { "name": format!("other{}", evil()), "context": { "cluster": "c", "user": format!("{}user", evil()), "namespace": evil() } },
            ],
        });
        // As YAML, which wants the rarer characters escaped.
        let escaped =
            |c: char| if c.is_ascii() && c != '\u{7f}' { c.to_string() } else { format!("\\U{:08x}", u32::from(c)) };
        let file = home.file("kubeconfig", &config.to_string().chars().map(escaped).collect::<String>());
        let (columns, rows) = size;
        let console = Launch::new(&home).kubeconfig(&file).args(["-n", SPACE]).size(columns, rows).recorded().start();
        Self { console, size, _demo: demo, _home: home }
    }

    /// Panics where anything that is not ours was written since the start.
    fn assert_clean(&self, at: &str) {
        let found = leaks(&self.console.written(), self.size);
        assert!(found.is_empty(), "{at}: {} leaks, first {:?}\n{}", found.len(), found[0], self.console.screen());
    }

    /// Acknowledges what a plan warns of, a kind at a time: a rollout may be in progress, or not.
    fn acknowledge(&mut self) {
        let asks = |screen: &Screen| screen.has("to acknowledge") && !screen.has("checking");
        while !self.console.wait_for("a checked plan", |screen| screen.has(READY) || asks(screen)).has(READY) {
            self.console.key("ctrl-s");
            self.console.wait_text("▸ [ ]");
            self.console.key("space");
            self.console.wait_text("▸ [x]");
            self.console.key("g");
        }
    }

    fn go(&mut self, (keys, see, shown): &Stop) {
        for key in *keys {
            let before = (*key == "esc").then(|| self.console.screen());
            self.console.key(key);
            if let Some(before) = before {
                self.console.wait_for(&format!("something that esc leaves, before {see}"), |screen| *screen != before);
            }
        }
        if *see == READY {
            self.acknowledge();
        }
        let what = format!("{see} after {keys:?}, hostile text in sight: {shown}");
        self.console.wait_for(&what, |screen| {
            // The header names the context, which is hostile, too.
            screen.has(see) && (!shown || screen.lines.iter().skip(2).any(|line| line.contains(['␛', '\u{fffd}'])))
        });
        self.assert_clean(&what);
    }
}

fn walk(size: (u16, u16)) {
    let mut walk = Walk::open(size);
    walk.go(&(&[], "Fleet: 1 app", true));
    STOPS.iter().for_each(|stop| walk.go(stop));
    walk.console.quit();
}

#[test]
fn no_screen_hands_hostile_text_to_the_terminal() {
    walk((160, 50));
}

#[test]
fn no_screen_hands_hostile_text_to_a_small_terminal() {
    walk((100, 24));
}
