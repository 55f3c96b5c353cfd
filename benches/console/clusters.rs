//! Clusters to measure against: demo clusters in a process of their own, and real API servers with a load fleet.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::Failure;

/// A cluster that stands.
pub trait Cluster {
    /// What it is, for a column of the table.
    fn name(&self) -> String;
    /// Its kubeconfig.
    fn kubeconfig(&self) -> &Path;
    /// Its API server's process.
    fn server(&self) -> u32;
    /// The port of its API server.
    fn port(&self) -> Result<u16, Failure> {
        let text = fs::read_to_string(self.kubeconfig())?;
        let port = regex::Regex::new(r"server: *\W?https?://[^:/\s]+:(\d+)")?
            .captures(&text)
            .and_then(|found| found[1].parse().ok());
        port.ok_or_else(|| format!("{} names no server with a port", self.kubeconfig().display()).into())
    }
    /// Its kubeconfig with another port in it, written to a file.
    fn through(&self, port: u16, file: &Path) -> Result<(), Failure> {
        let text = fs::read_to_string(self.kubeconfig())?;
        Ok(fs::write(file, text.replace(&format!(":{}", self.port()?), &format!(":{port}")))?)
    }
}

/// Asks for a child's end, and waits for it.
fn end(child: &mut Child) {
    let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let until = Instant::now() + Duration::from_secs(10);
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// A demo cluster.
pub struct Demo {
    child: Child,
    pods: usize,
    kubeconfig: PathBuf,
    _place: tempfile::TempDir,
}

impl Demo {
    /// Starts one of so many pods, of which so many change each second.
    pub fn start(rolldeck: &Path, pods: usize, churn: u32) -> Result<Self, Failure> {
        let place = tempfile::tempdir()?;
        let kubeconfig = place.path().join("kubeconfig");
        let mut command = Command::new(rolldeck);
        command.args(["demo", "--serve", "--kubeconfig-out"]).arg(&kubeconfig);
        command.args(["--apps", &(pods / 50).max(1).to_string(), "--pods", &pods.to_string()]);
        command.args(["--churn", &churn.to_string()]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut demo = Self { child, pods, kubeconfig, _place: place };
        let until = Instant::now() + Duration::from_secs(120);
        while !demo.kubeconfig.exists() {
            if demo.child.try_wait()?.is_some() || Instant::now() > until {
                return Err("the demo cluster did not start".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(demo)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

impl Cluster for Demo {
    fn name(&self) -> String {
        format!("demo {}", self.pods)
    }
    fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }
    fn server(&self) -> u32 {
        self.child.id()
    }
}

/// A real control plane, filled by tests/cluster/load.py.
pub struct Real {
    load: Option<Child>,
    pods: usize,
    place: tempfile::TempDir,
    kubeconfig: PathBuf,
}

/// A script of tests/cluster.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster").join(name)
}

impl Real {
    /// Starts one and fills it.
    pub fn start(pods: usize) -> Result<Self, Failure> {
        let place = tempfile::tempdir()?;
        let up =
            Command::new(script("up.sh")).arg(place.path()).env("WITHOUT_NODE", "1").stdout(Stdio::null()).status()?;
        if !up.success() {
            return Err("the control plane did not start: see above, and tests/cluster/README.md".into());
        }
        let kubeconfig = place.path().join("admin.kubeconfig");
        let mut real = Self { load: None, pods, place, kubeconfig };
        real.churn(0)?;
        Ok(real)
    }

    /// Lets so many pods change each second from now on.
    pub fn churn(&mut self, rate: u32) -> Result<(), Failure> {
        if let Some(mut load) = self.load.take() {
            end(&mut load);
        }
        let mut command = Command::new(script("load.py"));
        command.arg(self.place.path()).args(["--pods", &self.pods.to_string(), "--churn", &rate.to_string()]);
        let mut load = command.stdout(Stdio::piped()).spawn()?;
        let said = load.stdout.take().ok_or("no output of load.py")?;
        self.load = Some(load);
        for line in BufReader::new(said).lines() {
            let line = line?;
            eprintln!("  {line}");
            if line.starts_with("filled") {
                return Ok(());
            }
        }
        Err("the load fleet was not filled".into())
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        if let Some(load) = &mut self.load {
            end(load);
        }
        let _ = Command::new(script("down.sh")).arg(self.place.path()).status();
    }
}

impl Cluster for Real {
    fn name(&self) -> String {
        format!("API server {}", self.pods)
    }
    fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }
    fn server(&self) -> u32 {
        let pid = fs::read_to_string(self.place.path().join("pid/apiserver")).unwrap_or_default();
        pid.trim().parse().unwrap_or(0)
    }
}
