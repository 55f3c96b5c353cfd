//! Why a session ended: its own status, else what became of the container.

use std::time::Duration;

use rolldeck_core::{
    shell::{End, Place, Refused},
    text::Clean,
};
use serde_json::Value;

use super::{channels::Closed, place};
use crate::writer::Way;

/// A kubelet tells a container's end within a second or two.
const LOOKS: u32 = 6;
const BETWEEN: Duration = Duration::from_millis(400);

/// The end of a session in the container that was `id`.
pub(super) async fn why(way: &Way, place: &Place, id: &str, closed: Closed) -> End {
    match closed {
        Closed::Left => End::Closed,
        // What is killed or terminated may have ended with its container.
        Closed::Exit(code @ (137 | 143)) => container(way, place, id).await.unwrap_or(End::Exit(code)),
        Closed::Exit(code) => End::Exit(code),
        Closed::Failed(why) => container(way, place, id).await.unwrap_or_else(|| End::Failed(Clean::from(why))),
        Closed::Cut(why) => container(way, place, id).await.unwrap_or_else(|| End::Network(Clean::from(why))),
    }
}

/// What became of the container, if that is why.
async fn container(way: &Way, place: &Place, id: &str) -> Option<End> {
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(BETWEEN).await;
        }
        match place::pod(way, place).await {
            Ok(pod) => {
                if let Some(end) = judge(&pod, &place.container, id) {
                    return Some(end);
                }
            }
            Err(Refused::Gone(_) | Refused::Replaced(_)) => return Some(End::PodGone),
            Err(_) => return None,
        }
    }
    None
}

fn judge(pod: &Value, name: &str, id: &str) -> Option<End> {
    let status = place::status(pod, name)?;
    let now = &status["state"];
    let ended = now.get("terminated").filter(|ended| ended["containerID"] == id);
    let before = status["lastState"].get("terminated").filter(|ended| ended["containerID"] == id);
    let ended = ended.or(before);
    let replaced = status["containerID"].as_str().is_some_and(|now| now != id);
    let leaves = pod["metadata"].get("deletionTimestamp").is_some();
    if ended.is_none() && !replaced {
        return leaves.then(|| End::Container {
            reason: "the pod is being deleted".into(),
            code: None,
            restarted: false,
        });
    }
    let reason = ended.and_then(|ended| ended["reason"].as_str()).unwrap_or("it was replaced");
    let code = ended.and_then(|ended| ended["exitCode"].as_i64()).and_then(|code| code.try_into().ok());
    Some(End::Container { reason: Clean::new(reason), code, restarted: replaced && now.get("running").is_some() })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn status(state: Value, last: Value, id: &str) -> Value {
        json!({ "metadata": {}, "status": { "containerStatuses": [
            { "name": "main", "containerID": id, "state": state, "lastState": last }
        ] } })
    }

    fn ended() -> Value {
        json!({ "terminated": { "containerID": "c://1", "reason": "OOMKilled", "exitCode": 137 } })
    }

    #[rstest]
    #[case(status(json!({ "running": {} }), json!({}), "c://1"), None)]
    #[case(status(ended(), json!({}), "c://1"), Some(false))]
    #[case(status(json!({ "waiting": { "reason": "CrashLoopBackOff" } }), ended(), "c://1"), Some(false))]
    #[case(status(json!({ "running": {} }), ended(), "c://2"), Some(true))]
    fn an_instance_that_ended_is_told_from_the_one_that_followed_it(
        #[case] pod: Value,
        #[case] restarted: Option<bool>,
    ) {
        let end = restarted.map(|restarted| End::Container { reason: "OOMKilled".into(), code: Some(137), restarted });
        assert_eq!(judge(&pod, "main", "c://1"), end);
    }

    #[test]
    fn an_older_end_of_the_container_is_not_taken_for_this_one() {
        let pod = status(json!({ "running": {} }), ended(), "c://2");
        assert_eq!(judge(&pod, "main", "c://2"), None);
    }
}
