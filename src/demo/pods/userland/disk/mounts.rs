//! What a pod mounts: ConfigMaps, Secrets and empty folders, and the environment that comes from them.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{Host, tree::Content};
use crate::store::{
    Kind,
    kind::{CONFIG_MAP, SECRET},
};

/// Puts the files of mounted ConfigMaps and Secrets in.
pub(super) fn fill(host: &Host, files: &mut BTreeMap<String, Content>) {
    for (path, sub, volume) in mounted(host) {
        for (name, text) in contents(host, volume) {
            match sub {
                None => files.insert(format!("{path}/{name}"), Content::Text(text)),
                Some(sub) if sub == name => files.insert(path.clone(), Content::Text(text)),
                Some(_) => None,
            };
        }
    }
    let namespace = host.pod["metadata"]["namespace"].as_str().unwrap_or_default();
    let account = "/var/run/secrets/kubernetes.io/serviceaccount";
    files.insert(format!("{account}/namespace"), Content::Text(namespace.to_owned()));
    files.insert(format!("{account}/token"), Content::Text("a.demo.token".to_owned()));
}

/// The folders that are mounted, whatever is in them.
pub(super) fn folders(host: &Host) -> Vec<String> {
    mounted(host).filter(|(_, sub, _)| sub.is_none()).map(|(path, ..)| path).collect()
}

/// Whether a path lies in what a ConfigMap or Secret gave, or in what is mounted to be read only.
pub(super) fn holds(host: &Host, path: &str) -> bool {
    let only_read = |mount: &str| {
        let mounts = host.spec()["volumeMounts"].as_array().into_iter().flatten();
        mounts.filter(|one| one["mountPath"] == mount).any(|one| one["readOnly"] == true)
    };
    mounted(host).any(|(mount, _, volume)| {
        (volume.get("configMap").is_some() || volume.get("secret").is_some() || only_read(&mount))
            && path.strip_prefix(&mount).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Each mount: where, which part, and the volume.
fn mounted(host: &Host) -> impl Iterator<Item = (String, Option<&str>, &Value)> {
    let volumes = host.pod["spec"]["volumes"].as_array();
    host.spec()["volumeMounts"].as_array().into_iter().flatten().filter_map(move |mount| {
        let volume = volumes?.iter().find(|volume| volume["name"] == mount["name"])?;
        let path = super::Disk::absolute("/", mount["mountPath"].as_str()?);
        Some((path, mount["subPath"].as_str().filter(|sub| !sub.is_empty()), volume))
    })
}

/// The files that a volume gives: name and text.
fn contents(host: &Host, volume: &Value) -> Vec<(String, String)> {
    if let Some(sources) = volume["projected"]["sources"].as_array() {
        return sources.iter().flat_map(|source| contents(host, source)).collect();
    }
    let of = |source: &Value, kind, name: &str| {
        let all = data(host, kind, source[name].as_str().unwrap_or_default());
        match source["items"].as_array() {
            None => all,
            Some(items) => items
                .iter()
                .filter_map(|item| {
                    let (_, text) = all.iter().find(|(key, _)| item["key"] == key.as_str())?;
                    Some((item["path"].as_str()?.to_owned(), text.clone()))
                })
                .collect(),
        }
    };
    match (volume.get("configMap"), volume.get("secret")) {
        (Some(map), _) => of(map, &CONFIG_MAP, "name"),
        (_, Some(secret)) if secret["secretName"].is_string() => of(secret, &SECRET, "secretName"),
        (_, Some(secret)) => of(secret, &SECRET, "name"),
        _ => Vec::new(),
    }
}

/// The entries of a ConfigMap or Secret of the pod's namespace, decoded.
fn data(host: &Host, kind: &'static Kind, name: &str) -> Vec<(String, String)> {
    let namespace = host.pod["metadata"]["namespace"].as_str().unwrap_or_default();
    let Some(object) = host.store.get(kind, namespace, name) else { return Vec::new() };
    let decode = |text: &str| match kind == &SECRET {
        true => String::from_utf8_lossy(&STANDARD.decode(text).unwrap_or_default()).into_owned(),
        false => text.to_owned(),
    };
    let entries = object["data"].as_object().into_iter().flatten();
    entries.filter_map(|(key, text)| Some((key.clone(), decode(text.as_str()?)))).collect()
}

/// The environment of the container's processes.
pub(crate) fn environment(host: &Host) -> BTreeMap<String, String> {
    let mut env: BTreeMap<String, String> = [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("HOSTNAME", host.speaker().pod.as_str()),
        ("HOME", "/root"),
        ("LANG", "C.UTF-8"),
        ("TZ", "Asia/Shanghai"),
        ("KUBERNETES_SERVICE_HOST", "10.96.0.1"),
        ("KUBERNETES_SERVICE_PORT", "443"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let spec = host.spec();
    for from in spec["envFrom"].as_array().into_iter().flatten() {
        let prefix = from["prefix"].as_str().unwrap_or_default();
        let named = |source: &str| from[source]["name"].as_str();
        let entries = named("configMapRef").map(|name| data(host, &CONFIG_MAP, name));
        let entries = entries.or_else(|| named("secretRef").map(|name| data(host, &SECRET, name)));
        env.extend(entries.into_iter().flatten().map(|(key, value)| (format!("{prefix}{key}"), value)));
    }
    for one in spec["env"].as_array().into_iter().flatten() {
        let Some(name) = one["name"].as_str() else { continue };
        let value = one["value"].as_str().map(str::to_owned).or_else(|| referred(host, &one["valueFrom"]));
        env.insert(name.to_owned(), value.unwrap_or_default());
    }
    env
}

/// The value that a `valueFrom` names.
fn referred(host: &Host, from: &Value) -> Option<String> {
    let entry = |source: &str, kind| {
        let (name, key) = (from[source]["name"].as_str()?, from[source]["key"].as_str()?);
        data(host, kind, name).into_iter().find(|(entry, _)| entry == key).map(|(_, value)| value)
    };
    let field = from["fieldRef"]["fieldPath"].as_str().and_then(|path| {
        let pointer = format!("/{}", path.replace('.', "/"));
        host.pod.pointer(&pointer)?.as_str().map(str::to_owned)
    });
    field.or_else(|| entry("configMapKeyRef", &CONFIG_MAP)).or_else(|| entry("secretKeyRef", &SECRET))
}
