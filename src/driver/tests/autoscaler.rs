//! A toy of the horizontal pod autoscaler: it keeps the replicas of its app within its bounds, unless they are 0.

use std::time::Duration;

use rolldeck_core::{
    batch::{PortError, Target, Token},
    model::AppKey,
};
use serde_json::{Value, json};

use super::cluster::{Cluster, apply};

/// The autoscaler of an app: it has the app's name.
pub fn of(app: &AppKey) -> Target {
    Target::Autoscaler { namespace: app.namespace.clone(), name: app.name.clone() }
}

/// Gives an app an autoscaler. `min` may be absent.
pub fn add(cluster: &Cluster, app: &AppKey, min: Option<u32>, max: u32) {
    let mut object = json!({
        "metadata": {"uid": format!("hpa-{app}"), "name": &*app.name, "namespace": &*app.namespace, "generation": 7},
        "spec": {"maxReplicas": max, "scaleTargetRef": {"name": &*app.name}},
        "status": {"currentReplicas": 3},
    });
    if let Some(min) = min {
        object["spec"]["minReplicas"] = json!(min);
    }
    cluster.world().autoscalers.insert(of(app), (app.clone(), object));
}

pub fn patch(cluster: &Cluster, target: &Target, patch: &Value, dry_run: bool) -> Result<Value, PortError> {
    let mut world = cluster.world();
    let Some((app, object)) = world.autoscalers.get(target).cloned() else {
        return Err(PortError::NotFound(target.to_string()));
    };
    let mut object = object;
    apply(&mut object, patch).map_err(PortError::Invalid)?;
    if dry_run {
        return Ok(object);
    }
    let token = object["metadata"]["annotations"][Token::ANNOTATION].as_str().unwrap_or_default().to_owned();
    world.judge_write(&app, &token);
    world.autoscalers.insert(target.clone(), (app.clone(), object.clone()));
    world.written(&app, token);
    drop(world);
    scale_soon(cluster, &app, &object);
    Ok(object)
}

fn scale_soon(cluster: &Cluster, app: &AppKey, object: &Value) {
    let number = |field: &str| object["spec"][field].as_u64().unwrap_or(1);
    let (cluster, app, min, max) = (cluster.clone(), app.clone(), number("minReplicas"), number("maxReplicas"));
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(3)).await;
        cluster.edit(&app, |object| {
            let now = object["spec"]["replicas"].as_u64().unwrap_or(1);
            if now > 0 {
                object["spec"]["replicas"] = json!(now.clamp(min, max));
            }
        });
    });
}
