//! What each step does to a pod, what is said of it, and which step comes next.

use super::super::behaviour::{Behaviour, behaviour};
use super::super::json::{deleting, int, list, moment, name, namespace, stamp, text, uid};
use super::super::load::LEAK;
use super::super::names::{Dice, fraction, hash64};
use super::super::outcome::Note;
use super::super::pods::{Phase, Pod};
use super::Step;
use super::container::{back_off, condition, exit_state, go_span, judge_ready, run, waiting};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

/// After this long a container's ends are forgiven.
const FORGIVEN: Duration = Duration::minutes(10);

/// One step's surroundings, and what comes of it.
pub struct Turn<'a> {
    /// The time of the step.
    pub now: DateTime<Utc>,
    /// Where numbers come from.
    pub dice: &'a mut Dice,
    /// The address of the pod's node, and one for the pod itself.
    pub addresses: (String, String),
    /// What is said.
    pub notes: Vec<Note>,
    /// What comes next, and after how long.
    pub next: Vec<(Duration, Step)>,
}

fn millis(dice: &mut Dice, from: i64, to: i64) -> Duration {
    Duration::milliseconds(dice.between(from, to))
}

/// The step that a pod is due for, as soon as it is seen with a node for the first time, or being deleted.
pub fn first(pod: &Pod, dice: &mut Dice) -> (Duration, Step) {
    if pod.deleting {
        return (millis(dice, 900, 3400), Step::Remove);
    }
    if pod.node.is_none() { (millis(dice, 20, 90), Step::Schedule) } else { (millis(dice, 150, 700), Step::Prepare) }
}

/// The step that a pod which is already on its node is due for: where its life was when it was last seen.
pub fn resume(pod: &Value, seen: &Pod, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Step)> {
    let soon = now + Duration::milliseconds((2000.0 * fraction(hash64(&seen.uid))) as i64);
    let status = list(pod, "/status/containerStatuses").first()?;
    let reason = text(status, "/state/waiting/reason");
    let restarts = u32::try_from(int(status, "/restartCount").unwrap_or(0)).unwrap_or(0);
    match reason {
        "ContainerCreating" | "PodInitializing" => return Some((soon, Step::Start)),
        "ErrImagePull" | "ImagePullBackOff" => return Some((soon + Duration::seconds(20), Step::Pull(3))),
        "CrashLoopBackOff" => {
            let ended = moment(text(status, "/lastState/terminated/finishedAt")).unwrap_or(now);
            return Some(((ended + back_off(restarts)).max(soon), Step::Restart));
        }
        _ => {}
    }
    let first = list(pod, "/spec/containers").first()?;
    let started = seen.started?;
    match behaviour(text(first, "/image")) {
        Behaviour::Leaks => Some(((started + LEAK).max(soon), Step::Exit { code: 137, reason: "OOMKilled" })),
        Behaviour::Crashes => Some((soon, Step::Exit { code: 1, reason: "Error" })),
        Behaviour::NeverReady => Some((soon, Step::Probe(4))),
        _ if !seen.ready && seen.phase == Phase::Running => Some((soon, Step::Probe(1))),
        _ => None,
    }
}

/// Takes one step of a pod's life.
pub fn take(pod: &mut Value, step: &Step, turn: &mut Turn<'_>) {
    if deleting(pod) && *step != Step::Remove {
        return;
    }
    match step {
        Step::Prepare => prepare(pod, turn),
        Step::Start => start(pod, turn),
        Step::Pull(tries) => pull(pod, *tries, turn),
        Step::Probe(times) => probe(pod, *times, turn),
        Step::Exit { code, reason } => exit(pod, *code, reason, turn),
        Step::BackOff(ends) => wait(pod, *ends, turn),
        Step::Restart => restart(pod, turn),
        Step::Debug => debug(pod, turn),
        Step::Schedule | Step::Remove => {}
    }
}

fn containers(pod: &Value) -> Vec<Value> {
    list(pod, "/spec/containers").to_vec()
}

