//! The fleet between two rounds: every app gets a new revision, so that there is something to go back from.

use std::{path::Path, process::Command, sync::Arc, time::Duration};

use rolldeck_cluster::writer::Writer;
use rolldeck_core::{
    batch::Port,
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};
use tokio::{sync::Semaphore, time::sleep};

use crate::{hand::key, load};

/// The first apps of the load fleet.
pub fn apps(number: usize) -> Vec<AppKey> {
    let sound = (0..fleet_of(number)).filter(|nth| !crashes(*nth)).take(number);
    sound.map(|nth| key(load::NAMESPACE, AppKind::Deployment, &load::app(nth))).collect()
}

/// How large a fleet is that has so many apps that come up.
pub fn fleet_of(number: usize) -> usize {
    number + number.div_ceil(39) + 1
}

/// One in forty of the load fleet crashes, whatever it runs (tests/cluster/load.py): a batch of it ends at its deadline.
fn crashes(nth: usize) -> bool {
    nth % 40 == 7
}

/// Gives every app this tag, and waits until the controller has made a revision of it.
pub async fn renew(port: &Arc<Writer>, apps: &[AppKey], tag: &str) {
    let turns = Arc::new(Semaphore::new(8));
    let tasks = apps.iter().cloned().map(|app| {
        let (port, turns, tag) = (Arc::clone(port), Arc::clone(&turns), tag.to_owned());
        tokio::spawn(async move {
            let _turn = turns.acquire().await.expect("never closed");
            let image = format!("registry.local/load/{}:{tag}", app.name);
            let patch = json!([{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": image}]);
            port.patch(&(&app).into(), &patch, false).await.unwrap_or_else(|error| panic!("{app}: {error}"));
            settled(&port, &app).await;
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("an app of the fleet");
    }
}

/// Waits until the controller has seen the app's template, and as many pods run it as are wanted.
pub async fn settled(port: &Writer, app: &AppKey) {
    for _ in 0..1200 {
        let object = port.read(&app.into()).await.unwrap_or_else(|error| panic!("{app}: {error}"));
        let number = |pointer: &str| object.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
        let seen = number("/status/observedGeneration") == number("/metadata/generation");
        if seen && number("/status/updatedReplicas") == number("/spec/replicas") {
            return;
        }
        sleep(Duration::from_millis(250)).await;
    }
    panic!("the controller does not keep up with {app}");
}

/// Runs a line of shell with `KUBECONFIG` set; panics with what it says where it fails.
pub fn shell(kubeconfig: &Path, line: &str) {
    let output = Command::new("bash").args(["-euo", "pipefail", "-c", line]).env("KUBECONFIG", kubeconfig).output();
    let output = output.expect("a shell");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
}
