//! The kubectl commands that do what a plan does, for reading and for a shell. They lack what makes a batch: no record, no
//! test of what they overwrite.

use serde_json::{Value, json};

use super::{Change, Check, Plan, Step, patch, template};
use crate::model::Revision;

/// A command for each app that the plan would change, in the order of the start, quoted for sh.
pub fn commands(plan: &Plan) -> Vec<String> {
    plan.steps.iter().flat_map(of_step).collect()
}

/// The commands of one step: none where it changes nothing, or cannot start.
pub fn of_step(step: &Step) -> Vec<String> {
    let (Some(live), Some(change)) = (step.live.as_deref(), &step.change) else { return Vec::new() };
    if matches!(step.check, Check::NoChange | Check::Blocked) {
        return Vec::new();
    }
    let resumes = step.resume == Some(true) && step.paused();
    let mut commands = Vec::new();
    if resumes {
        // kubectl refuses to undo or restart what is paused.
        commands.push(rollout(step, "resume", &[]));
    }
    let held = step.paused() && !resumes;
    commands.push(match change {
        Change::SetImages(images) => {
            let pairs: Vec<String> = images.iter().map(|(container, image)| format!("{container}={image}")).collect();
            let mut words = vec!["set", "image"];
            let target = target(step);
            words.extend(["-n", &*step.key.namespace, &target]);
            words.extend(pairs.iter().map(String::as_str));
            line(&words)
        }
        Change::Template { to, revision, .. } => {
            // With a digest pinned it is none of the revisions any more.
            let is = |known: &Revision| known.number == *revision && template::same(&known.template, to);
            match step.revisions.iter().any(is) {
                true if !held && *revision > 0 => rollout(step, "undo", &[&format!("--to-revision={revision}")]),
                _ => replace(step, &template::of_revision(to)),
            }
        }
        Change::Scale(replicas) => {
            let (target, to) = (target(step), format!("--replicas={replicas}"));
            line(&["scale", "-n", &step.key.namespace, &target, &to])
        }
        Change::Restart(_) if !held => rollout(step, "restart", &[]),
        Change::Restart(_) => replace(step, &patch::template_after(live, change).unwrap_or_default()),
        Change::Bounds(bounds) => {
            let to = json!({ "spec": { "minReplicas": bounds.min, "maxReplicas": bounds.max } }).to_string();
            line(&["patch", "-n", &step.key.namespace, "hpa", &step.hpa, "--type=merge", "-p", &to])
        }
        Change::Paused(true) => rollout(step, "pause", &[]),
        Change::Paused(false) => rollout(step, "resume", &[]),
    });
    commands
}

/// `deployment/orders`.
fn target(step: &Step) -> String {
    format!("{}/{}", step.key.kind.name().to_lowercase(), step.key.name)
}

fn rollout(step: &Step, verb: &str, more: &[&str]) -> String {
    let target = target(step);
    let mut words = vec!["rollout", verb, "-n", &*step.key.namespace, &target];
    words.extend(more);
    line(&words)
}

/// What no other command of kubectl expresses: the whole template.
fn replace(step: &Step, template: &Value) -> String {
    let patch = json!([{ "op": "replace", "path": "/spec/template", "value": template }]).to_string();
    let target = target(step);
    line(&["patch", "-n", &step.key.namespace, &target, "--type=json", "-p", &patch])
}

fn line(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("kubectl {}", words.join(" "))
}

