//! The operator's hands: what a person types to get a thing done.

use serde_json::json;

use super::{Cluster, Space};
use crate::support::{Console, Home, Launch, Screen, console::Ended};

/// The program on the real cluster, with the namespaces of one test in view.
pub struct Deck {
    /// Its terminal.
    pub console: Console,
    home: Home,
}

impl Deck {
    /// Opens it on these namespaces.
    pub fn open(cluster: &Cluster, spaces: &[&Space]) -> Self {
        Self::with(cluster, spaces, &[])
    }

    /// A console that was started already, and its home.
    pub fn over(console: Console, home: Home) -> Self {
        Self { console, home }
    }

    /// [`Self::open`], with more arguments.
    pub fn with(cluster: &Cluster, spaces: &[&Space], args: &[&str]) -> Self {
        let home = Home::new();
        let names = spaces.iter().map(|space| space.name.as_str()).collect::<Vec<_>>().join(",");
        let console = Launch::new(&home).kubeconfig(&cluster.kubeconfig).args(["-n", &names]).args(args).start();
        Self { console, home }
    }

    /// Opens it with the cluster's kubeconfig changed: another server's address, or other credentials.
    pub fn changed(cluster: &Cluster, server: Option<&str>, token: Option<&str>, args: &[&str]) -> Self {
        let home = Home::new();
        let mut config = cluster.config();
        if let Some(server) = server {
            config["clusters"][0]["cluster"]["server"] = json!(server);
        }
        if let Some(token) = token {
            config["users"][0]["user"] = json!({ "token": token });
        }
        let file = home.file("kubeconfig", &config.to_string());
        let console = Launch::new(&home).kubeconfig(&file).args(args).start();
        Self { console, home }
    }

    /// The home directory that it has, and is started in.
    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// Waits until one row of the screen has all of `parts`.
    pub fn wait_row(&mut self, parts: &[&str]) -> Screen {
        self.console.wait_for(&format!("a row with {parts:?}"), |screen| screen.row(parts).is_some())
    }

    /// Waits until every row that has `each` is one with `parts`, and there are `number` of them.
    pub fn wait_rows(&mut self, number: usize, parts: &[&str]) -> Screen {
        self.console.wait_for(&format!("{number} rows with {parts:?}"), |screen| screen.count(parts) == number)
    }

    /// On the fleet: marks everything in view.
    pub fn mark_all(&mut self, number: usize) {
        self.console.key("*");
        self.console.wait_for(&format!("{number} marks"), |screen| screen.has(&format!("{number} marked")));
    }

    /// On the fleet: a plan to release `tag` of what is marked, or under the cursor, ready to be confirmed.
    pub fn plan_release(&mut self, tag: &str) {
        self.propose_release(tag);
        self.wait_ready();
    }

    /// On the fleet: a plan to release `tag`, whatever its preflight will say.
    pub fn propose_release(&mut self, tag: &str) {
        self.console.key("i");
        self.console.wait_for("a plan, read", |screen| screen.has("type a tag") && !screen.has("reading"));
        self.console.key("a");
        self.console.wait_for("a field for all", |screen| ('1'..='9').any(|n| screen.has(&format!("for all {n}"))));
        self.console.keys(tag);
        self.console.key("enter");
    }

    /// On the fleet: a plan to roll back.
    pub fn plan_rollback(&mut self) {
        self.console.key("u");
        self.wait_ready();
    }

    /// On a plan: waits until its preflight passed, and acknowledges what it warns of, kind by kind.
    pub fn wait_ready(&mut self) {
        loop {
            let checked = |screen: &Screen| !["reading", "checking", "waits for"].iter().any(|word| screen.has(word));
            let asks = |screen: &Screen| screen.has("to acknowledge") && checked(screen);
            let screen = self
                .console
                .wait_for("a plan that is checked", |screen| screen.has("ready for your confirmation") || asks(screen));
            if screen.has("ready for your confirmation") {
                return;
            }
            self.console.key("ctrl-s");
            self.console.wait_text("▸ [ ]");
            self.console.key("space");
            self.console.wait_text("▸ [x]");
        }
    }

    /// On a plan that is ready: goes on, types the number where one is asked, and confirms.
    pub fn confirm(&mut self, number: usize) {
        self.console.key("ctrl-s");
        self.answer(number);
    }

    /// In a question about so many apps: types the number where one is asked, and says yes.
    fn answer(&mut self, number: usize) {
        self.console.wait_text("[ Cancel ]");
        match number {
            1 => self.console.key("tab"),
            _ => self.console.keys(&number.to_string()),
        }
        self.console.wait_for("the focus off Cancel", |screen| !screen.has("[ Cancel ]"));
        self.console.key("enter");
    }

    /// Waits until the batch screen calls the batch this: `Done`, `Failed`, `Reverted`.
    pub fn wait_phase(&mut self, phase: &str) -> Screen {
        let head = format!("{phase}:");
        let limit = std::time::Duration::from_secs(180);
        self.console.wait_within(limit, &format!("the batch is {phase}"), |screen| screen.has(&head))
    }

    /// On the batch screen: takes everything back, and confirms it for this many apps.
    pub fn revert(&mut self, number: usize) {
        self.console.key("ctrl-r");
        self.answer(number);
    }

    /// Back to the fleet.
    pub fn back_to_fleet(&mut self) {
        self.console.key("esc");
        self.console.wait_for("the fleet", |screen| screen.has("READY"));
    }

    /// Quits.
    pub fn quit(self) -> Ended {
        self.console.quit()
    }
}
