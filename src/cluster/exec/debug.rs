//! Debug containers (`ephemeralContainers` of a pod). Nothing is restarted by one, and none can be removed: it ends by itself.

use std::time::Duration;

use rolldeck_core::{
    shell::{DebugMount, DebugWanted, Debugger, Opening, Place, Refused},
    text::Clean,
};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::place;
use crate::writer::{Way, Writer, of_port};

/// How often its status is looked at.
const BETWEEN: Duration = Duration::from_millis(400);
/// Reasons of a waiting container that time alone does not mend (k8s.io/kubernetes, pkg/kubelet/images/types.go and
/// pkg/kubelet/kuberuntime/kuberuntime_container.go).
const HOPELESS: [&str; 9] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "CrashLoopBackOff",
];
/// The user of a container that must not be root and whose image would be.
const NOBODY: u32 = 65534;
/// Where it keeps its process id: where processes are shared, it is not the first.
const PID: &str = "/tmp/.rolldeck-debug";

impl Writer {
    /// Adds a debug container beside a container, and waits until it runs. Where the container runs, too, they share processes if that
    /// is wanted: not of one that crashes again and again, whose processes may be gone when a kubelet comes to join them; then the debug
    /// container never starts.
    ///
    /// # Errors
    /// Why it was not added, or why it does not run: then it stays in the pod, as Kubernetes has it.
    pub async fn debug(&self, place: &Place, wanted: &DebugWanted) -> Result<Debugger, Refused> {
        let way = self.way(Opening::Debug, &place.pod.namespace).await?;
        let pod = place::pod(&way, place).await?;
        let made = container(&pod, place, wanted)?;
        let name = made["name"].as_str().unwrap_or_default().to_owned();
        let shares_processes = made.get("targetContainerName").is_some();
        let body = json!({ "metadata": { "uid": pod["metadata"]["uid"] }, "spec": { "ephemeralContainers": [made] } });
        self.add_ephemeral(place, &body).await.map_err(|error| of_port(error, place))?;
        let debugger = Place { pod: place.pod.clone(), container: name.into() };
        wait(&way, &debugger, wanted.patience).await?;
        let mounts = if wanted.files { mounts(&pod, place).1 } else { Vec::new() };
        Ok(Debugger { place: debugger, mounts, shares_processes })
    }

    /// Ends a debug container before its time. One that is over already is no error.
    ///
    /// # Errors
    /// Why it could not be told.
    pub async fn end_debug(&self, debugger: &Place) -> Result<(), Refused> {
        use rolldeck_core::shell::{Command, RunWanted};
        let wanted = RunWanted {
            command: Command::Shell(format!("kill $(cat {PID})")),
            limit: Duration::from_secs(5),
            keep: 1024,
        };
        match self.run(debugger, &wanted).await {
            Ok(_) | Err(Refused::NotRunning(..) | Refused::Gone(_) | Refused::Replaced(_)) => Ok(()),
            Err(refused) => Err(refused),
        }
    }
}

/// The container to add.
fn container(pod: &Value, place: &Place, wanted: &DebugWanted) -> Result<Value, Refused> {
    let none = || Refused::NoContainer(place.to_string().into());
    let target = place::spec(pod, &place.container).ok_or_else(none)?;
    let life = wanted.life.as_secs();
    let mut made = json!({
        "name": name(pod),
        "image": wanted.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", format!("echo $$ >{PID}; exec sleep {life}")],
        "securityContext": security(pod, target),
    });
    if wanted.files {
        made["volumeMounts"] = mounts(pod, place).0.into();
    }
    if wanted.processes && place::running(pod, place).is_ok() {
        made["targetContainerName"] = place.container.as_str().into();
    }
    Ok(made)
}

/// The first free one of `rolldeck-debug-1`, `-2`, …
fn name(pod: &Value) -> String {
    let taken = |name: &str| place::spec(pod, name).is_some();
    let mut number = 1;
    loop {
        let name = format!("rolldeck-debug-{number}");
        if !taken(&name) {
            return name;
        }
        number += 1;
    }
}

/// As whom the container runs, so that the same files can be read, and never with more rights than it has.
fn security(pod: &Value, target: &Value) -> Value {
    let mut context = Map::new();
    let own = &target["securityContext"];
    for field in [
        "runAsUser",
        "runAsGroup",
        "runAsNonRoot",
        "capabilities",
        "seccompProfile",
        "appArmorProfile",
        "seLinuxOptions",
    ] {
        if let Some(value) = own.get(field) {
            context.insert(field.to_owned(), value.clone());
        }
    }
    if let Some(capabilities) = context.get_mut("capabilities").and_then(Value::as_object_mut) {
        capabilities.remove("add");
    }
    context.insert("allowPrivilegeEscalation".to_owned(), false.into());
    let pods = &pod["spec"]["securityContext"];
    let of = |field: &str| own.get(field).or_else(|| pods.get(field));
    if of("runAsNonRoot") == Some(&Value::Bool(true)) && of("runAsUser").is_none() {
        context.insert("runAsUser".to_owned(), NOBODY.into());
    }
    context.into()
}

