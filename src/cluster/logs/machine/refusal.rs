//! What the server's refusals of a log mean.

use rolldeck_core::text::Clean;

use crate::{logs::request::Address, watch::machine::Refusal};

/// What a refusal means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It may not be read: verb, resource and place.
    Forbidden(Clean),
    /// The container has not started: why. Asked again later it may have.
    NotStarted(Clean),
    /// The instance before is not known to the kubelet any more, or there was none.
    NoPrevious,
    /// The instance ended, and its log is not there any more.
    Removed(Clean),
    /// The pod is not there.
    NoPod,
    /// It will never be answered otherwise.
    Never(Clean),
    /// It may be answered otherwise soon: why not now.
    NotNow(Clean),
}

/// Reads a refusal. The words are those of kubernetes, pkg/kubelet/kubelet_pods.go and pkg/registry/core/pod/strategy.go.
pub(crate) fn cause(refusal: &Refusal, address: &Address) -> Cause {
    let said = &*refusal.message;
    match refusal.code {
        401 => Cause::NotNow(format!("the login is not accepted any more: {said}").into()),
        403 => Cause::Forbidden(format!("get pods/log in namespace {}: {said}", address.namespace).into()),
        404 if said.contains("pods") || said.is_empty() => Cause::NoPod,
        429 | 503 => Cause::NotNow(format!("the server is busy: {said}").into()),
        _ => by_words(refusal),
    }
}

/// Reads a refusal by its words alone: some come in the place of a log.
fn by_words(refusal: &Refusal) -> Cause {
    let said = &*refusal.message;
    if let Some((_, why)) = said.split_once("is waiting to start") {
        return Cause::NotStarted(why.trim_start_matches([':', '-', ' ']).into());
    }
    if said.contains("previous terminated container") {
        return Cause::NoPrevious;
    }
    if said.contains("is not valid for pod") {
        return Cause::Never(refusal.message.clone());
    }
    if said.ends_with("is terminated") || is_removed(said) {
        return Cause::Removed(refusal.message.clone());
    }
    if said.contains(":10250") || said.contains("dial tcp") || said.contains("proxy error from") {
        return Cause::NotNow(format!("the kubelet is not reached: {said}").into());
    }
    match refusal.code {
        400..=499 => Cause::Never(refusal.message.clone()),
        _ => Cause::NotNow(refusal.message.clone()),
    }
}

/// Whether these words, which some kubelets send in the place of a log, say that there is none any more.
pub(crate) fn is_removed(said: &str) -> bool {
    [
        "unable to retrieve container logs for",
        "failed to try resolving symlinks in path",
        "failed to get container status",
    ]
    .iter()
    .any(|words| said.starts_with(words))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(400, r#"container "main" in pod "web-1" is waiting to start: ContainerCreating"#, Cause::NotStarted("ContainerCreating".into()))]
    #[case(400, r#"previous terminated container "main" in pod "web-1" not found"#, Cause::NoPrevious)]
    #[case(400, "container x is not valid for pod web-1", Cause::Never("container x is not valid for pod web-1".into()))]
    #[case(404, r#"pods "web-1" not found"#, Cause::NoPod)]
    #[case(403, "no", Cause::Forbidden("get pods/log in namespace qa: no".into()))]
    #[case(503, "later", Cause::NotNow("the server is busy: later".into()))]
    fn each_refusal_has_its_meaning(#[case] code: u16, #[case] message: &str, #[case] expected: Cause) {
        let address = Address { namespace: "qa".into(), pod: "web-1".into(), container: "main".into() };
        let refusal = Refusal { code, message: message.into(), retry_after: None };
        assert_eq!(cause(&refusal, &address), expected);
    }

    #[test]
    fn a_kubelet_that_is_not_reached_is_named() {
        let address = Address { namespace: "qa".into(), pod: "web-1".into(), container: "main".into() };
        let said = r#"Get "https://10.0.0.7:10250/containerLogs/qa/web-1/main": dial tcp 10.0.0.7:10250: connect: connection refused"#;
        let refusal = Refusal { code: 500, message: said.into(), retry_after: None };
        let Cause::NotNow(why) = cause(&refusal, &address) else { panic!("it may come back") };
        assert!(why.starts_with("the kubelet is not reached: Get"), "{why}");
    }
}
