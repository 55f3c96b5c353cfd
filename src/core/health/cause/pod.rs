//! One pod's trouble.

use super::{Cause, Severity, Warning, Warnings, exit, image, room, warnings::words};
use crate::{
    Time,
    fleet::PodRow,
    health::{rollout::is_final, trouble},
    model::{Container, ContainerState, Pod, PodPhase, Requests},
    text::{Clean, quantity::memory},
};

/// A pod that is not up after so many seconds is late.
const LATE: i64 = 120;
/// A bad end counts for so many seconds after the container came up again.
const RECENT: i64 = 900;

/// Why a pod is unwell, if it is. `asks` is what a pod of its app requests.
pub fn of_pod(row: &PodRow, asks: Requests, warnings: &Warnings, now: Time) -> Option<Cause> {
    let pod = row.pod;
    if pod.ending || pod.phase == PodPhase::Succeeded {
        return None;
    }
    let told = warnings.about("Pod", &pod.namespace, &pod.name);
    if pod.phase == PodPhase::Failed || &*pod.reason == "NodeLost" {
        return Some(failed(pod, told));
    }
    if trouble(pod).as_deref() == Some("Unschedulable") {
        return Some(unschedulable(pod, asks, told));
    }
    let worst = pod.containers.iter().filter_map(|container| of_container(row, container, told, now));
    let worst = worst.min_by_key(|cause| cause.severity);
    let mut cause = worst.or_else(|| unready(pod, told, warnings.known, now))?;
    if !warnings.known {
        cause.evidence.push("no events can be read: their evidence is missing".into());
    }
    Some(cause)
}

/// Whether a pod of this age should be up by now.
pub(super) fn is_late(created: Time, now: Time) -> bool {
    (now - created).num_seconds() >= LATE
}

fn cause(sentence: String, evidence: Vec<Clean>, severity: Severity, since: Option<Time>) -> Cause {
    Cause { sentence: sentence.into(), evidence, severity, repeats: false, since, pods: 1 }
}

fn failed(pod: &Pod, told: &[&Warning]) -> Cause {
    let sentence = match &*pod.reason {
        "Evicted" => "its node evicted it, mostly for want of memory or disk".to_owned(),
        "NodeLost" => "its node does not answer any more".to_owned(),
        "" => "it ended badly and is not started again".to_owned(),
        other => format!("it failed: {other}"),
    };
    cause(sentence, told.iter().take(2).map(|warning| words(warning)).collect(), Severity::Degraded, pod.created)
}

fn unschedulable(pod: &Pod, asks: Requests, told: &[&Warning]) -> Cause {
    let mut evidence = vec![Clean::from(format!("scheduler: {}", pod.unschedulable))];
    let claims = told.iter().filter(|warning| &*warning.reason != "FailedScheduling");
    evidence.extend(claims.take(1).map(|warning| words(warning)));
    cause(room::sentence(&pod.unschedulable, asks), evidence, Severity::Degraded, pod.created)
}

fn of_container(row: &PodRow, container: &Container, told: &[&Warning], now: Time) -> Option<Cause> {
    match &container.state {
        ContainerState::Waiting(reason, message) => match &**reason {
            "" | "ContainerCreating" | "PodInitializing" => ended(row, container, told),
            "CrashLoopBackOff" => ended(row, container, told).or_else(|| Some(restarts_only(row.pod, container))),
            reason if reason.contains("Image") => Some(of_image(row.pod, container, reason, message, told)),
            reason => Some(of_config(row.pod, container, reason, message, told)),
        },
        ContainerState::Terminated(_, 0, _) => None,
        ContainerState::Terminated(reason, code, _) => Some(crashed(row, container, reason, *code, None, told)),
        ContainerState::Running(_) if container.ready || (container.sidecar && container.started) => {
            let (_, _, at) = container.last.as_ref()?;
            let recent = at.is_some_and(|at| (now - at).num_seconds() < RECENT);
            let cause = ended(row, container, told).filter(|_| recent)?;
            Some(Cause { severity: Severity::Unsteady, ..cause })
        }
        ContainerState::Running(_) => {
            ended(row, container, told).filter(|cause| cause.since.is_none_or(|at| (now - at).num_seconds() < RECENT))
        }
    }
}

/// By how it ended the last time, where that was badly; a container that ends well over and over crashes, too.
fn ended(row: &PodRow, container: &Container, told: &[&Warning]) -> Option<Cause> {
    let (reason, code, at) = container.last.as_ref()?;
    let loops = matches!(&container.state, ContainerState::Waiting(reason, _) if &**reason == "CrashLoopBackOff");
    (*code != 0 || loops).then(|| crashed(row, container, reason, *code, *at, told))
}

fn restarts_only(pod: &Pod, container: &Container) -> Cause {
    let sentence = format!("container {} crashes over and over; how it ends is not told", container.name);
    cause(sentence, vec![restarts(container)], Severity::Degraded, pod.created)
}

fn restarts(container: &Container) -> Clean {
    format!("{} restart{} of {}", container.restarts, if container.restarts == 1 { "" } else { "s" }, container.name)
        .into()
}