fn image(pod: &Value) -> String {
    list(pod, "/spec/containers").first().map_or(String::new(), |first| text(first, "/image").to_owned())
}

fn first_name(pod: &Value) -> String {
    list(pod, "/spec/containers").first().map_or(String::new(), |first| text(first, "/name").to_owned())
}

fn prepare(pod: &mut Value, turn: &mut Turn<'_>) {
    let host = turn.addresses.0.clone();
    pod["status"]["startTime"] = json!(stamp(turn.now));
    pod["status"]["hostIP"] = json!(host);
    pod["status"]["hostIPs"] = json!([{"ip": host}]);
    condition(pod, "PodReadyToStartContainers", false, None, turn.now);
    condition(pod, "Initialized", true, None, turn.now);
    pod["status"]["containerStatuses"] = json!(waiting(pod, "ContainerCreating"));
    judge_ready(pod, turn.now);
    if behaviour(&image(pod)) == Behaviour::Missing {
        turn.next.push((millis(turn.dice, 400, 1100), Step::Pull(0)));
        return;
    }
    let mut longest = Duration::milliseconds(300);
    for container in containers(pod) {
        let (named, image) = (text(&container, "/name"), text(&container, "/image"));
        let cached = turn.dice.chance(45);
        let message = if cached {
            format!("Container image \"{image}\" already present on machine and can be accessed by the pod")
        } else {
            format!("Pulling image \"{image}\"")
        };
        turn.notes.push(Note::kubelet(pod, Some(named), false, if cached { "Pulled" } else { "Pulling" }, message));
        let took = if cached { millis(turn.dice, 300, 900) } else { millis(turn.dice, 1100, 4200) };
        if !cached {
            let size = 38_000_000 + hash64(image) % 160_000_000;
            let (took, all) = (took.num_milliseconds() as f64 / 1e3, took.num_milliseconds() as f64 / 1e3 + 0.002);
            let message = format!(
                "Successfully pulled image \"{image}\" in {took}s ({all}s including waiting). Image size: {size} bytes."
            );
            turn.notes.push(Note::kubelet(pod, Some(named), false, "Pulled", message));
        }
        longest = longest.max(took);
    }
    turn.next.push((longest, Step::Start));
}

fn start(pod: &mut Value, turn: &mut Turn<'_>) {
    let ip = turn.addresses.1.clone();
    pod["status"]["phase"] = json!("Running");
    pod["status"]["podIP"] = json!(ip);
    pod["status"]["podIPs"] = json!([{"ip": ip}]);
    condition(pod, "PodReadyToStartContainers", true, None, turn.now);
    for (at, container) in containers(pod).iter().enumerate() {
        run(&mut pod["status"]["containerStatuses"][at], container, turn.now, turn.dice);
        for (reason, message) in [("Created", "Container created"), ("Started", "Container started")] {
            let note = Note::kubelet(pod, Some(text(container, "/name")), false, reason, message.into());
            turn.notes.push(note);
        }
    }
    started(pod, turn);
}

/// What comes after a start: the first probe, and the trouble that the image makes.
fn started(pod: &mut Value, turn: &mut Turn<'_>) {
    judge_ready(pod, turn.now);
    match behaviour(&image(pod)) {
        Behaviour::Crashes => {
            turn.next.push((millis(turn.dice, 1800, 6500), Step::Exit { code: 1, reason: "Error" }));
            return;
        }
        Behaviour::Leaks => turn.next.push((LEAK, Step::Exit { code: 137, reason: "OOMKilled" })),
        _ => {}
    }
    let probe = list(pod, "/spec/containers").iter().find_map(|container| container.get("readinessProbe"));
    if let Some(probe) = probe {
        let delay = Duration::seconds(int(probe, "/initialDelaySeconds").unwrap_or(0));
        let period = int(probe, "/periodSeconds").unwrap_or(10) * 1000;
        turn.next.push((delay + millis(turn.dice, 400, period.clamp(500, 5000)), Step::Probe(0)));
    }
}

