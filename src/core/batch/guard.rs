//! Guards: rules of the configuration that ask for more before a place is written to, or forbid it.

use std::{collections::BTreeSet, fmt, sync::Arc};

use crate::{model::Labels, text::Clean};

/// What a place asks for before anything is written there. The larger is the stricter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// What every change asks for.
    #[default]
    None,
    /// A typed confirmation, of a single app, too.
    Confirm,
    /// The name of the place, typed: see [`name_to_type`].
    Type,
    /// Nothing is written there.
    ReadOnly,
}

impl Guard {
    /// Each that a rule may ask for, and its name in the configuration.
    pub const NAMES: [(&str, Self); 3] =
        [("confirm", Self::Confirm), ("type", Self::Type), ("read-only", Self::ReadOnly)];
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES.iter().find(|(_, guard)| guard == self).map_or("none", |(name, _)| name))
    }
}

/// A pattern: `*` is any text, `?` any one character, all else itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(Vec<char>);

impl Glob {
    /// A pattern; `None` where it is empty, which would match nothing.
    pub fn new(pattern: &str) -> Option<Self> {
        (!pattern.is_empty()).then(|| Self(pattern.chars().collect()))
    }

    /// Whether the whole text is as the pattern says.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut from) = (0, 0);
        // Where the last `*` stands, and how much of the text it has taken.
        let mut star: Option<(usize, usize)> = None;
        while from < text.len() {
            match (self.0.get(at), star) {
                (Some('*'), _) => {
                    star = Some((at, from));
                    at += 1;
                }
                (Some(wanted), _) if *wanted == '?' || *wanted == text[from] => (at, from) = (at + 1, from + 1),
                (_, Some((place, taken))) => {
                    star = Some((place, taken + 1));
                    (at, from) = (place + 1, taken + 1);
                }
                (_, None) => return false,
            }
        }
        self.0[at..].iter().all(|rest| *rest == '*')
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|c| write!(f, "{c}"))
    }
}

/// A rule: where all of its patterns match, its guard holds. Without any it holds everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardRule {
    /// What it asks for.
    pub guard: Guard,
    /// Where it is written: `config.toml, line 12`.
    pub place: Clean,
    /// Of the context's name.
    pub context: Option<Glob>,
    /// Of the server's address, with or without its `https://`.
    pub server: Option<Glob>,
    /// Of the namespace.
    pub namespace: Option<Glob>,
    /// The key of a label of the namespace, and of its value.
    pub label: Option<(Clean, Glob)>,
}

impl GuardRule {
    /// A rule that holds everywhere.
    pub fn new(guard: Guard, place: impl Into<Clean>) -> Self {
        Self { guard, place: place.into(), context: None, server: None, namespace: None, label: None }
    }

    /// Whether everything but the labels matches.
    fn may_match(&self, context: &str, server: &str, namespace: &str) -> bool {
        let at = |glob: &Option<Glob>, text: &str| glob.as_ref().is_none_or(|glob| glob.matches(text));
        let host = server.split_once("://").map_or(server, |(_, host)| host);
        at(&self.context, context)
            && (at(&self.server, server) || at(&self.server, host))
            && at(&self.namespace, namespace)
    }

    /// Whether the labels match; those that are not known do.
    fn matches_labels(&self, labels: Option<&Labels>) -> bool {
        let (Some((key, value)), Some(labels)) = (&self.label, labels) else { return true };
        labels.get(key).is_some_and(|has| value.matches(has))
    }

    /// `type, by the rule at config.toml, line 12 (namespace prod*, label env=prod)`.
    fn words(&self, namespace: &str, labels: Option<&Labels>) -> Clean {
        let mut on: Vec<String> =
            [("context", &self.context), ("server", &self.server), ("namespace", &self.namespace)]
                .into_iter()
                .filter_map(|(name, glob)| Some(format!("{name} {}", glob.as_ref()?)))
                .collect();
        on.extend(self.label.as_ref().map(|(key, value)| format!("label {key}={value}")));
        let on = if on.is_empty() { "everywhere".to_owned() } else { on.join(", ") };
        let unknown = self.label.is_some() && labels.is_none();
        let unknown = match unknown {
            true => format!("; the labels of namespace {namespace} are not known, so that it holds"),
            false => String::new(),
        };
        format!("{}, by the rule at {} ({on}){unknown}", self.guard, self.place).into()
    }
}

/// All rules. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guards {
    rules: Arc<[GuardRule]>,
    /// Every batch needs a reason.
    pub reason_required: bool,
}

impl Guards {
    /// These rules.
    pub fn new(rules: impl Into<Arc<[GuardRule]>>) -> Self {
        Self { rules: rules.into(), reason_required: false }
    }

    /// The strictest guard that holds for a namespace, and the rule that asks for it, in words (empty where none does). Of rules
    /// equally strict the first. `labels` are the namespace's; where they are not known, a rule on labels holds.
    pub fn of(&self, context: &str, server: &str, namespace: &str, labels: Option<&Labels>) -> (Guard, Clean) {
        let mut strictest: Option<&GuardRule> = None;
        for rule in &*self.rules {
            if rule.may_match(context, server, namespace)
                && rule.matches_labels(labels)
                && strictest.is_none_or(|known| known.guard < rule.guard)
            {
                strictest = Some(rule);
            }
        }
        strictest.map_or_else(Default::default, |rule| (rule.guard, rule.words(namespace, labels)))
    }

