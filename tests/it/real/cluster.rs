//! The cluster under test, through kubectl: a second opinion on what the program did.

use std::{
    env,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use serde_json::Value;

use crate::support::until;

/// Held for reading while a test needs the API server, for writing by the one that kills it.
static API_SERVER: RwLock<()> = RwLock::new(());

enum Share {
    Common(#[expect(dead_code, reason = "held, not read")] RwLockReadGuard<'static, ()>),
    Alone(#[expect(dead_code, reason = "held, not read")] RwLockWriteGuard<'static, ()>),
}

/// The cluster that the tests run against.
pub struct Cluster {
    /// Its kubeconfig.
    pub kubeconfig: PathBuf,
    share: Share,
}

/// Says on the real stderr, which the test harness does not capture, that a test does nothing.
fn skip(why: &str) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let _ = writeln!(std::io::stderr(), "skipped {test}: {why}");
}

impl Cluster {
    /// The one that the environment names; says so where it names none.
    pub fn from_env() -> Option<Self> {
        let Some(kubeconfig) = env::var_os("ROLLDECK_TEST_KUBECONFIG").filter(|value| !value.is_empty()) else {
            skip("ROLLDECK_TEST_KUBECONFIG names no cluster (see tests/cluster/README.md)");
            return None;
        };
        // A test that panicked while it held the lock has said so itself.
        let share = Share::Common(API_SERVER.read().unwrap_or_else(|poisoned| poisoned.into_inner()));
        Some(Self { kubeconfig: kubeconfig.into(), share })
    }

    /// The folder of `tests/cluster/up.sh`; says so where the environment names none.
    pub fn testbed() -> Option<PathBuf> {
        let folder = env::var_os("ROLLDECK_TEST_TESTBED").filter(|value| !value.is_empty());
        if folder.is_none() {
            skip("ROLLDECK_TEST_TESTBED names no folder of tests/cluster/up.sh");
        }
        folder.map(PathBuf::from)
    }

    /// Waits until no other test needs the API server, and keeps it for this one.
    pub fn alone(self) -> Self {
        let Self { kubeconfig, share } = self;
        drop(share);
        let share = Share::Alone(API_SERVER.write().unwrap_or_else(|poisoned| poisoned.into_inner()));
        Self { kubeconfig, share }
    }

    /// Whether it is kept for this test.
    pub fn is_alone(&self) -> bool {
        matches!(self.share, Share::Alone(_))
    }

    /// Runs kubectl; the error is what it says.
    pub fn try_kubectl(&self, args: &[&str], input: &str) -> Result<String, String> {
        let mut child = Command::new("kubectl")
            .arg("--kubeconfig")
            .arg(&self.kubeconfig)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("kubectl cannot be run: {error}"))?;
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).map_err(|error| error.to_string())?;
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("kubectl {args:?}: {}", String::from_utf8_lossy(&output.stderr))),
        }
    }

    /// Runs kubectl, or panics with what it says.
    pub fn kubectl(&self, args: &[&str]) -> String {
        self.try_kubectl(args, "").unwrap_or_else(|error| panic!("{error}"))
    }

    /// Whether its API server passes requests on to a node. It does not where the node's address is 127.0.0.1, as that of a testbed is
    /// that could add no other.
    pub fn passes_on(&self, node: &str) -> bool {
        match self.try_kubectl(&["get", "--raw", &format!("/api/v1/nodes/{node}/proxy/logs/pods/")], "") {
            Ok(_) => true,
            Err(why) => {
                assert!(why.contains("not allowed"), "{why}");
                false
            }
        }
    }

    /// The kubeconfig's one context, raw, with its files' contents in it.
    pub fn config(&self) -> Value {
        serde_json::from_str(&self.kubectl(&["config", "view", "--raw", "--minify", "--flatten", "-o", "json"]))
            .expect("a kubeconfig in JSON")
    }
}

/// A namespace of one test.
pub struct Space<'a> {
    cluster: &'a Cluster,
    /// Its name.
    pub name: String,
}

impl<'a> Space<'a> {
    /// Makes one whose name begins with `what`.
    pub fn new(cluster: &'a Cluster, what: &str) -> Self {
        let name = format!("{what}-{}", std::process::id());
        cluster.kubectl(&["create", "namespace", &name]);
        Self { cluster, name }
    }

    /// Applies manifests in it.
    pub fn apply(&self, yaml: &str) {
        self.cluster
            .try_kubectl(&["-n", &self.name, "apply", "-f", "-"], yaml)
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// Runs kubectl in it.
    pub fn kubectl(&self, args: &[&str]) -> String {
        self.cluster.kubectl(&[&["-n", &self.name], args].concat())
    }

    /// An object, `deployment/gateway`.
    pub fn get(&self, object: &str) -> Value {
        serde_json::from_str(&self.kubectl(&["get", object, "-o", "json"])).expect("an object in JSON")
    }

    /// The pod template of an app.
    pub fn template(&self, app: &str) -> Value {
        self.get(app)["spec"]["template"].clone()
    }

    /// Waits until kubectl calls the rollout of each app complete.
    pub fn wait_rolled_out(&self, apps: &[&str]) {
        for app in apps {
            self.kubectl(&["rollout", "status", app, "--timeout=120s"]);
        }
    }

    /// Waits until the app's pods all run this tag, and are ready.
    pub fn wait_tag(&self, app: &str, tag: &str) {
        let label = format!("app={}", app.rsplit('/').next().expect("a name"));
        until(Duration::from_secs(120), &format!("{app} on {tag}"), || {
            let pods: Value =
                serde_json::from_str(&self.kubectl(&["get", "pods", "-l", &label, "-o", "json"])).expect("pods");
            let pods = pods["items"].as_array().expect("a list").clone();
            let on_tag = |pod: &Value| {
                let status = &pod["status"]["containerStatuses"][0];
                status["ready"] == true
                    && pod["spec"]["containers"][0]["image"]
                        .as_str()
                        .is_some_and(|image| image.ends_with(&format!(":{tag}")))
            };
            match !pods.is_empty() && pods.iter().all(on_tag) {
                true => Ok(()),
                false => Err(format!("{} pods, not all ready with it", pods.len())),
            }
        });
    }
}

impl Drop for Space<'_> {
    fn drop(&mut self) {
        // Not waited for: the next test has a namespace of another name.
        let _ = self.cluster.try_kubectl(&["delete", "namespace", &self.name, "--wait=false"], "");
    }
}
