//! Defaults of pods and of the templates that make them.

use serde_json::{Value, json};

/// Sets a field where it is absent or null.
pub fn set(object: &mut Value, key: &str, value: Value) {
    if object.get(key).is_none_or(Value::is_null) {
        object[key] = value;
    }
}

/// The items of a list, to change.
pub fn each<'a>(object: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Fills in a pod's spec.
pub fn spec(spec: &mut Value) {
    if !spec.is_object() {
        return;
    }
    set(spec, "restartPolicy", "Always".into());
    set(spec, "terminationGracePeriodSeconds", 30.into());
    set(spec, "dnsPolicy", "ClusterFirst".into());
    set(spec, "schedulerName", "default-scheduler".into());
    set(spec, "securityContext", json!({}));
    if let Some(account) = spec.get("serviceAccountName").filter(|name| name.is_string()).cloned() {
        set(spec, "serviceAccount", account);
    }
    for key in ["initContainers", "containers"] {
        each(spec, key).for_each(container);
    }
    each(spec, "volumes").for_each(volume);
}

fn container(container: &mut Value) {
    let Some(image) = container.as_object().map(|object| object.get("image").and_then(Value::as_str)) else { return };
    let policy = if latest(image.unwrap_or_default()) { "Always" } else { "IfNotPresent" };
    set(container, "imagePullPolicy", policy.into());
    set(container, "resources", json!({}));
    set(container, "terminationMessagePath", "/dev/termination-log".into());
    set(container, "terminationMessagePolicy", "File".into());
    each(container, "ports").for_each(|port| set(port, "protocol", "TCP".into()));
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(key).filter(|probe| probe.is_object()) {
            for (key, value) in
                [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)]
            {
                set(probe, key, value.into());
            }
            if let Some(get) = probe.get_mut("httpGet").filter(|get| get.is_object()) {
                set(get, "path", "/".into());
                set(get, "scheme", "HTTP".into());
            }
        }
    }
    for env in each(container, "env") {
        if let Some(field) = env.pointer_mut("/valueFrom/fieldRef") {
            set(field, "apiVersion", "v1".into());
        }
    }
}

/// Whether an image's tag is `latest` or missing.
fn latest(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or_default();
    !last.contains('@') && last.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

fn volume(volume: &mut Value) {
    for key in ["configMap", "secret", "projected", "downwardAPI"] {
        if let Some(source) = volume.get_mut(key).filter(|source| source.is_object()) {
            set(source, "defaultMode", 420.into());
        }
    }
    if let Some(path) = volume.get_mut("hostPath").filter(|path| path.is_object()) {
        set(path, "type", "".into());
    }
    if volume.as_object().is_some_and(|volume| volume.len() == 1) {
        volume["emptyDir"] = json!({});
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("nginx", true)]
    #[case("registry:5000/nginx", true)]
    #[case("nginx:latest", true)]
    #[case("nginx:1.2", false)]
    #[case("nginx@sha256:00", false)]
    fn an_image_without_a_tag_is_the_latest(#[case] image: &str, #[case] latest: bool) {
        assert_eq!(super::latest(image), latest);
    }
}
