//! The processes of debug containers: the commands that they were added with, run to their end.

use std::sync::PoisonError;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Pods,
    logs::live,
    userland::{Ending, Event, Host, Terminal, run},
};
use crate::{clock::rfc3339, store::kind::POD};

impl Pods {
    /// Begins the process of each debug container of a pod that has been started by its kubelet.
    pub(crate) fn begin_debuggers(&self, namespace: &str, name: &str) {
        let Some(pod) = self.store.get(&POD, namespace, name) else { return };
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        for spec in pod["spec"]["ephemeralContainers"].as_array().into_iter().flatten() {
            let Some(container) = spec["name"].as_str() else { continue };
            let Some(life) = live(&pod, container) else { continue };
            let mut begun = self.debuggers.lock().unwrap_or_else(PoisonError::into_inner);
            // With standard input, its process waits for whoever attaches.
            if spec["stdin"] == true || !begun.insert(format!("{uid}/{container}")) {
                continue;
            }
            let host = self.host(pod.clone(), life);
            tokio::spawn(live_on(host, command(spec)));
        }
    }
}

/// What a container runs: a shell, where it does not say.
fn command(spec: &Value) -> Vec<String> {
    let words = |field: &str| {
        let all = spec[field].as_array().into_iter().flatten();
        all.filter_map(|word| word.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let mut command = words("command");
    if command.is_empty() {
        command.push("sh".to_owned());
    }
    command.extend(words("args"));
    command
}

/// Runs the command of a debug container, and tells its end in the pod's status. It ends with its pod.
async fn live_on(host: Host, command: Vec<String>) {
    let text = |field: &str| host.pod["metadata"][field].as_str().unwrap_or_default().to_owned();
    let (namespace, name, uid) = (text("namespace"), text("name"), text("uid"));
    let (store, clock, container) = (host.store.clone(), host.clock.clone(), host.container.clone());
    let (keys, input) = mpsc::channel(1);
    let (output, mut written) = mpsc::channel(16);
    // Nobody reads what it writes, and it has no standard input.
    let _ = keys.send(Event::End).await;
    tokio::spawn(async move { while written.recv().await.is_some() {} });
    let gone = {
        let (store, namespace, name, uid) = (store.clone(), namespace.clone(), name.clone(), uid.clone());
        async move {
            let mut versions = store.versions();
            loop {
                versions.borrow_and_update();
                let now = store.get(&POD, &namespace, &name);
                if now.is_none_or(|pod| pod["metadata"]["uid"] != uid.as_str()) || versions.changed().await.is_err() {
                    return;
                }
            }
        }
    };
    let ending = tokio::select! {
        ending = run(host, &command, Terminal::new(false, input, output)) => ending,
        () = gone => return,
    };
    let (code, reason) = match ending {
        Ending::Code(0) => (0, "Completed"),
        Ending::Code(code) => (code, "Error"),
        Ending::Missing(_) => (127, "StartError"),
    };
    let finished = rfc3339(clock.now());
    // A pod that is gone by now has nothing to tell.
    let _ = store.update(&POD, &namespace, &name, |pod| {
        let statuses = pod["status"]["ephemeralContainerStatuses"].as_array_mut().into_iter().flatten();
        for status in statuses.filter(|status| status["name"] == container.as_str()) {
            let started = status["state"]["running"]["startedAt"].clone();
            let id = status["containerID"].clone();
            status["state"] = json!({ "terminated": {
                "exitCode": code, "reason": reason, "startedAt": started, "finishedAt": finished, "containerID": id,
            } });
        }
        Ok(())
    });
}
