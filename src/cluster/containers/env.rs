//! What a container is given: variables and mounts. Secrets are named, never read.

use rolldeck_core::{
    model::{EnvValue, EnvVar},
    text::Clean,
};
use serde_json::Value;

use super::decode::{items, text};

/// The environment, in the order in which the kubelet makes it: whole maps first.
pub(super) fn variables(container: &Value) -> Box<[EnvVar]> {
    let maps = items(&container["envFrom"]).iter().map(whole);
    maps.chain(items(&container["env"]).iter().map(single)).collect()
}

fn whole(from: &Value) -> EnvVar {
    let prefix = text(&from["prefix"]);
    let secret = &from["secretRef"];
    let value = if secret.is_object() {
        EnvValue::Secrets(text(&secret["name"]), prefix)
    } else {
        let with = if prefix.is_empty() { String::new() } else { format!(", with {prefix} before each") };
        EnvValue::Reference(format!("all keys of configmap {}{with}", text(&from["configMapRef"]["name"])).into())
    };
    EnvVar { name: Clean::default(), value }
}

fn single(variable: &Value) -> EnvVar {
    EnvVar { name: text(&variable["name"]), value: value(variable) }
}

fn value(variable: &Value) -> EnvValue {
    let from = &variable["valueFrom"];
    let of = |key: &str| format!("{key} {}/{}", text(&from[key]["name"]), text(&from[key]["key"]));
    if from["secretKeyRef"].is_object() {
        return EnvValue::Secret(text(&from["secretKeyRef"]["name"]), text(&from["secretKeyRef"]["key"]));
    }
    if from["configMapKeyRef"].is_object() {
        return EnvValue::Reference(of("configMapKeyRef").into());
    }
    if from["fieldRef"].is_object() {
        return EnvValue::Reference(format!("fieldRef {}", text(&from["fieldRef"]["fieldPath"])).into());
    }
    if from["resourceFieldRef"].is_object() {
        return EnvValue::Reference(format!("resourceFieldRef {}", text(&from["resourceFieldRef"]["resource"])).into());
    }
    if from.is_object() {
        return EnvValue::Reference("from elsewhere".into());
    }
    EnvValue::Plain(text(&variable["value"]))
}

/// `/etc/app ← configmap app-config (read only)`.
pub(super) fn mount(pod: &Value, mount: &Value) -> Clean {
    let name = &mount["name"];
    let volume = items(&pod["volumes"]).iter().find(|volume| volume["name"] == *name).unwrap_or(&Value::Null);
    let sub = mount["subPath"].as_str().map(|path| format!(" /{path}")).unwrap_or_default();
    let only = if mount["readOnly"] == true { " (read only)" } else { "" };
    format!("{} ← {}{sub}{only}", text(&mount["mountPath"]), source(volume, &text(name))).into()
}

fn source(volume: &Value, name: &str) -> String {
    let named = |kind: &str, of: &Value| format!("{kind} {}", text(of));
    let Some((kind, of)) = volume.as_object().and_then(|volume| volume.iter().find(|(key, _)| *key != "name")) else {
        return format!("volume {name}");
    };
    match kind.as_str() {
        "configMap" => named("configmap", &of["name"]),
        "secret" => named("secret", &of["secretName"]),
        "persistentVolumeClaim" => named("claim", &of["claimName"]),
        "hostPath" => named("the node's", &of["path"]),
        "emptyDir" if of["medium"] == "Memory" => "emptyDir in memory".to_owned(),
        "emptyDir" => "emptyDir".to_owned(),
        "projected" => format!("projected {name}"),
        other => format!("{} {name}", Clean::new(other)),
    }
}
