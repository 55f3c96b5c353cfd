//! A pod's status in kubectl's words.

use crate::{
    model::{Container, ContainerState, Pod, PodPhase},
    text::Clean,
};

/// The STATUS column as `kubectl get pods` words it (kubernetes/pkg/printers/internalversion/printers.go, `printPod`):
/// `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`, `Completed`, `Error`, `ExitCode:3`, `Signal:9`, …
pub fn pod_status(pod: &Pod) -> Clean {
    if pod.ending && &*pod.reason == "NodeLost" {
        return "Unknown".into();
    }
    if pod.ending && !is_over(pod) {
        return "Terminating".into();
    }
    let mut status = phase(pod);
    // Until the kubelet has seen the pod there are no container statuses, and kubectl has only the phase to go by.
    if !pod.containers.iter().all(is_unknown) {
        let initializing = init_status(pod);
        let begun = pod.containers.iter().any(|c| !c.init && has_run(c));
        let open = initializing.is_none() || begun;
        status = initializing.unwrap_or(status);
        if open {
            status = main_status(pod, status);
        }
    }
    status
}

fn phase(pod: &Pod) -> Clean {
    if !pod.reason.is_empty() {
        return pod.reason.clone();
    }
    if is_gated(pod) {
        return "SchedulingGated".into();
    }
    match pod.phase {
        PodPhase::Pending => "Pending",
        PodPhase::Running => "Running",
        PodPhase::Succeeded => "Succeeded",
        PodPhase::Failed => "Failed",
        PodPhase::Unknown => "Unknown",
    }
    .into()
}

/// Whether someone holds the pod back from the scheduler, which says so in PodScheduled=False, SchedulingGated.
fn is_gated(pod: &Pod) -> bool {
    pod.unschedulable.contains("scheduling gates")
}

fn is_unknown(container: &Container) -> bool {
    matches!(&container.state, ContainerState::Waiting(reason, _) if reason.is_empty()) && container.restarts == 0
}

fn has_run(container: &Container) -> bool {
    container.restarts > 0 || !matches!(container.state, ContainerState::Waiting(..))
}

/// What the first init container that is not through says, if there is one.
fn init_status(pod: &Pod) -> Option<Clean> {
    let all = pod.containers.iter().filter(|c| c.init).count();
    let (n, container) = pod.containers.iter().filter(|c| c.init).enumerate().find(|(_, c)| !is_through(c))?;
    Some(match &container.state {
        ContainerState::Terminated(reason, code, signal) if reason.is_empty() => match signal {
            0 => format!("Init:ExitCode:{code}"),
            signal => format!("Init:Signal:{signal}"),
        }
        .into(),
        ContainerState::Terminated(reason, ..) => format!("Init:{reason}").into(),
        ContainerState::Waiting(reason, _) if !reason.is_empty() && &**reason != "PodInitializing" => {
            format!("Init:{reason}").into()
        }
        _ => format!("Init:{n}/{all}").into(),
    })
}

fn is_through(container: &Container) -> bool {
    matches!(container.state, ContainerState::Terminated(_, 0, _)) || (container.sidecar && container.started)
}

/// What the main containers say, the first of them having the last word; `before` where they say nothing.
fn main_status(pod: &Pod, before: Clean) -> Clean {
    let mut status = before;
    let mut running = false;
    for container in pod.containers.iter().filter(|c| !c.init).rev() {
        match &container.state {
            ContainerState::Waiting(reason, _) if !reason.is_empty() => status = reason.clone(),
            ContainerState::Terminated(reason, code, signal) => {
                status = match (reason.is_empty(), signal) {
                    (false, _) => reason.clone(),
                    (true, 0) => format!("ExitCode:{code}").into(),
                    (true, signal) => format!("Signal:{signal}").into(),
                }
            }
            ContainerState::Running(_) => running |= container.ready,
            ContainerState::Waiting(..) => {}
        }
    }
    match (&*status, running, pod.ready) {
        ("Completed", true, true) => "Running".into(),
        ("Completed", true, false) => "NotReady".into(),
        _ => status,
    }
}

/// Whether all containers of a pod have ended for good.
pub fn is_over(pod: &Pod) -> bool {
    matches!(pod.phase, PodPhase::Succeeded | PodPhase::Failed)
}

/// The READY column of `kubectl get pods`: ready containers of all, sidecars among them, init containers not.
pub fn ready_containers(pod: &Pod) -> (u32, u32) {
    let counted = pod.containers.iter().filter(|c| !c.init || c.sidecar);
    counted.fold((0, 0), |(ready, all), c| {
        let up = if c.sidecar { c.started } else { matches!(c.state, ContainerState::Running(_)) };
        (ready + u32::from(c.ready && up), all + 1)
    })
}

/// Why a pod is not coming up, if it is in trouble: `CrashLoopBackOff`, `ImagePullBackOff`, `OOMKilled`,
/// `CreateContainerConfigError`, `Unschedulable`, … `None` for a pod that is fine or merely starting.
pub fn trouble(pod: &Pod) -> Option<Clean> {
    if pod.phase == PodPhase::Succeeded {
        return None;
    }
    if pod.phase == PodPhase::Failed || &*pod.reason == "NodeLost" {
        return Some(if pod.reason.is_empty() { "Failed".into() } else { pod.reason.clone() });
    }
    if let Some(reason) = pod.containers.iter().filter_map(container_trouble).max_by_key(|reason| severity(reason)) {
        return Some(reason);
    }
    let waits = !pod.unschedulable.is_empty() && pod.node.is_empty() && !is_gated(pod);
    waits.then(|| "Unschedulable".into())
}

/// Which of two reasons is worse, in that it tells more of what to do: more is worse.
pub(crate) fn severity(reason: &str) -> u8 {
    match reason {
        "OOMKilled" => 6,
        "CrashLoopBackOff" => 5,
        reason if super::rollout::is_final(reason) => 4,
        "Unschedulable" => 2,
        "Error" => 1,
        _ => 3,
    }
}

fn container_trouble(container: &Container) -> Option<Clean> {
    match &container.state {
        ContainerState::Waiting(reason, _) => match &**reason {
            "" | "ContainerCreating" | "PodInitializing" => last_trouble(container),
            "CrashLoopBackOff" => Some(last_trouble(container).filter(|last| &**last == OOM).unwrap_or(reason.clone())),
            _ => Some(reason.clone()),
        },
        ContainerState::Terminated(reason, code, _) if *code != 0 => {
            Some(if reason.is_empty() { "Error".into() } else { reason.clone() })
        }
        ContainerState::Terminated(..) => None,
        ContainerState::Running(_) if container.ready || (container.sidecar && container.started) => None,
        ContainerState::Running(_) => last_trouble(container),
    }
}

/// Why a container that is not up again ended badly the last time.
fn last_trouble(container: &Container) -> Option<Clean> {
    let (reason, code, _) = container.last.as_ref()?;
    match (*code, reason.is_empty()) {
        (0, _) => None,
        (_, true) => Some("Error".into()),
        (_, false) => Some(reason.clone()),
    }
}

const OOM: &str = "OOMKilled";
