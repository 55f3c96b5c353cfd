//! URL templates: `https://HOST/{namespace}/{app}/{pod}/{container}.log`.

use rolldeck_core::text::Clean;

use crate::access::encoded;

/// What a pod has for a template; what is empty is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) node: Clean,
    pub(super) app: Clean,
    pub(super) namespace: Clean,
    pub(super) pod: Clean,
    pub(super) ip: Clean,
    pub(super) container: Clean,
}

/// The URL of a pod. Whatever is put in is encoded: it stays within its part of the path.
///
/// # Errors
/// What the template needs and nobody knows of this pod.
pub(super) fn filled(template: &str, parts: &Parts) -> Result<String, Clean> {
    let known = [
        ("{node}", &parts.node),
        ("{app}", &parts.app),
        ("{namespace}", &parts.namespace),
        ("{pod}", &parts.pod),
        ("{ip}", &parts.ip),
        ("{container}", &parts.container),
    ];
    let needed = known.iter().filter(|(name, _)| template.contains(name));
    let missing: Vec<&str> = needed.filter(|(_, value)| value.is_empty()).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let why = format!(
            "logs.url needs {} of {}/{}, which is not known any more: the pod was gone before this console read its logs",
            missing.join(" and "),
            parts.namespace,
            parts.pod
        );
        return Err(why.into());
    }
    Ok(known.iter().fold(template.to_owned(), |url, (name, value)| url.replace(name, &encoded(value))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pod_has_is_put_in_and_stays_within_its_part() {
        let parts = Parts { namespace: "qa".into(), pod: "web-1".into(), app: "../a?b".into(), ..Parts::default() };
        let url = filled("https://logs/{namespace}/{app}/{pod}.log?x={pod}", &parts);
        assert_eq!(url.as_deref(), Ok("https://logs/qa/..%2Fa%3Fb/web-1.log?x=web-1"));
    }

    #[test]
    fn what_is_not_known_is_named() {
        let parts = Parts { namespace: "qa".into(), pod: "web-1".into(), ..Parts::default() };
        let why = filled("https://logs/{node}/{pod}/{ip}", &parts).unwrap_err();
        assert!(why.starts_with("logs.url needs {node} and {ip} of qa/web-1, which is not known any more"), "{why}");
    }
}
