//! Image references, by the grammar of the distribution project (github.com/distribution/reference).

use thiserror::Error;

/// Why a text is no tag, digest or image reference.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReferenceError {
    /// Nothing was typed.
    #[error("type a tag (v1.2.0), a digest (sha256:…) or a whole image reference")]
    Empty,
    /// Not of a tag's grammar.
    #[error("\"{0}\" is no tag: letters, digits, _ . -, at most 128, and the first is no . or -")]
    Tag(String),
    /// Not of a digest's grammar.
    #[error("\"{0}\" is no digest: sha256: and 64 of 0-9 a-f")]
    Digest(String),
    /// Not of a repository name's grammar.
    #[error("\"{0}\" is no image name: parts of a-z 0-9 (with . _ - between), joined by /, after a registry's host")]
    Name(String),
}

/// A reference taken apart: `host:5000/shop/orders:v1@sha256:…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Registry and path: `host:5000/shop/orders`.
    pub repository: String,
    /// The tag, if any.
    pub tag: Option<String>,
    /// The digest, if any.
    pub digest: Option<String>,
}

impl Reference {
    /// Takes a reference apart without judging its parts: what a cluster runs is taken as it is.
    pub fn split(image: &str) -> Self {
        let (rest, digest) = match image.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (image, None),
        };
        let path = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match rest[path..].find(':') {
            Some(colon) => (&rest[..path + colon], Some(rest[path + colon + 1..].to_owned())),
            None => (rest, None),
        };
        Self { repository: repository.to_owned(), tag, digest }
    }

    /// Reads a whole reference and judges each part.
    ///
    /// # Errors
    /// Which part breaks the grammar.
    pub fn parse(image: &str) -> Result<Self, ReferenceError> {
        let reference = Self::split(image);
        if !is_name(&reference.repository) {
            return Err(ReferenceError::Name(reference.repository));
        }
        if let Some(tag) = reference.tag.as_deref().filter(|tag| !is_tag(tag)) {
            return Err(ReferenceError::Tag(tag.to_owned()));
        }
        if let Some(digest) = reference.digest.as_deref().filter(|digest| !is_digest(digest)) {
            return Err(ReferenceError::Digest(digest.to_owned()));
        }
        Ok(reference)
    }

    /// The last part of the path: `orders`.
    pub fn last_part(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    /// What tells its version: the tag, the digest's first 12 digits, or both; else `latest`.
    pub fn version(&self) -> String {
        let short = |digest: &String| {
            let hex = digest.split_once(':').map_or(digest.as_str(), |(_, hex)| hex);
            format!("@{}", hex.chars().take(12).collect::<String>())
        };
        match (&self.tag, &self.digest) {
            (None, None) => "latest".to_owned(),
            (tag, digest) => tag.iter().cloned().chain(digest.as_ref().map(short)).collect(),
        }
    }
}

/// `image` at another version. `text` is a tag, a digest, or a whole reference, which replaces all of it. A new tag
/// drops an old digest and the other way round: the two would contradict each other.
///
/// # Errors
/// What is wrong with the text.
pub fn retag(image: &str, text: &str) -> Result<String, ReferenceError> {
    let text = text.trim();
    let repository = Reference::split(image).repository;
    if text.is_empty() {
        return Err(ReferenceError::Empty);
    }
    if is_digest(text) {
        return Ok(format!("{repository}@{text}"));
    }
    if text.starts_with("sha256:") || text.starts_with("sha512:") {
        return Err(ReferenceError::Digest(text.to_owned()));
    }
    if text.contains(['/', '@', ':']) {
        return Reference::parse(text).map(|_| text.to_owned());
    }
    if is_tag(text) { Ok(format!("{repository}:{text}")) } else { Err(ReferenceError::Tag(text.to_owned())) }
}

fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 128 && text.starts_with(word) && text.chars().all(|c| word(c) || c == '.' || c == '-')
}

