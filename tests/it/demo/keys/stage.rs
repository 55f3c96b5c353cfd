//! The program on a demo cluster, and the hands that play a script.

use serde_json::json;

use super::{All, Cursor, Do, Ends, Gone, Key, Off, Place, Restart, Row, Run, Script, See, Step, Type, Unfiltered};
use crate::{
    demo::Demo,
    support::{Console, Home, Launch, Screen},
};

/// The program at a place.
pub struct Stage {
    /// The cluster.
    pub demo: Demo,
    console: Option<Console>,
    home: Home,
    place: &'static Place,
    /// What is played, for the panics.
    at: String,
}

/// The row under the cursor.
fn under(screen: &Screen) -> Option<&String> {
    screen.lines.iter().find(|line| line.starts_with('▸'))
}

impl Step {
    /// Whether it is so; `None` where it is nothing that can be seen.
    fn holds(self, screen: &Screen) -> Option<bool> {
        Some(match self {
            See(text) => screen.has(text),
            Gone(text) => !screen.has(text),
            Row(parts) => screen.row(parts).is_some(),
            Cursor(parts) => under(screen).is_some_and(|line| parts.iter().all(|part| line.contains(part))),
            Off(parts) => under(screen).is_some_and(|line| !parts.iter().all(|part| line.contains(part))),
            Unfiltered => !screen.lines.iter().any(|line| line.starts_with(" / ")),
            Run | Key(_) | Type(_) | Do(_) | All(_) | Restart | Ends => return None,
        })
    }

    fn says(self) -> String {
        match self {
            See(text) => format!("\"{text}\" in sight"),
            Gone(text) => format!("\"{text}\" out of sight"),
            Row(parts) => format!("a row with {parts:?}"),
            Cursor(parts) => format!("the cursor on {parts:?}"),
            Off(parts) => format!("the cursor off {parts:?}"),
            Unfiltered => "no filter".to_owned(),
            Run | Key(_) | Type(_) | Do(_) | All(_) | Restart | Ends => String::new(),
        }
    }
}

impl Stage {
    /// Goes to a place.
    pub fn open(place: &'static Place) -> Self {
        let (demo, home) = (Demo::start(), Home::new());
        let at = format!("{}, on the way", place.on);
        let mut stage = Self { demo, console: None, home, place, at };
        stage.contexts(&["rolldeck-demo", "harbour-two"]);
        stage.start();
        stage.steps(&[See("Fleet: 102 apps"), Gone("loading")], "");
        stage.steps(place.enter, "");
        stage.settle();
        stage
    }

    /// Writes a kubeconfig with contexts of these names, all of the same cluster.
    pub fn contexts(&self, names: &[&str]) {
        let server = format!("http://{}", self.demo.address);
        let contexts = names.iter().map(|name| json!({ "name": name, "context": { "cluster": "c", "user": "u" } }));
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": names[0],
            "clusters": [{ "name": "c", "cluster": { "server": server } }],
            "users": [{ "name": "u", "user": {} }], "contexts": contexts.collect::<Vec<_>>(),
        });
        self.home.file("kubeconfig", &config.to_string());
    }

    fn start(&mut self) {
        let file = self.home.path().join("kubeconfig");
        let launch = Launch::new(&self.home).kubeconfig(&file).args(["-A"]);
        let (columns, rows) = self.place.size;
        self.console = Some(launch.size(columns, rows).start());
    }

    fn console(&mut self) -> &mut Console {
        self.console.as_mut().expect("the program runs")
    }

    /// Plays a script with this key, and comes back.
    pub fn play(&mut self, script: &Script, key: &str) {
        self.at = format!("{} on {} by {key}", script.run, self.place.on);
        self.steps(script.steps, key);
        self.settle();
    }

    fn settle(&mut self) {
        if self.console.is_some() {
            self.place.home.iter().for_each(|step| self.wait(*step));
        }
    }

    fn wait(&mut self, step: Step) {
        let what = format!("{}: {}", self.at, step.says());
        self.console().wait_for(&what, |screen| step.holds(screen) == Some(true));
    }

    fn steps(&mut self, steps: &[Step], key: &str) {
        for (n, step) in steps.iter().enumerate() {
            match *step {
                Run => {
                    let screen = self.console().screen();
                    let next = steps[n + 1..].iter().find_map(|step| Some((step, step.holds(&screen)?)));
                    if let Some((step, true)) = next {
                        panic!("{}: {} before the key is pressed\n{screen}", self.at, step.says());
                    }
                    self.press(key);
                }
                Key(name) => self.press(name),
                Type(text) => self.console().keys(text),
                Do(deed) => deed(self),
                All(steps) => self.steps(steps, key),
                Ends | Restart => {
                    let ended = self.console.take().expect("the program runs").wait_end();
                    assert_eq!(ended.status.exit_code(), 0, "{}: {}", self.at, ended.stderr);
                    ended.assert_restored();
                    if matches!(step, Restart) {
                        self.start();
                    }
                }
                seen => self.wait(seen),
            }
        }
    }

    /// Presses a key. An escape is waited for: with the next key in one piece, it would be that key with alt.
    fn press(&mut self, name: &str) {
        let before = (name == "esc").then(|| self.console().screen());
        self.console().key(name);
        if let Some(before) = before {
            let what = format!("{}: something that esc leaves", self.at);
            self.console().wait_for(&what, |screen| *screen != before);
        }
    }
}