fn probe(pod: &mut Value, times: u32, turn: &mut Turn<'_>) {
    let Some(container) = containers(pod).into_iter().find(|container| container.get("readinessProbe").is_some())
    else {
        return;
    };
    let running =
        list(pod, "/status/containerStatuses").iter().all(|status| status.pointer("/state/running").is_some());
    if !running {
        return;
    }
    let period = Duration::seconds(int(&container, "/readinessProbe/periodSeconds").unwrap_or(10).max(1));
    let never = behaviour(&image(pod)) == Behaviour::NeverReady;
    if never || times == 0 && turn.dice.chance(25) {
        let message = failed_probe(pod, &container, never && times > 0);
        turn.notes.push(Note::kubelet(pod, Some(text(&container, "/name")), true, "Unhealthy", message));
        // A probe that keeps failing is told of less and less often, as the recorder's rate limit has it.
        let patience = if times > 12 { 6 } else { 1 };
        turn.next.push((period * patience, Step::Probe(times + 1)));
        return;
    }
    for (at, _) in containers(pod).iter().enumerate() {
        pod["status"]["containerStatuses"][at]["ready"] = json!(true);
        pod["status"]["containerStatuses"][at]["started"] = json!(true);
    }
    judge_ready(pod, turn.now);
}

fn failed_probe(pod: &Value, container: &Value, listening: bool) -> String {
    let port = int(container, "/readinessProbe/httpGet/port")
        .or_else(|| int(container, "/ports/0/containerPort"))
        .unwrap_or(8080);
    let (ip, path) = (text(pod, "/status/podIP"), text(container, "/readinessProbe/httpGet/path"));
    if listening {
        return "Readiness probe failed: HTTP probe failed with statuscode: 503".into();
    }
    format!(
        "Readiness probe failed: Get \"http://{ip}:{port}{path}\": dial tcp {ip}:{port}: connect: connection refused"
    )
}

fn pull(pod: &mut Value, tries: u32, turn: &mut Turn<'_>) {
    let (image, named) = (image(pod), first_name(pod));
    let why = format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve reference \
         \"{image}\": {image}: not found"
    );
    if tries.is_multiple_of(2) {
        turn.notes.push(Note::kubelet(pod, Some(&named), false, "Pulling", format!("Pulling image \"{image}\"")));
        let message = format!("Failed to pull image \"{image}\": {why}");
        turn.notes.push(Note::kubelet(pod, Some(&named), true, "Failed", message));
        turn.notes.push(Note::kubelet(pod, Some(&named), true, "Failed", "Error: ErrImagePull".into()));
        set_waiting(pod, "ErrImagePull", &why);
        turn.next.push((millis(turn.dice, 9_000, 13_000), Step::Pull(tries + 1)));
    } else {
        let message = format!("Back-off pulling image \"{image}\"");
        turn.notes.push(Note::kubelet(pod, Some(&named), false, "BackOff", message.clone()));
        turn.notes.push(Note::kubelet(pod, Some(&named), true, "Failed", "Error: ImagePullBackOff".into()));
        set_waiting(pod, "ImagePullBackOff", &format!("{message}: ErrImagePull: {why}"));
        turn.next.push((back_off(tries / 2 + 1), Step::Pull(tries + 1)));
    }
    judge_ready(pod, turn.now);
}