fn is_digest(text: &str) -> bool {
    let Some((algorithm, hex)) = text.split_once(':') else { return false };
    let lower_hex = hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    match algorithm {
        "sha256" => hex.len() == 64 && lower_hex,
        "sha512" => hex.len() == 128 && lower_hex,
        _ => {
            hex.len() >= 32
                && hex.chars().all(|c| c.is_ascii_hexdigit())
                && algorithm.split(['+', '.', '-', '_']).all(|part| {
                    part.starts_with(|c: char| c.is_ascii_alphabetic())
                        && part.chars().all(|c| c.is_ascii_alphanumeric())
                })
        }
    }
}

fn is_name(text: &str) -> bool {
    let mut parts: Vec<&str> = text.split('/').collect();
    if parts.len() > 1 && is_host(parts[0]) {
        parts.remove(0);
    }
    text.len() <= 255 && parts.iter().all(|part| is_path_part(part))
}

/// A first part is a registry when it has a dot, a port or capitals, or is `localhost`.
fn is_host(part: &str) -> bool {
    let (name, port) = part.split_once(':').map_or((part, None), |(name, port)| (name, Some(port)));
    let looks =
        port.is_some() || name == "localhost" || name.contains('.') || name.contains(|c: char| c.is_ascii_uppercase());
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let port_fits = port.is_none_or(|port| !port.is_empty() && port.chars().all(|c| c.is_ascii_digit()));
    looks && port_fits && name.split('.').all(label)
}

/// Runs of a-z 0-9, joined by one dot, one or two underscores, or any number of dashes.
fn is_path_part(part: &str) -> bool {
    let mut rest = part;
    loop {
        let run = rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit())).unwrap_or(rest.len());
        if run == 0 {
            return false;
        }
        rest = &rest[run..];
        if rest.is_empty() {
            return true;
        }
        let dashes = rest.len() - rest.trim_start_matches('-').len();
        let joint = if dashes > 0 {
            dashes
        } else if rest.starts_with("__") {
            2
        } else if rest.starts_with(['.', '_']) {
            1
        } else {
            return false;
        };
        rest = &rest[joint..];
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[rstest]
    #[case("shop/orders:v1", "v1.2.0", "shop/orders:v1.2.0")]
    #[case("host:5000/shop/orders", "v2", "host:5000/shop/orders:v2")]
    #[case("orders:v1@sha256:00", "v2", "orders:v2")]
    #[case("orders:v1", "other.example:443/x/y:z", "other.example:443/x/y:z")]
    #[case("orders:v1", "nginx:1.25", "nginx:1.25")]
    #[case("orders:v1", " v2 ", "orders:v2")]
    fn a_text_makes_a_new_reference(#[case] image: &str, #[case] text: &str, #[case] becomes: &str) {
        assert_eq!(retag(image, text).as_deref(), Ok(becomes));
    }

    #[test]
    fn a_digest_replaces_the_tag() {
        assert_eq!(retag("a/b:v1", DIGEST), Ok(format!("a/b@{DIGEST}")));
    }

    #[rstest]
    #[case("")]
    #[case("v1 2")]
    #[case(".v1")]
    #[case("-v1")]
    #[case("sha256:abc")]
    #[case("Shop/Orders:v1/")]
    #[case("a//b:v1")]
    #[case("a/b:")]
    #[case("v1\u{1b}[31m")]
    #[case(":v1")]
    #[case("a___b/c:v1")]
    fn what_breaks_the_grammar_is_refused(#[case] text: &str) {
        assert!(retag("orders:v1", text).is_err());
    }

    #[test]
    fn a_tag_has_at_most_128_characters() {
        assert!(retag("a", &"v".repeat(128)).is_ok());
        assert_eq!(retag("a", &"v".repeat(129)), Err(ReferenceError::Tag("v".repeat(129))));
    }

    #[rstest]
    #[case("registry.local/shop/orders:v1.2.0", "v1.2.0")]
    #[case("orders", "latest")]
    #[case("orders@sha256:0123456789abcdef", "@0123456789ab")]
    #[case("orders:v1@sha256:0123456789abcdef", "v1@0123456789ab")]
    fn the_version_is_the_tag_and_a_short_digest(#[case] image: &str, #[case] version: &str) {
        assert_eq!(Reference::split(image).version(), version);
    }
}
