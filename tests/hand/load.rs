//! A control plane of its own, filled by `tests/cluster/load.py` with apps whose pods no kubelet runs.

use std::{
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The namespace that the fleet is in.
pub const NAMESPACE: &str = "load";

/// A control plane and whoever plays its kubelets. Both end with this.
pub struct Load {
    load: Option<Child>,
    place: tempfile::TempDir,
}

/// A script of tests/cluster.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster").join(name)
}

/// The name of the app of this number.
pub fn app(number: usize) -> String {
    format!("load-{number:04}")
}

impl Load {
    /// Starts it with so many apps of two pods each; with `fsync`, its etcd syncs to disk.
    ///
    /// # Errors
    /// A program cannot be run, or ends with an error: it has said why.
    pub fn start(apps: usize, fsync: bool) -> io::Result<Self> {
        let place = tempfile::tempdir()?;
        let mut up = Command::new(script("up.sh"));
        up.arg(place.path()).env("WITHOUT_NODE", "1").env_remove("FSYNC").stdout(Stdio::null());
        if fsync {
            up.env("FSYNC", "1");
        }
        if !up.status()?.success() {
            return Err(io::Error::other("the control plane did not start: see tests/cluster/README.md"));
        }
        let mut started = Self { load: None, place };
        started.fill(apps)?;
        Ok(started)
    }

    /// Its kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.place.path().join("admin.kubeconfig")
    }

    fn fill(&mut self, apps: usize) -> io::Result<()> {
        let mut command = Command::new(script("load.py"));
        command.arg(self.place.path()).args(["--apps", &apps.to_string(), "--pods", &(2 * apps).to_string(), "--live"]);
        let mut load = command.stdout(Stdio::piped()).spawn()?;
        let said = load.stdout.take();
        self.load = Some(load);
        for line in said.into_iter().flat_map(|said| BufReader::new(said).lines()) {
            if line?.starts_with("filled") {
                return Ok(());
            }
        }
        Err(io::Error::other("load.py ended before the fleet stood"))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        if let Some(mut load) = self.load.take() {
            let _ = Command::new("kill").args(["-TERM", &load.id().to_string()]).status();
            let until = Instant::now() + Duration::from_secs(5);
            while matches!(load.try_wait(), Ok(None)) && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = load.kill();
            let _ = load.wait();
        }
        let _ = Command::new(script("down.sh")).arg(self.place.path()).stdout(Stdio::null()).status();
    }
}
