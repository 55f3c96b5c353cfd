//! The schema and the reader agree: what is written to one is taken by the other.

use proptest::{collection::btree_map, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::*;

/// Whether a value is as the schema says, for the keywords that ours uses.
fn valid(root: &Value, schema: &Value, value: &Value) -> bool {
    let Some(rules) = schema.as_object() else { return schema != &json!(false) };
    let number = |value: &Value| value.as_f64();
    let all = |list: &Value, f: &dyn Fn(&Value) -> bool| list.as_array().unwrap().iter().filter(|one| f(one)).count();
    rules.iter().all(|(keyword, rule)| match keyword.as_str() {
        "$schema" | "$defs" | "title" | "description" | "then" => true,
        "$ref" => valid(root, root.pointer(rule.as_str().unwrap().strip_prefix('#').unwrap()).unwrap(), value),
        "type" => match rule.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            other => panic!("type {other}"),
        },
        "const" => rule == value,
        "enum" => rule.as_array().unwrap().contains(value),
        "minimum" => number(value).is_none_or(|n| n >= number(rule).unwrap()),
        "maximum" => number(value).is_none_or(|n| n <= number(rule).unwrap()),
        "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
        "pattern" => value.as_str().is_none_or(|text| matches_pattern(rule.as_str().unwrap(), text)),
        "minItems" => value.as_array().is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
        "minProperties" => value.as_object().is_none_or(|map| map.len() as u64 >= rule.as_u64().unwrap()),
        "items" => value.as_array().is_none_or(|list| list.iter().all(|item| valid(root, rule, item))),
        "required" => {
            value.as_object().is_none_or(|map| all(rule, &|name| !map.contains_key(name.as_str().unwrap())) == 0)
        }
        "properties" => value.as_object().is_none_or(|map| {
            map.iter().all(|(name, field)| rule.get(name).is_none_or(|rule| valid(root, rule, field)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|map| {
            let known = |name: &String| rules.get("properties").is_some_and(|known| known.get(name).is_some());
            map.iter().all(|(name, field)| known(name) || valid(root, rule, field))
        }),
        "allOf" => all(rule, &|one| !valid(root, one, value)) == 0,
        "anyOf" => all(rule, &|one| valid(root, one, value)) > 0,
        "oneOf" => all(rule, &|one| valid(root, one, value)) == 1,
        "not" => !valid(root, rule, value),
        "if" => !valid(root, rule, value) || rules.get("then").is_none_or(|then| valid(root, then, value)),
        other => panic!("the test does not know {other}"),
    })
}

/// The patterns that the schema has.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    match pattern {
        r"\S" => text.chars().any(|c| !c.is_whitespace()),
        "^[0-9]+[smh]$" => {
            let digits = text.strip_suffix(['s', 'm', 'h']);
            digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        }
        pattern if pattern.contains('%') => Count::parse(text).is_ok(),
        other => panic!("the test does not know {other}"),
    }
}

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn name() -> impl Strategy<Value = Clean> {
    "[a-z][a-z0-9-]{0,6}".prop_map(Clean::from)
}

fn text() -> impl Strategy<Value = Clean> {
    "[a-zA-Zé漢0-9:#'\" ,{-]{0,12}[a-z0-9]".prop_map(|text| Clean::from(text.trim().to_owned()))
}

fn time() -> impl Strategy<Value = Option<Placed<Clean>>> {
    option::of(text().prop_map(|value| Placed { line: 1, field: String::new(), value }))
}

fn whom() -> impl Strategy<Value = Whom> {
    let kind = || select(AppKind::ALL.to_vec());
    prop_oneof![
        (name(), name(), kind()).prop_map(|(namespace, name, kind)| Whom::App(AppKey { namespace, name, kind })),
        (name(), option::of(kind()), text()).prop_map(|(namespace, kind, selector)| Whom::Selected {
            namespace,
            kind,
            selector
        }),
    ]
}

fn count() -> impl Strategy<Value = Count> {
    prop_oneof![
        (0..9999u32).prop_map(Count::To),
        (0..99u32).prop_map(Count::More),
        (0..99u32).prop_map(Count::Fewer),
        (0..9u32).prop_map(Count::Times),
        (0..300u32).prop_map(Count::Percent)
    ]
}

fn app(intent: Intent) -> impl Strategy<Value = FileApp> {
    let images = btree_map(name(), text(), 1..3);
    let back = prop_oneof![
        Just((None, None)),
        (1..99i64).prop_map(|revision| (Some(revision), None)),
        time().prop_map(|time| (None, time))
    ];
    let least = (0..9u32, 9..20u32, any::<(bool, bool)>());
    (whom(), images, text(), any::<(bool, bool)>(), back, count(), least, option::of(any::<bool>())).prop_map(
        move |(
            whom,
            images,
            tag,
            (has_images, has_tag),
            (to_revision, to_time),
            replicas,
            (min, max, either),
            resume,
        )| {
            let of = |wanted: Intent| intent == wanted;
            FileApp {
                line: 1,
                whom,
                images: if of(Intent::Release) && has_images { images } else { BTreeMap::new() },
                tag: (of(Intent::Release) && (has_tag || !has_images)).then_some(tag),
                to_revision: to_revision.filter(|_| of(Intent::Rollback)),
                to_time: to_time.filter(|_| of(Intent::Rollback)),
                replicas: of(Intent::Scale).then_some(replicas),
                min: (of(Intent::Bounds) && either.0).then_some(min),
                max: (of(Intent::Bounds) && (either.1 || !either.0)).then_some(max),
                resume: resume.filter(|_| intent.writes_template()),
            }
        },
    )
}

fn file() -> impl Strategy<Value = BatchFile> {
    select(Intent::ALL.to_vec()).prop_flat_map(|intent| {
        let spec = (
            option::of(text()),
            option::of(select(OnFailure::ALL.to_vec())),
            option::of(1..99usize),
            option::of(0..9000u32),
            option::of(1..9000u32),
            any::<(bool, bool)>(),
            time(),
        );
        (option::of(name()), spec, proptest::collection::vec(app(intent), 1..4)).prop_map(
            move |(name, (reason, on_failure, width, soak, deadline, (gate, incident), to_time), apps)| BatchFile {
                intent,
                name: name.unwrap_or_default(),
                reason: reason.unwrap_or_default(),
                on_failure,
                width,
                soak,
                gate,
                deadline,
                incident,
                to_time: to_time.filter(|_| intent == Intent::Rollback),
                apps,
            },
        )
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_and_is_as_the_schema_says(file in file()) {
        let json = file.to_json();
        prop_assert!(valid(&schema(), &schema(), &json), "{json}");
        let yaml = file.to_yaml();
        let again = read(&yaml).map_err(|errors| TestCaseError::fail(format!("{errors:?}\n{yaml}")))?;
        prop_assert_eq!(again.to_json(), json);
    }

    #[test]
    fn a_field_that_does_not_belong_is_refused_by_both(file in file(), at in 0..3usize, name in select(vec![
        "images", "tag", "toRevision", "toTime", "replicas", "minReplicas", "maxReplicas", "resume", "spec", "x", "selector",
    ])) {
        let mut json = file.to_json();
        let entry = &mut json["spec"]["apps"][at % file.apps.len()];
        prop_assume!(entry.get(name).is_none());
        entry[name] = match name { "toRevision" | "minReplicas" | "maxReplicas" => json!(3), "resume" => json!(true), _ => json!("9") };
        let valid = valid(&schema(), &schema(), &json);
        // That the least is no more than the most is beyond a schema.
        prop_assume!(!(name == "minReplicas" || name == "maxReplicas"));
        prop_assert_eq!(valid, read(&json.to_string()).is_ok(), "{}", json);
    }
}

#[test]
fn the_examples_are_as_the_schema_says() {
    for example in EXAMPLES {
        let file = read(example).unwrap_or_else(|errors| panic!("{errors:?}\n{example}"));
        assert!(valid(&schema(), &schema(), &file.to_json()), "{example}");
    }
    let intents = EXAMPLES.map(|example| read(example).unwrap().intent);
    assert_eq!(intents, Intent::ALL, "one of each");
}
