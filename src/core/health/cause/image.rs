//! Why an image does not come, by what its registry or the kubelet said.

/// The sentence for an image that could not be had; `said` is all that was said of it.
pub(super) fn sentence(reason: &str, image: &str, said: &str) -> String {
    let lower = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match reason {
        "InvalidImageName" => return format!("the image name {image} is malformed"),
        "ErrImageNeverPull" => {
            return format!("the image {image} is not on the node, and its policy is never to pull it");
        }
        _ => {}
    }
    let why = match () {
        () if has(&["toomanyrequests", "429", "rate limit"]) => "the registry limits how often it may be pulled",
        () if has(&["x509", "certificate"]) => "the registry's certificate is not trusted",
        () if has(&["no such host", "dial tcp", "i/o timeout", "connection refused", "network is unreachable"]) => {
            "its registry does not answer"
        }
        () if has(&["http response to https"]) => "its registry speaks plain HTTP, and HTTPS was tried",
        () if has(&[
            "pull access denied",
            "unauthorized",
            "authentication required",
            "401",
            "403",
            "forbidden",
            "denied",
        ]) =>
        {
            "the registry refuses access, or does not have it: check the name and the imagePullSecrets"
        }
        () if has(&["manifest unknown", "not found", "404", "does not exist"]) => "its registry does not have it",
        () if has(&["no match for platform", "no matching manifest"]) => "it is not made for the node's CPU",
        () if has(&["no space left"]) => "the node's disk is full",
        () if has(&["signature"]) => "its signature was not accepted",
        () => "it cannot be pulled",
    };
    format!("image {image}: {why}")
}
