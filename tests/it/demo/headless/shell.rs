//! The program's commands, run to their end.

use std::{
    io::Write,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use super::super::Demo;
use crate::support::{Home, Launch, console::Console, until};

/// Two apps of namespace dev that nothing is wrong with.
pub const APPS: [&str; 2] = ["berth-planner", "crane-dispatch"];

/// Runs the program on namespace dev of a demo cluster; with this on its standard input.
pub struct Shell<'d> {
    pub demo: &'d Demo,
    pub home: Home,
}

impl<'d> Shell<'d> {
    pub fn new(demo: &'d Demo) -> Self {
        Self { demo, home: Home::new() }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolldeck"));
        command
            .args(args)
            .arg("--kubeconfig")
            .arg(&self.demo.kubeconfig)
            .args(["-n", "dev"])
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.home.path())
            .env_remove("KUBECONFIG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, args: &[&str], input: &str) -> Told {
        let mut child = self.command(args).spawn().expect("the program starts");
        // One that refuses before it reads has closed the pipe.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        Told::of(child.wait_with_output().expect("it ends"))
    }

    /// Starts it, with this on its standard input, and does not wait for its end.
    pub fn start(&self, args: &[&str], input: &str) -> Child {
        let mut child = self.command(args).spawn().expect("the program starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        child
    }

    /// Starts it in a terminal, standard error included.
    pub fn in_terminal(&self, args: &[&str]) -> Console {
        let launch = Launch::new(&self.home).args(args).kubeconfig(&self.demo.kubeconfig).args(["-n", "dev"]);
        launch.env("XDG_CONFIG_HOME", self.home.path().to_str().expect("a path")).recorded().whole().start()
    }

    /// A batch of these apps that was interrupted while the first rolls: time stands. Its name.
    pub fn interrupted(&self, apps: &[&str]) -> String {
        let child = self.rolling(apps);
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
        let told = Told::of(child.wait_with_output().expect("it ends")).ends(1);
        told.json()["id"].as_str().expect("its name").to_owned()
    }

    /// A release of these apps, one at a time, whose first rolls without end: time stands.
    pub fn rolling(&self, apps: &[&str]) -> Child {
        self.demo.control("POST", "clock", &json!({ "rate": 0 }));
        let child = self.start(&RUN, &release(apps, "77.0.0", &json!({ "width": 1 })));
        until(Duration::from_secs(30), "the first app is written", || match self.demo.image(apps[0]) {
            image if image.ends_with(":77.0.0") => Ok(()),
            image => Err(image),
        });
        child
    }

    /// A batch file on the disk.
    pub fn file(&self, text: &str) -> String {
        self.home.file("batch.yaml", text).display().to_string()
    }

    /// The batches of the namespace, newest first, once there is one.
    pub fn batch(&self) -> Value {
        until(Duration::from_secs(30), "there is a batch", || {
            let list = self.run(&["batch", "list", "-ojson"], "").ends(0).json();
            list["items"].get(0).cloned().ok_or_else(|| list.to_string())
        })
    }

    /// Writes the configuration.
    pub fn config(&self, text: &str) {
        let place = self.home.path().join("rolldeck");
        std::fs::create_dir_all(&place).expect("a directory");
        std::fs::write(place.join("config.toml"), text).expect("a file");
    }

    pub fn state(&self, id: &str) -> Value {
        self.run(&["batch", "show", id, "-o", "json"], "").json()
    }
}

/// What a run told.
#[derive(Debug)]
pub struct Told {
    /// Exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Told {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// A release of these apps to a tag.
pub fn release(apps: &[&str], tag: &str, spec: &Value) -> String {
    let apps: Vec<Value> =
        apps.iter().map(|name| json!({ "namespace": "dev", "kind": "Deployment", "name": name, "tag": tag })).collect();
    let mut file = json!({ "apiVersion": "rolldeck.dev/v1", "kind": "Release", "spec": spec });
    file["spec"]["apps"] = apps.into();
    file.to_string()
}

/// Runs what standard input says, without a question.
pub const RUN: [&str; 7] = ["batch", "run", "-", "--yes", "--acknowledge", "all", "-ojson"];