/// Starts the debug containers that were added.
fn debug(pod: &mut Value, turn: &mut Turn<'_>) {
    let known: Vec<String> =
        list(pod, "/status/ephemeralContainerStatuses").iter().map(|one| text(one, "/name").to_owned()).collect();
    for container in list(pod, "/spec/ephemeralContainers").to_vec() {
        let (named, image) = (text(&container, "/name"), text(&container, "/image"));
        if known.iter().any(|name| name == named) {
            continue;
        }
        let mut status = json!({
            "name": named, "image": image, "imageID": "", "ready": false, "restartCount": 0, "lastState": {}, "state": {},
        });
        if behaviour(image) == Behaviour::Missing {
            let why = format!("failed to pull and unpack image \"{image}\": {image}: not found");
            let message = format!("Failed to pull image \"{image}\": {why}");
            turn.notes.push(Note::kubelet(pod, Some(named), true, "Failed", message));
            status["state"] = json!({"waiting": {"reason": "ErrImagePull", "message": why}});
        } else {
            run(&mut status, &container, turn.now, turn.dice);
            // Nothing probes it, so that it is never ready.
            status["ready"] = json!(false);
            if let Some(status) = status.as_object_mut() {
                status.remove("started");
                status.remove("resources");
            }
            let message =
                format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
            for (reason, message) in
                [("Pulled", message), ("Created", "Container created".into()), ("Started", "Container started".into())]
            {
                turn.notes.push(Note::kubelet(pod, Some(named), false, reason, message));
            }
        }
        if !pod["status"]["ephemeralContainerStatuses"].is_array() {
            pod["status"]["ephemeralContainerStatuses"] = json!([]);
        }
        if let Some(statuses) = pod["status"]["ephemeralContainerStatuses"].as_array_mut() {
            statuses.push(status);
        }
    }
}

fn set_waiting(pod: &mut Value, reason: &str, message: &str) {
    pod["status"]["containerStatuses"][0]["state"] = json!({"waiting": {"reason": reason, "message": message}});
}

fn exit(pod: &mut Value, code: i32, reason: &str, turn: &mut Turn<'_>) {
    let status = &mut pod["status"]["containerStatuses"][0];
    let Some(started) = status.pointer("/state/running/startedAt").and_then(Value::as_str).map(str::to_owned) else {
        return;
    };
    let id = text(status, "/containerID").to_owned();
    status["state"] = exit_state(code, reason, &started, turn.now, &id);
    status["ready"] = json!(false);
    status["started"] = json!(false);
    let restarts = u32::try_from(int(status, "/restartCount").unwrap_or(0)).unwrap_or(0);
    let ran = moment(&started).map_or(Duration::zero(), |started| turn.now - started);
    judge_ready(pod, turn.now);
    let ends = if ran >= FORGIVEN { 0 } else { restarts };
    let next = if ends == 0 { Step::Restart } else { Step::BackOff(ends) };
    turn.next.push((millis(turn.dice, 700, 1900), next));
}

fn wait(pod: &mut Value, ends: u32, turn: &mut Turn<'_>) {
    let span = back_off(ends);
    let status = &mut pod["status"]["containerStatuses"][0];
    if status.pointer("/state/terminated").is_some() {
        status["lastState"] = status["state"].clone();
    }
    let (named, full) = (first_name(pod), format!("{}_{}({})", name(pod), namespace(pod), uid(pod)));
    let message = format!("back-off {} restarting failed container={named} pod={full}", go_span(span));
    set_waiting(pod, "CrashLoopBackOff", &message);
    let message = format!("Back-off restarting failed container {named} in pod {full}");
    turn.notes.push(Note::kubelet(pod, Some(&named), true, "BackOff", message));
    turn.next.push((span, Step::Restart));
}

fn restart(pod: &mut Value, turn: &mut Turn<'_>) {
    let Some(container) = containers(pod).into_iter().next() else { return };
    let status = &mut pod["status"]["containerStatuses"][0];
    if status.pointer("/state/terminated").is_some() {
        status["lastState"] = status["state"].clone();
    }
    if status.pointer("/state/running").is_some() {
        return;
    }
    status["restartCount"] = json!(int(status, "/restartCount").unwrap_or(0) + 1);
    run(status, &container, turn.now, turn.dice);
    let image = text(&container, "/image");
    let message = format!("Container image \"{image}\" already present on machine and can be accessed by the pod");
    let named = text(&container, "/name");
    for (reason, message) in
        [("Pulled", message), ("Created", "Container created".into()), ("Started", "Container started".into())]
    {
        turn.notes.push(Note::kubelet(pod, Some(named), false, reason, message));
    }
    started(pod, turn);
}
