//! A demo cluster in another process, and its controls.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    real::Deck,
    support::{Home, Launch, until},
};

/// A running demo cluster. It ends with the test.
pub struct Demo {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// Its kubeconfig.
    pub kubeconfig: PathBuf,
    _home: Home,
}

impl Demo {
    /// The freight company's fleet, its time many times as fast as ours.
    pub fn fast() -> Self {
        let demo = Self::start();
        demo.control("POST", "clock", &json!({ "rate": 20 }));
        demo
    }

    /// The freight company's fleet.
    pub fn start() -> Self {
        let home = Home::new();
        let kubeconfig = home.path().join("demo.yaml");
        let mut child = Command::new(env!("CARGO_BIN_EXE_rolldeck"))
            .args(["demo", "--serve", "--seed", "7", "--kubeconfig-out"])
            .arg(&kubeconfig)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().rsplit("http://").next().expect("an address").to_owned();
        Self { child, address, kubeconfig, _home: home }
    }

    /// Ends it before the test does.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends a request; the status and the body, as JSON.
    pub fn send(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        self.send_as(method, path, body, "application/json")
    }

    /// The text at a path, which is there.
    pub fn text(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the cluster listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        // The older protocol: what comes is not in chunks.
        stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: demo\r\n\r\n").as_bytes()).expect("the request is sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let text = String::from_utf8_lossy(&answer);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.contains(" 200 "), "{head}");
        body.to_owned()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn send_as(&self, method: &str, path: &str, body: &str, content: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).expect("the cluster listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: demo\r\nConnection: close\r\nContent-Type: {content}\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes()).expect("the request is sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let text = String::from_utf8_lossy(&answer);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    /// Uses a control, and returns the state then.
    pub fn control(&self, method: &str, what: &str, body: &Value) -> Value {
        let (status, state) = self.send(method, &format!("/demo/{what}"), &body.to_string());
        assert_eq!(status, 200, "{state}");
        state
    }

    /// Makes something go wrong with requests of this verb.
    pub fn fault(&self, kind: &str, verb: &str) {
        self.control("POST", "faults", &json!({ "kind": kind, "verb": verb, "milliseconds": 400, "retryAfter": 1 }));
    }

    /// Ends all faults.
    pub fn heal(&self) {
        self.control("DELETE", "faults", &json!({}));
    }

    /// A Deployment of namespace dev.
    pub fn deployment(&self, name: &str) -> Value {
        let (status, object) = self.send("GET", &format!("/apis/apps/v1/namespaces/dev/deployments/{name}"), "");
        assert_eq!(status, 200, "{object}");
        object
    }

    /// Merges a patch into a Deployment of namespace dev, as somebody else would.
    pub fn patch(&self, name: &str, patch: &Value) {
        let path = format!("/apis/apps/v1/namespaces/dev/deployments/{name}");
        let (status, object) = self.send_as("PATCH", &path, &patch.to_string(), "application/merge-patch+json");
        assert_eq!(status, 200, "{object}");
    }

    /// Gives the first container of a Deployment of namespace dev this tag, as somebody else would.
    pub fn retag(&self, name: &str, tag: &str) {
        let image = self.image(name);
        let (repository, _) = image.rsplit_once(':').expect("a tag");
        let mut containers = self.deployment(name)["spec"]["template"]["spec"]["containers"].take();
        containers[0]["image"] = format!("{repository}:{tag}").into();
        self.patch(name, &json!({ "spec": { "template": { "spec": { "containers": containers } } } }));
    }

    /// The image that a Deployment of namespace dev asks for.
    pub fn image(&self, name: &str) -> String {
        let object = self.deployment(name);
        object["spec"]["template"]["spec"]["containers"][0]["image"].as_str().expect("an image").to_owned()
    }

    /// Waits until a Deployment of namespace dev is as wanted.
    pub fn wait(&self, name: &str, what: &str, wanted: impl Fn(&Value) -> bool) {
        until(Duration::from_secs(60), what, || {
            let object = self.deployment(name);
            if wanted(&object) { Ok(()) } else { Err(object["status"].to_string()) }
        });
    }

    /// The console on namespace dev.
    pub fn console(&self) -> Deck {
        let home = Home::new();
        let console = Launch::new(&home).kubeconfig(&self.kubeconfig).args(["-n", "dev"]).start();
        Deck::over(console, home)
    }

    /// The console on namespace dev, with the cursor on the app of this name.
    pub fn console_at(&self, name: &str) -> Deck {
        let mut deck = self.console();
        deck.wait_row(&["berth-planner"]);
        deck.console.key("/");
        deck.console.keys(name);
        deck.console.key("enter");
        deck.console
            .wait_for("one app", |screen| screen.row(&[name, "Healthy"]).is_some() && screen.count(&["Healthy"]) == 1);
        deck
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.stop();
    }
}
