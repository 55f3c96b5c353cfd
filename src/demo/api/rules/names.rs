//! Names, as RFC 1123 and RFC 1035 have them.

use serde_json::json;

use crate::store::{Cause, Kind};

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
    and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
    start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SERVICE: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
    alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
    validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/// What is wrong with the name of an object of this kind.
pub fn name(kind: &Kind, name: &str) -> Option<Cause> {
    let why = match kind.kind {
        // Names of roles and their bindings are free but for what a path cannot hold.
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => {
            return (name.is_empty() || name.contains('/') || name.contains('%'))
                .then(|| Cause::invalid("metadata.name", &json!(name), "may not contain '/'"));
        }
        "Namespace" if !label(name) || name.len() > 63 => LABEL,
        "Service" if !label(name) || name.len() > 63 || name.starts_with(|c: char| c.is_ascii_digit()) => SERVICE,
        "Namespace" | "Service" => return None,
        _ if name.len() > 253 => "must be no more than 253 bytes",
        _ if !name.split('.').all(label) => SUBDOMAIN,
        _ => return None,
    };
    Some(Cause::invalid("metadata.name", &json!(name), why))
}

fn label(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(plain) && text.ends_with(plain) && text.chars().all(|c| plain(c) || c == '-')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::store::kind::{DEPLOYMENT, NAMESPACE, SERVICE};

    #[rstest]
    #[case("shop", true)]
    #[case("shop.v2", true)]
    #[case("Shop_", false)]
    #[case("-shop", false)]
    #[case("a..b", false)]
    fn a_name_is_a_subdomain(#[case] name: &str, #[case] fits: bool) {
        assert_eq!(super::name(&DEPLOYMENT, name).is_none(), fits);
    }

    #[test]
    fn namespaces_have_no_dots_and_services_begin_with_a_letter() {
        assert!(super::name(&NAMESPACE, "a.b").is_some() && super::name(&NAMESPACE, "1a").is_none());
        assert!(super::name(&SERVICE, "1a").is_some() && super::name(&SERVICE, "a1").is_none());
    }
}
