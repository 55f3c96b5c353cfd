//! Who else manages an object.

use bytes::Bytes;
use rolldeck_core::text::{Clean, Interner};

use super::shared::{owner_words, words};
use crate::wire::meta::ObjectMeta;

/// Says who would undo a change: Argo CD, Flux, Helm, KEDA, or the owner that controls the object; empty where nobody.
///
/// The marks are those that each writes: Argo CD's tracking label and annotation, Flux's ownership labels, Helm's release
/// annotation and the recommended label `app.kubernetes.io/managed-by`, KEDA's label on the autoscaler that it made.
pub(super) fn managed_by(meta: &ObjectMeta, interner: &mut Interner) -> Clean {
    let Some(said) = said(meta) else { return interner.intern(b"") };
    interner.intern(said.as_bytes())
}

fn said(meta: &ObjectMeta) -> Option<Clean> {
    let either = |key: &str| meta.label(key).or_else(|| meta.annotation(key)).filter(|value| !value.is_empty());
    let named = |who: &'static str, name: &Bytes| words(&[&Bytes::from_static(who.as_bytes()), name]);
    if let Some(name) = either("argocd.argoproj.io/instance") {
        return Some(named("Argo CD app", name));
    }
    if let Some(id) = meta.annotation("argocd.argoproj.io/tracking-id") {
        // The id is `APP:GROUP/KIND:NAMESPACE/NAME`.
        let app = id.split(|&byte| byte == b':').next().unwrap_or_default();
        return Some(named("Argo CD app", &id.slice_ref(app)));
    }
    if let Some(name) = either("kustomize.toolkit.fluxcd.io/name") {
        return Some(named("Flux kustomization", name));
    }
    if let Some(name) = either("helm.toolkit.fluxcd.io/name") {
        return Some(named("Flux Helm release", name));
    }
    if let Some(name) = meta.label("scaledobject.keda.sh/name") {
        return Some(named("KEDA scaled object", name));
    }
    if let Some(name) = meta.annotation("meta.helm.sh/release-name") {
        return Some(named("Helm release", name));
    }
    if meta.label("app.kubernetes.io/managed-by").is_some_and(|by| by == "Helm") {
        return Some(match meta.label("app.kubernetes.io/instance") {
            Some(name) => named("Helm release", name),
            None => Clean::new("Helm"),
        });
    }
    meta.controller().map(owner_words)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    #[rstest]
    #[case(json!({"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:qa/web"}}), "Argo CD app shop")]
    #[case(json!({"labels": {"argocd.argoproj.io/instance": "shop"}}), "Argo CD app shop")]
    #[case(json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "shop"}}), "Flux kustomization shop")]
    #[case(json!({"labels": {"helm.toolkit.fluxcd.io/name": "shop", "app.kubernetes.io/managed-by": "Helm"}}), "Flux Helm release shop")]
    #[case(json!({"labels": {"scaledobject.keda.sh/name": "shop"}}), "KEDA scaled object shop")]
    #[case(json!({"annotations": {"meta.helm.sh/release-name": "shop"}}), "Helm release shop")]
    #[case(json!({"labels": {"app.kubernetes.io/managed-by": "Helm"}}), "Helm")]
    #[case(json!({"ownerReferences": [{"kind": "Kafka", "name": "bus", "controller": true}]}), "Kafka bus")]
    #[case(json!({"ownerReferences": [{"kind": "Kafka", "name": "bus"}]}), "")]
    #[case(json!({"labels": {"app.kubernetes.io/managed-by": "someone"}}), "")]
    fn it_is_named_who_would_undo_a_change(#[case] meta: Value, #[case] said: &str) {
        let meta: ObjectMeta = serde_json::from_value(meta).unwrap();
        assert_eq!(managed_by(&meta, &mut Interner::default()).as_str(), said);
    }
}