/// A word as sh takes it whole: as it is where it holds nothing that sh reads, else in single quotes.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        batch::{Bounds, Intent},
        model::{AppKey, AppKind},
    };

    fn live(paused: bool) -> Value {
        json!({
            "metadata": {"uid": "u", "name": "orders", "namespace": "qa"},
            "spec": {"replicas": 3, "paused": paused, "template": {"spec": {"containers": [
                {"name": "main", "image": "host/orders:v2"}, {"name": "log", "image": "host/log:v1"},
            ]}}},
        })
    }

    fn plan(intent: Intent, paused: bool) -> Plan {
        let key = AppKey { namespace: "qa".into(), name: "orders".into(), kind: AppKind::Deployment };
        let old = json!({"spec": {"containers": [{"name": "main", "image": "host/orders:v1", "env": [{"name": "A", "value": "it's"}]}]}});
        let revision = |number, template: &Value, live| Revision {
            number,
            name: "rs".into(),
            created: None,
            cause: "".into(),
            images: template::images(template).into(),
            live,
            replicas: None,
            template: Arc::new(template.clone()),
        };
        let revisions = [revision(4, &live(false)["spec"]["template"], true), revision(3, &old, false)];
        let mut plan = Plan::new(intent, vec![key.clone()]);
        plan.read(&key, Arc::new(live(paused)), revisions.into(), crate::Time::default());
        plan
    }

    #[test]
    fn each_change_has_its_command() {
        let mut release = plan(Intent::Release, false);
        release.set_tag(0, Some("main"), "v3").unwrap();
        release.set_tag(0, Some("log"), "v9").unwrap();
        assert_eq!(
            commands(&release),
            ["kubectl set image -n qa deployment/orders log=host/log:v9 main=host/orders:v3"]
        );
        assert_eq!(
            commands(&plan(Intent::Rollback, false)),
            ["kubectl rollout undo -n qa deployment/orders --to-revision=3"]
        );
        assert_eq!(commands(&plan(Intent::Restart, false)), ["kubectl rollout restart -n qa deployment/orders"]);
        assert_eq!(commands(&plan(Intent::Pause, false)), ["kubectl rollout pause -n qa deployment/orders"]);
        let mut scale = plan(Intent::Scale, false);
        scale.set_replicas(0, 5).unwrap();
        assert_eq!(commands(&scale), ["kubectl scale -n qa deployment/orders --replicas=5"]);
    }

    #[test]
    fn a_rollback_that_pins_a_digest_is_no_undo_to_a_revision() {
        let (mut rollback, digest) = (plan(Intent::Rollback, false), format!("sha256:{}", "a".repeat(64)));
        rollback.pin(0, "main", &digest).unwrap();
        let only = commands(&rollback).remove(0);
        assert!(only.starts_with("kubectl patch -n qa deployment/orders --type=json"), "{only}");
        assert!(only.contains(&format!("host/orders:v1@{digest}")), "{only}");
    }

    #[test]
    fn bounds_are_patched_on_the_autoscaler() {
        let mut plan = plan(Intent::Bounds, false);
        let hpa = json!({"metadata": {"uid": "h"}, "spec": {"minReplicas": 1, "maxReplicas": 3}});
        plan.bounded(&plan.steps[0].key.clone(), &"orders-hpa".into(), Arc::new(hpa));
        plan.set_bounds(0, Bounds { min: 2, max: 9 }).unwrap();
        let wanted =
            r#"kubectl patch -n qa hpa orders-hpa --type=merge -p '{"spec":{"maxReplicas":9,"minReplicas":2}}'"#;
        assert_eq!(commands(&plan), [wanted]);
    }

    #[test]
    fn what_undo_refuses_of_a_paused_app_is_a_patch_or_resumes_first() {
        let mut rollback = plan(Intent::Rollback, true);
        rollback.set_resume(0, true);
        assert_eq!(
            commands(&rollback),
            [
                "kubectl rollout resume -n qa deployment/orders",
                "kubectl rollout undo -n qa deployment/orders --to-revision=3"
            ]
        );
        rollback.set_resume(0, false);
        let only = commands(&rollback).remove(0);
        assert!(
            only.starts_with("kubectl patch -n qa deployment/orders --type=json -p '[{\"op\":\"replace\""),
            "{only}"
        );
        assert!(only.contains(r"it'\''s"), "{only}");
    }

    #[test]
    fn what_is_so_already_or_not_decided_needs_no_command() {
        assert!(commands(&plan(Intent::Resume, false)).is_empty());
        assert!(commands(&plan(Intent::Release, false)).is_empty());
    }

    #[test]
    fn words_that_a_shell_would_read_are_quoted() {
        assert_eq!(quoted("host:5000/shop/orders@sha256:ab"), "host:5000/shop/orders@sha256:ab");
        assert_eq!(quoted("a; rm -rf $HOME"), "'a; rm -rf $HOME'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("订单"), "'订单'");
    }
}