/// The target's mounts, read-only, and how they differ from its own.
fn mounts(pod: &Value, place: &Place) -> (Vec<Value>, Vec<DebugMount>) {
    let spec = place::spec(pod, &place.container);
    let all = spec.and_then(|spec| spec["volumeMounts"].as_array()).into_iter().flatten();
    // The token of the service account is for the app alone.
    let wanted = all.filter(|mount| mount["mountPath"] != "/var/run/secrets/kubernetes.io/serviceaccount");
    let one = |mount: &Value| {
        let path = mount["mountPath"].as_str().unwrap_or_default().to_owned();
        let part = ["subPath", "subPathExpr"].iter().find_map(|field| mount[field].as_str()).unwrap_or_default();
        let made = json!({ "name": mount["name"], "mountPath": path, "readOnly": true });
        (made, DebugMount { path, part: part.to_owned() })
    };
    wanted.map(one).unzip()
}

async fn wait(way: &Way, debugger: &Place, patience: Duration) -> Result<(), Refused> {
    let end = Instant::now() + patience;
    loop {
        let pod = place::pod(way, debugger).await?;
        let state = match judge(&pod, debugger) {
            Ok(true) => return Ok(()),
            Ok(false) => place::running(&pod, debugger).err(),
            Err(why) => return Err(why),
        };
        if Instant::now() >= end {
            let why = state.map(|state| state.to_string()).unwrap_or_default();
            let why = format!("it did not start within {} s: {why}", patience.as_secs());
            return Err(Refused::NotRunning(debugger.to_string().into(), why.into()));
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Whether it runs, or why it never will.
fn judge(pod: &Value, debugger: &Place) -> Result<bool, Refused> {
    let state = place::status(pod, &debugger.container).map(|status| &status["state"]);
    let Some(state) = state else { return Ok(false) };
    let reason = state.pointer("/waiting/reason").and_then(Value::as_str).unwrap_or_default();
    if state.get("terminated").is_some() || HOPELESS.contains(&reason) {
        let ended = |state: &Value| {
            let message = state["terminated"]["message"].as_str()?;
            Some(Refused::NotRunning(debugger.to_string().into(), Clean::new(message)))
        };
        let why = place::running(pod, debugger).err();
        return Err(ended(state).or(why).unwrap_or_else(|| Refused::Gone(debugger.to_string().into())));
    }
    Ok(state.get("running").is_some())
}

#[cfg(test)]
mod tests {
    use rolldeck_core::act::PodId;

    use super::*;

    fn pod() -> Value {
        json!({
            "spec": {
                "containers": [{
                    "name": "main",
                    "securityContext": { "runAsNonRoot": true, "privileged": true, "capabilities": { "add": ["NET_ADMIN"], "drop": ["ALL"] } },
                    "volumeMounts": [
                        { "name": "data", "mountPath": "/data", "mountPropagation": "Bidirectional" },
                        { "name": "logs", "mountPath": "/logs", "subPath": "web" },
                        { "name": "kube-api-access-x", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount" },
                    ],
                }],
                "ephemeralContainers": [{ "name": "rolldeck-debug-1" }],
            },
            "status": { "containerStatuses": [{ "name": "main", "state": { "waiting": { "reason": "CrashLoopBackOff" } } }],
                "ephemeralContainerStatuses": [{ "name": "rolldeck-debug-1",
                    "state": { "waiting": { "reason": "ErrImagePull", "message": "not found" } } }] },
        })
    }

    fn place(container: &str) -> Place {
        let pod = PodId { namespace: "qa".into(), name: "web-1".into(), uid: Clean::default() };
        Place { pod, container: container.into() }
    }

    fn wanted() -> DebugWanted {
        let (life, patience) = (Duration::from_secs(60), Duration::from_secs(1));
        DebugWanted { image: "busybox".into(), files: true, processes: true, life, patience }
    }

    #[test]
    fn it_mounts_what_the_container_mounts_read_only_and_has_no_more_rights() {
        let made = container(&pod(), &place("main"), &wanted()).unwrap();
        assert_eq!(made["name"], "rolldeck-debug-2");
        let mounts = json!([
            { "name": "data", "mountPath": "/data", "readOnly": true },
            { "name": "logs", "mountPath": "/logs", "readOnly": true },
        ]);
        assert_eq!(made["volumeMounts"], mounts);
        let security = json!({ "runAsNonRoot": true, "runAsUser": NOBODY, "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"] } });
        assert_eq!(made["securityContext"], security);
        // The processes of a container that does not run cannot be shared.
        assert_eq!(made.get("targetContainerName"), None);
        let parts: Vec<_> = super::mounts(&pod(), &place("main")).1.into_iter().map(|mount| mount.part).collect();
        assert_eq!(parts, ["", "web"]);
    }

    #[test]
    fn processes_are_shared_with_one_that_runs_where_that_is_wanted() {
        let mut pod = pod();
        pod["status"]["containerStatuses"][0]["state"] = json!({ "running": {} });
        let made = |processes| container(&pod, &place("main"), &DebugWanted { processes, ..wanted() }).unwrap();
        assert_eq!(made(true)["targetContainerName"], "main");
        assert_eq!(made(false).get("targetContainerName"), None);
    }

    #[test]
    fn one_that_cannot_start_says_why() {
        let why = judge(&pod(), &place("rolldeck-debug-1")).unwrap_err().to_string();
        assert_eq!(why, "qa/web-1 [rolldeck-debug-1] does not run: waiting: ErrImagePull: not found");
        assert_eq!(judge(&pod(), &place("rolldeck-debug-9")), Ok(false));
    }
}
