//! Pods that write.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::Failure;

/// An image of the testbed: a busybox.
const IMAGE: &str = "registry.local/yun/gateway:v1.0.0";

/// A namespace that goes with it.
pub struct Space<'a> {
    kubeconfig: &'a Path,
    /// Its name.
    pub name: String,
}

impl<'a> Space<'a> {
    /// A new one.
    pub fn new(kubeconfig: &'a Path, name: &str) -> Result<Self, Failure> {
        let name = format!("rolldeck-{name}-{}", std::process::id());
        let space = Self { kubeconfig, name };
        space.kubectl(&["create", "namespace", &space.name])?;
        Ok(space)
    }

    /// What `kubectl` says in it.
    pub fn kubectl(&self, args: &[&str]) -> Result<String, Failure> {
        let done = self.command(args).output()?;
        if !done.status.success() {
            return Err(format!("kubectl {args:?}: {}", String::from_utf8_lossy(&done.stderr)).into());
        }
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    }

    /// `kubectl` in it, not yet started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("kubectl");
        command.arg("--kubeconfig").arg(self.kubeconfig).args(["-n", &self.name]).args(args);
        command
    }

    fn apply(&self, manifest: &str) -> Result<(), Failure> {
        let mut child = self.command(&["apply", "-f", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        child.stdin.take().ok_or("no stdin")?.write_all(manifest.as_bytes())?;
        if child.wait()?.success() { Ok(()) } else { Err("kubectl apply failed".into()) }
    }

    /// A pod that writes so many numbered lines of 100 bytes and ends; waits for its end.
    pub fn writes(&self, pod: &str, lines: u64) -> Result<(), Failure> {
        let script = format!(
            "awk 'BEGIN {{ t = sprintf(\"%80s\", \"\"); gsub(/ /, \"x\", t); for (i = 1; i <= {lines}; i++) printf \"line %013d %s\\n\", i, t }}'"
        );
        self.apply(&manifest(pod, &["main".to_owned()], &script))?;
        self.kubectl(&["wait", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=600s", &format!("pod/{pod}")])?;
        Ok(())
    }

    /// Pods that together have so many containers, ten in each, of which each writes about `rate` numbered lines a second; waits until
    /// all run.
    pub fn chatter(&self, containers: usize, rate: u64) -> Result<(), Failure> {
        let text = "y".repeat(80);
        let script = format!(
            "i=0; while :; do n=0; while [ $n -lt {} ]; do n=$((n+1)); i=$((i+1)); echo \"line $i {text}\"; done; sleep 0.5; done",
            rate / 2
        );
        let names: Vec<String> = (0..containers).map(|n| format!("c{n}")).collect();
        for (n, names) in names.chunks(10).enumerate() {
            self.apply(&manifest(&format!("chatter-{n}"), names, &script))?;
        }
        self.kubectl(&["wait", "--for=condition=Ready", "--timeout=600s", "pods", "--all"])?;
        Ok(())
    }
}

impl Drop for Space<'_> {
    fn drop(&mut self) {
        // What is left is named by the cluster.
        let _ = self.kubectl(&["delete", "namespace", &self.name, "--wait=false"]);
    }
}

fn manifest(pod: &str, containers: &[String], script: &str) -> String {
    let mut text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{ name: {pod} }}\nspec:\n  restartPolicy: Never\n  terminationGracePeriodSeconds: 0\n  containers:\n"
    );
    for name in containers {
        // A string in Rust's quotes is one in YAML's.
        _ = writeln!(text, "  - name: {name}\n    image: {IMAGE}\n    command: [sh, -c, {script:?}]");
    }
    text
}