    /// Whether a namespace's labels could make a difference.
    pub fn ask_labels(&self, context: &str, server: &str, namespace: &str) -> bool {
        self.rules.iter().any(|rule| rule.label.is_some() && rule.may_match(context, server, namespace))
    }

    /// Whether any rule looks at the labels of namespaces.
    pub fn on_labels(&self) -> bool {
        self.rules.iter().any(|rule| rule.label.is_some())
    }
}

/// What is typed where a guard asks for the name: the namespace's where the batch stays in one, else the context's.
pub fn name_to_type(context: &Clean, namespaces: &BTreeSet<Clean>) -> Clean {
    match namespaces.iter().next() {
        Some(only) if namespaces.len() == 1 => only.clone(),
        _ => context.clone(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("prod*", "prod-eu", true)]
    #[case("prod*", "preprod", false)]
    #[case("*prod*", "preprod-2", true)]
    #[case("p?d", "pod", true)]
    #[case("p?d", "pd", false)]
    #[case("*", "", true)]
    #[case("a*b*c", "a-b-b-c", true)]
    #[case("a*b*c", "a-b-b-d", false)]
    #[case("shop", "shop2", false)]
    fn a_glob_matches_the_whole_text(#[case] glob: &str, #[case] text: &str, #[case] matches: bool) {
        assert_eq!(Glob::new(glob).unwrap().matches(text), matches);
    }

    fn on_namespace(guard: Guard, glob: &str) -> GuardRule {
        GuardRule { namespace: Glob::new(glob), ..GuardRule::new(guard, format!("line of {glob}")) }
    }

    fn of(guards: &Guards, namespace: &str, labels: Option<&Labels>) -> (Guard, String) {
        let (guard, words) = guards.of("prod-eu", "https://10.0.0.1:6443", namespace, labels);
        (guard, words.to_string())
    }

    #[test]
    fn the_strictest_rule_that_matches_wins_whatever_the_order() {
        let mut rules = vec![
            on_namespace(Guard::Confirm, "*"),
            on_namespace(Guard::ReadOnly, "pay*"),
            on_namespace(Guard::Type, "p*"),
        ];
        for _ in 0..rules.len() {
            rules.rotate_left(1);
            let guards = Guards::new(rules.clone());
            assert_eq!(of(&guards, "payments", None).0, Guard::ReadOnly);
            assert_eq!(of(&guards, "parts", None).0, Guard::Type);
            assert_eq!(of(&guards, "shop", None).0, Guard::Confirm);
        }
        assert_eq!(of(&Guards::default(), "shop", None), (Guard::None, String::new()));
    }

    #[test]
    fn every_pattern_of_a_rule_has_to_match_and_the_rule_is_named() {
        let rule =
            GuardRule { context: Glob::new("prod*"), server: Glob::new("10.0.*"), ..on_namespace(Guard::Type, "shop") };
        let guards = Guards::new([rule.clone()]);
        let words = "type, by the rule at line of shop (context prod*, server 10.0.*, namespace shop)";
        assert_eq!(of(&guards, "shop", None), (Guard::Type, words.to_owned()));
        assert_eq!(of(&guards, "stock", None).0, Guard::None);
        let elsewhere = GuardRule { server: Glob::new("https://10.1.*"), ..rule };
        assert_eq!(of(&Guards::new([elsewhere]), "shop", None).0, Guard::None);
    }

    #[test]
    fn labels_that_are_not_known_count_as_matching_and_it_says_so() {
        let label = Some((Clean::new("env"), Glob::new("prod*").unwrap()));
        let guards = Guards::new([GuardRule { label, ..GuardRule::new(Guard::ReadOnly, "line 3") }]);
        let labelled = |value: &str| -> Labels { [(Clean::new("env"), Clean::new(value))].into_iter().collect() };
        assert_eq!(of(&guards, "shop", Some(&labelled("production"))).0, Guard::ReadOnly);
        assert_eq!(of(&guards, "shop", Some(&labelled("test"))).0, Guard::None);
        assert_eq!(of(&guards, "shop", Some(&Labels::default())).0, Guard::None);
        let (guard, words) = of(&guards, "shop", None);
        assert_eq!(guard, Guard::ReadOnly);
        assert!(words.ends_with("the labels of namespace shop are not known, so that it holds"), "{words}");
        assert!(guards.ask_labels("x", "y", "shop") && guards.on_labels());
    }

    #[test]
    fn the_name_to_type_is_that_of_the_place() {
        let names = |names: &[&str]| names.iter().copied().map(Clean::new).collect::<BTreeSet<_>>();
        assert_eq!(&*name_to_type(&"prod".into(), &names(&["shop"])), "shop");
        assert_eq!(&*name_to_type(&"prod".into(), &names(&["pay", "shop"])), "prod");
    }
}