fn crashed(row: &PodRow, container: &Container, reason: &str, code: i32, at: Option<Time>, told: &[&Warning]) -> Cause {
    let name = &container.name;
    let oom = reason == "OOMKilled";
    let last = match reason {
        "" | "Error" => format!("last ended with exit {code}: {}", exit::meaning(code, oom)),
        reason => format!("last ended as {reason} with exit {code}: {}", exit::meaning(code, oom)),
    };
    let mut evidence = vec![Clean::from(last), restarts(container)];
    let probe = told.iter().find(|warning| {
        &*warning.reason == "Unhealthy"
            && ["Liveness", "Startup"].iter().any(|probe| warning.message.starts_with(probe))
    });
    let sentence = match (oom, probe) {
        (true, _) => {
            evidence.insert(0, limit_and_usage(row, container));
            match container.memory_limit {
                0 => {
                    format!("container {name} was ended because its node ran out of memory: it has no limit of its own")
                }
                limit => format!("container {name} needs more memory than its limit of {}", memory(limit)),
            }
        }
        (false, Some(warning)) if code != 1 => {
            let probe = warning.message.split(' ').next().unwrap_or("Liveness").to_lowercase();
            evidence.insert(0, words(warning));
            format!("the kubelet restarts container {name}: its {probe} probe fails")
        }
        _ if reason == "StartError" || reason == "ContainerCannotRun" => {
            evidence.extend(told.iter().find(|warning| &*warning.reason == "Failed").map(|warning| words(warning)));
            format!("container {name} cannot be started: its command is not in the image, or may not be executed")
        }
        _ => format!("container {name} crashes with exit {code}: {}", exit::meaning(code, false)),
    };
    let cause = cause(sentence, evidence, Severity::Degraded, at.or(row.pod.created));
    Cause { repeats: at.is_some(), ..cause }
}

/// `limit 64Mi; the pod uses 12Mi now`.
fn limit_and_usage(row: &PodRow, container: &Container) -> Clean {
    let limit = match container.memory_limit {
        0 => "no limit".to_owned(),
        limit => format!("limit {}", memory(limit)),
    };
    let uses = match row.usage {
        Some(usage) => format!("the pod uses {} now", memory(usage.memory)),
        None => "what it uses is not known".to_owned(),
    };
    format!("{limit}; {uses}").into()
}

fn of_image(pod: &Pod, container: &Container, reason: &str, message: &str, told: &[&Warning]) -> Cause {
    let pulls = told.iter().find(|warning| &*warning.reason == "Failed" && warning.message.contains("pull"));
    let said = format!("{message} {}", pulls.map(|warning| warning.message.as_str()).unwrap_or_default());
    let sentence = image::sentence(reason, &container.image, &said);
    let state = Clean::from(format!("container {}: {reason}: {message}", container.name));
    let evidence = pulls.map(|warning| words(warning)).into_iter().chain([state]).collect();
    cause(sentence, evidence, Severity::Degraded, pod.created)
}

fn of_config(pod: &Pod, container: &Container, reason: &str, message: &str, told: &[&Warning]) -> Cause {
    let name = &container.name;
    let said = if message.is_empty() { reason } else { message };
    let sentence = match reason {
        "CreateContainerConfigError" => format!("container {name} refers to what is not there: {said}"),
        reason if is_final(reason) => format!("container {name} cannot be started: {said}"),
        reason => format!("container {name} waits: {reason}"),
    };
    let mut evidence = vec![Clean::from(format!("container {name}: {reason}: {message}"))];
    evidence.extend(told.iter().find(|warning| &*warning.reason == "Failed").map(|warning| words(warning)));
    cause(sentence, evidence, Severity::Degraded, pod.created)
}

/// A pod that has had time to come up and has not, and nothing of it has crashed.
fn unready(pod: &Pod, told: &[&Warning], known: bool, now: Time) -> Option<Cause> {
    let late = pod.created.is_none_or(|at| is_late(at, now));
    if pod.ready || !late || pod.unschedulable.contains("scheduling gates") {
        return None;
    }
    let evidence = |warning: Option<&&Warning>| warning.map(|warning| words(warning)).into_iter().collect::<Vec<_>>();
    let event = |reasons: &[&str]| told.iter().find(|warning| reasons.contains(&&*warning.reason));
    let setup = event(&["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "FailedMapVolume"]);
    let lagging = pod.containers.iter().find(|container| !container.ready && !container.init);
    let name = lagging.map(|container| container.name.as_str()).unwrap_or("?");
    let runs = lagging.is_some_and(|container| matches!(container.state, ContainerState::Running(_)));
    let sentence = match (setup, runs) {
        (Some(warning), false) if warning.reason.contains("SandBox") => {
            "its network or sandbox cannot be set up".to_owned()
        }
        (Some(_), false) => "a volume of it cannot be mounted".to_owned(),
        (None, false) if pod.node.is_empty() => "it has no node, and the scheduler does not say why".to_owned(),
        (None, false) => "its containers have not been created for minutes, and nothing says why".to_owned(),
        (_, true) if pod.gates.0 < pod.gates.1 => {
            format!("{} of its {} readiness gates do not hold", pod.gates.1 - pod.gates.0, pod.gates.1)
        }
        (_, true) => {
            let probe = told.iter().find(|w| &*w.reason == "Unhealthy" && !w.message.starts_with("Liveness"));
            let why = match (probe, known) {
                (Some(_), _) => "its readiness probe fails",
                (None, true) => "no event of the last hour says why",
                (None, false) => "most likely its readiness probe fails",
            };
            return Some(cause(
                format!("container {name} runs and is not ready: {why}"),
                evidence(probe),
                Severity::Degraded,
                pod.created,
            ));
        }
    };
    Some(cause(sentence, evidence(setup.or(told.first())), Severity::Degraded, pod.created))
}
