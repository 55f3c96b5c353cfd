//! The rights that a plan needs and the user lacks, in one sentence.

/// A question of permission: verb, group, resource, namespace.
pub(crate) type Question = (&'static str, &'static str, &'static str, String);

/// `you may not patch deployments.apps, nor list, create configmaps in namespace shop: ask for these rights`, with what
/// the server said of it. Every question is of the same namespace.
pub(crate) fn lacking(refused: &[(&Question, &str)]) -> Option<String> {
    let namespace = &refused.first()?.0.3;
    let mut objects: Vec<(String, Vec<&str>)> = Vec::new();
    let mut reasons: Vec<&str> = Vec::new();
    for ((verb, group, resource, _), reason) in refused {
        let object = if group.is_empty() { (*resource).to_owned() } else { format!("{resource}.{group}") };
        match objects.iter_mut().find(|(known, _)| *known == object) {
            Some((_, verbs)) => verbs.push(verb),
            None => objects.push((object, vec![verb])),
        }
        if !reason.is_empty() && !reasons.contains(reason) {
            reasons.push(reason);
        }
    }
    let objects: Vec<String> =
        objects.into_iter().map(|(object, verbs)| format!("{} {object}", verbs.join(", "))).collect();
    let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) };
    let rights = if refused.len() == 1 { "that right" } else { "these rights" };
    Some(format!("you may not {} in namespace {namespace}{reasons}: ask for {rights}", objects.join(", nor ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_that_lack_are_one_sentence_by_resource() {
        let shop = || "shop".to_owned();
        let patch: Question = ("patch", "apps", "deployments", shop());
        let list: Question = ("list", "", "configmaps", shop());
        let create: Question = ("create", "", "configmaps", shop());
        assert_eq!(lacking(&[]), None);
        assert_eq!(
            lacking(&[(&patch, "no role allows it")]).as_deref(),
            Some("you may not patch deployments.apps in namespace shop (no role allows it): ask for that right")
        );
        assert_eq!(
            lacking(&[(&patch, ""), (&list, ""), (&create, "")]).as_deref(),
            Some(
                "you may not patch deployments.apps, nor list, create configmaps in namespace shop: ask for these rights"
            )
        );
    }
}
