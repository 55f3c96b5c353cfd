//! A real kubectl on the demo cluster, where there is one.

use std::{
    io::Write,
    process::{Command, Output},
};

use super::Demo;

struct Kubectl<'a>(&'a Demo);

impl Kubectl<'_> {
    fn run(&self, args: &[&str]) -> Output {
        let kubeconfig = &self.0.kubeconfig;
        let command =
            Command::new("kubectl").arg("--kubeconfig").arg(kubeconfig).args(["-n", "dev"]).args(args).output();
        command.expect("kubectl runs")
    }

    fn says(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "kubectl {args:?}: {err}");
        out.into_owned()
    }
}

/// Whether kubectl is there; says so where it is not.
fn there() -> bool {
    let there = Command::new("kubectl").args(["version", "--client"]).output().is_ok();
    if !there {
        let _ = writeln!(std::io::stderr(), "skipped: there is no kubectl");
    }
    there
}

#[test]
fn kubectl_reads_and_changes_apps() {
    if !there() {
        return;
    }
    let demo = Demo::fast();
    let kubectl = Kubectl(&demo);
    assert!(kubectl.says(&["get", "deployments"]).contains("berth-planner"));
    assert!(kubectl.says(&["get", "pods,hpa,svc,cm"]).contains("pod/berth-planner-"));
    assert!(kubectl.says(&["describe", "deployment/berth-planner"]).contains("StrategyType"));
    kubectl.says(&[
        "set",
        "image",
        "deployment/berth-planner",
        "berth-planner=harbor.freight.example/port/berth-planner:9.9.9",
    ]);
    assert!(
        kubectl
            .says(&["rollout", "status", "deployment/berth-planner", "--timeout=60s"])
            .contains("successfully rolled out")
    );
    assert!(kubectl.says(&["rollout", "history", "deployment/berth-planner"]).contains("REVISION"));
    kubectl.says(&["rollout", "undo", "deployment/berth-planner"]);
    kubectl.says(&["scale", "deployment/berth-planner", "--replicas=2"]);
    demo.wait("berth-planner", "two pods", |object| object["status"]["availableReplicas"] == 2);
    assert!(kubectl.says(&["top", "pods"]).contains("Mi"));
}

#[test]
fn kubectl_reads_logs_and_runs_commands() {
    if !there() {
        return;
    }
    let demo = Demo::start();
    let kubectl = Kubectl(&demo);
    let app = "deployment/berth-planner";
    assert_eq!(kubectl.says(&["logs", app, "--tail=5"]).lines().count(), 5);
    assert!(kubectl.says(&["logs", app, "--tail=2", "--timestamps"]).starts_with("20"));
    assert_eq!(kubectl.says(&["exec", app, "--", "sh", "-c", "echo 运单 | wc -l"]), "1\n");
    let failed = kubectl.run(&["exec", app, "--", "sh", "-c", "exit 3"]);
    assert_eq!(failed.status.code(), Some(3));
    assert_eq!(String::from_utf8_lossy(&failed.stderr).trim(), "command terminated with exit code 3");
    let missing = kubectl.run(&["exec", app, "--", "bash"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("executable file not found in $PATH"));
    let port = kubectl.run(&["port-forward", app, "9:80"]);
    assert!(!port.status.success());
}
