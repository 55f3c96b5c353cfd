//! Why a pod finds no node, by what the scheduler said.

use crate::{
    model::Requests,
    text::quantity::{cpu, memory},
};

/// The sentence for an unschedulable pod. `said` is the scheduler's: `0/3 nodes are available: 1 Insufficient memory, 2 node(s)
/// had untolerated taint {x: y}. preemption: …` (kubernetes/pkg/scheduler/framework/types.go, `FitError`).
pub(super) fn sentence(said: &str, asks: Requests) -> String {
    let Some((nodes, rest)) = said.split_once(" nodes are available: ") else {
        return match said.is_empty() {
            true => "no node takes it".to_owned(),
            false => format!("no node takes it: {said}"),
        };
    };
    let all = nodes.rsplit('/').next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
    let reasons = rest.split(". ").next().unwrap_or(rest).trim_end_matches('.');
    let parts: Vec<String> = reasons.split(", ").map(|part| reason(part, all, asks)).collect();
    format!("no node takes it: {}", parts.join("; "))
}

/// `1 Insufficient memory` of three nodes.
fn reason(part: &str, all: usize, asks: Requests) -> String {
    let (number, why) = match part.split_once(' ') {
        Some((number, why)) if number.bytes().all(|byte| byte.is_ascii_digit()) => (number.parse::<usize>().ok(), why),
        _ => (None, part),
    };
    let on = match number {
        Some(n) if n == all => " (on every node)".to_owned(),
        Some(n) => format!(" (on {n} of {all})"),
        None => String::new(),
    };
    let words = match why {
        "Insufficient memory" => lacks("memory", asks.memory.map(memory)),
        "Insufficient cpu" => lacks("CPU", asks.cpu_milli.map(cpu)),
        "Too many pods" => "the node has as many pods as it may".to_owned(),
        _ if why.starts_with("Insufficient ") => lacks(&why["Insufficient ".len()..], None),
        _ if why.contains("unbound immediate PersistentVolumeClaims") => "a volume claim of it is not bound".to_owned(),
        _ if why.contains("volume node affinity conflict") => "its volume lives on other nodes".to_owned(),
        _ if why.contains("untolerated taint") => {
            why.replace("node(s) had untolerated taint", "it does not tolerate the taint")
        }
        _ if why.contains("node affinity/selector") => "its node selector or affinity matches no such node".to_owned(),
        _ if why.contains("topology spread") => "its topology spread would be broken".to_owned(),
        _ if why.contains("anti-affinity") => "another of its kind is there already (anti-affinity)".to_owned(),
        _ if why.contains("were unschedulable") => "the node is cordoned".to_owned(),
        _ if why.contains("free ports") => "its host port is taken".to_owned(),
        _ => why.replace("node(s) ", ""),
    };
    format!("{words}{on}")
}

fn lacks(what: &str, asks: Option<String>) -> String {
    match asks {
        Some(asks) => format!("not enough {what} is free for the {asks} that it asks for"),
        None => format!("not enough {what} is free"),
    }
}
