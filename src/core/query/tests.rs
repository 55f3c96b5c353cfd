//! The language, the ranking and the completion.

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::{Time, model::samples::at};

/// A row made of words.
struct Row<'a> {
    name: &'a str,
    words: Vec<&'a str>,
    texts: Vec<(Field, &'a str)>,
    labels: Vec<(&'a str, &'a str)>,
    figures: Vec<(Figure, Reading)>,
    born: Option<Time>,
}

impl Facts for Row<'_> {
    fn name(&self) -> &str {
        self.name
    }
    fn words(&self, visit: &mut dyn FnMut(&str)) {
        self.words.iter().for_each(|word| visit(word));
    }
    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        self.texts.iter().filter(|(of, _)| *of == field).for_each(|(_, text)| visit(text));
    }
    fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }
    fn labels(&self, visit: &mut dyn FnMut(&str, &str)) {
        self.labels.iter().for_each(|(key, value)| visit(key, value));
    }
    fn figure(&self, figure: Figure) -> Reading {
        self.figures.iter().find(|(of, _)| *of == figure).map(|(_, reading)| *reading).unwrap_or_default()
    }
    fn born(&self) -> Option<Time> {
        self.born
    }
}

fn named<'a>(name: &'a str, words: &[&'a str]) -> Row<'a> {
    Row { name, words: words.to_vec(), texts: vec![], labels: vec![], figures: vec![], born: None }
}

/// The gateway in qa: degraded, half ready, 8 minutes old, without a figure for the network.
fn gateway() -> Row<'static> {
    Row {
        texts: vec![
            (Field::Status, "Degraded"),
            (Field::Status, "CrashLoopBackOff"),
            (Field::Image, "v2.3"),
            (Field::Image, "registry:5000/shop/gateway:v2.3"),
            (Field::Namespace, "qa-eu"),
            (Field::Kind, "Deployment"),
            (Field::Kind, "deploy"),
            (Field::Node, "worker-1"),
        ],
        labels: vec![("team", "blue"), ("app.kubernetes.io/part-of", "shop")],
        figures: vec![
            (Figure::Cpu, Reading::share(900, Some(1000))),
            (Figure::Memory, Reading { value: Some(2 << 30), percent: None }),
            (Figure::Restarts, Reading::of(4u32)),
            (Figure::Ready, Reading::share(1, Some(2))),
            (Figure::Replicas, Reading::of(2u32)),
            (Figure::Disk, Reading::share(85, Some(100))),
        ],
        born: Some(at(-480)),
        ..named("gateway", &["qa-eu", "Deployment", "Degraded"])
    }
}

/// The names that match, best first.
fn ranked<'a>(query: &str, names: &[&'a str]) -> Vec<&'a str> {
    let query = Query::parse(query).unwrap();
    let mut found = query.find(names.iter().map(|name| named(name, &[])), at(0)).rows;
    found.sort_by(|(a, x), (b, y)| (a, x.name).cmp(&(b, y.name)));
    found.into_iter().map(|(_, row)| row.name).collect()
}

#[test]
fn exact_then_prefix_then_word_then_substring_then_fuzzy() {
    let names = ["my-orders", "preorders", "order-feeders", "orders-api", "billing", "orders"];
    assert_eq!(ranked("name:orders", &names), ["orders", "orders-api", "my-orders", "preorders", "order-feeders"]);
}

#[test]
fn a_name_typed_in_full_finds_that_one_alone() {
    let names = ["my-orders", "preorders", "orders-api", "orders", "Orders"];
    assert_eq!(ranked("orders", &names), ["Orders", "orders"]);
    assert_eq!(ranked(" orders ", &names), ["Orders", "orders"]);
    assert_eq!(ranked("order", &names).len(), 5);
    assert_eq!(ranked("\"orders\"", &names).len(), 5, "in quotes it is searched");
    let two = Query::parse("orders !billing").unwrap();
    assert_eq!(two.find(names.iter().map(|name| named(name, &[])), at(0)).rows.len(), 5, "the whole text is no name");
}

#[test]
fn letters_that_lie_far_apart_are_no_match() {
    assert_eq!(ranked("gtw", &["gateway", "gratuitous-tower", "navigator-show"]), ["gateway", "gratuitous-tower"]);
    assert!(ranked("orders", &["collector-for-daily-user-stats"]).is_empty());
    assert_eq!(ranked("gtw", &["app-17-gateway-canary"]), ["app-17-gateway-canary"]);
}

#[rstest]
#[case("qa gate", true)]
#[case("gate prod", false)]
#[case("gate !prod", true)]
#[case("gate !qa", false)]
#[case("!gate", false)]
#[case("!gtw", true)]
#[case("!", true)]
#[case("  ", true)]
#[case("deploy", true)]
#[case("dEPLOY", false)]
#[case("\"way\"", true)]
#[case("\"gtw\"", false)]
#[case("name:gate", true)]
#[case("name:qa", false)]
#[case("name:\"gate\"", false)]
#[case("name:\"gateway\"", true)]
#[case("status:degraded", true)]
#[case("status:backoff", true)]
#[case("!status:degraded", false)]
#[case("status:healthy", false)]
#[case("status:\"crash\"", false)]
#[case("image:v2.3", true)]
#[case("image:\"v2.3\"", true)]
#[case("image:\"v2\"", false)]
#[case("image:registry:5000", true)]
#[case("ns:qa", true)]
#[case("ns:eu", true)]
#[case("ns:a-eu", false)]
#[case("ns:\"qa\"", false)]
#[case("kind:deploy", true)]
#[case("node:worker", true)]
#[case("node:worker-2", false)]
#[case("status:", true)]
#[case("team=blue", true)]
#[case("team=bl", false)]
#[case("team!=blue", false)]
#[case("!team!=blue", true)]
#[case("team!=red", true)]
#[case("absent!=red", true)]
#[case("team=", true)]
#[case("app.kubernetes.io/part-of=shop", true)]
#[case("label:team", true)]
#[case("!label:owner", true)]
#[case("label:team=red", false)]
#[case("cpu>80%", true)]
#[case("cpu>90%", false)]
#[case("cpu>=90%", true)]
#[case("cpu>500m", true)]
#[case("CPU<1", true)]
#[case("mem>1Gi", true)]
#[case("mem>2Gi", false)]
#[case("mem>1%", false)]
#[case("!mem>1%", false)]
#[case("restarts>3", true)]
#[case("restarts=4", true)]
#[case("restarts!=4", false)]
#[case("!restarts>3", false)]
#[case("age<10m", true)]
#[case("age>8m", false)]
#[case("age>=8m", true)]
#[case("age>1h30m", false)]
#[case("ready<100%", true)]
#[case("ready<2", true)]
#[case("replicas>=2", true)]
#[case("net>10M", false)]
#[case("!net>10M", false)]
#[case("disk>80%", true)]
#[case("gate status:degraded cpu>80% team=blue age<10m", true)]
#[case("gate status:degraded cpu>80% team=red", false)]
fn every_term_must_hold(#[case] query: &str, #[case] matches: bool) {
    assert_eq!(Query::parse(query).unwrap().rank(&gateway(), at(0)).is_some(), matches);
}

#[rstest]
#[case("cpu>8x", 0..6, "cpu>8x: 8x is no quantity; write 500m, 2 or 80%")]
#[case("a mem>1gb", 2..9, "mem>1gb: 1gb is no quantity; write 512Mi, 1Gi or 80%")]
#[case("cpu>", 0..4, "cpu>: how much? Write 500m, 2 or 80%")]
#[case("restarts>3%", 0..11, "restarts>3%: restarts is no share; write a number, say 3")]
#[case("age<soon", 0..8, "age<soon: soon is no time; write 30s, 10m, 2h30m, 3d or 1w")]
#[case("cpi>1", 0..5, "cpi>1: no figure is called cpi; did you mean cpu?")]
#[case("size>1", 0..6, "size>1: no figure is called size; known are cpu, mem, restarts, age, ready, replicas, net, disk")]
#[case("stauts:bad", 0..10, "stauts:bad: no field is called stauts; did you mean status:bad? In quotes it is searched as it stands")]
#[case("ns=prod", 0..7, "ns=prod: a field takes a colon; write ns:prod, or label:ns=prod for the label")]
#[case("x \"two words", 2..12, "\"two words: the quote is not closed; write another \"")]
#[case("label:ä", 0..8, "label:ä: a label's key has letters, digits, - _ . and / only")]
fn what_cannot_be_read_is_told_with_its_place_and_the_way_out(
    #[case] query: &str,
    #[case] place: std::ops::Range<usize>,
    #[case] what: &str,
) {
    let error = Query::parse(query).unwrap_err();
    assert_eq!((error.at.clone(), error.to_string()), (place, what.to_owned()));
}

#[rstest]
#[case("registry.local:5000/shop")]
#[case("http://x")]
#[case("=x")]
#[case("->")]
#[case(":8080")]
fn what_is_no_term_of_the_language_is_a_word(#[case] text: &str) {
    let row = named("x", &[text]);
    assert!(Query::parse(text).unwrap().rank(&row, at(0)).is_some());
    assert!(Query::parse(text).unwrap().rank(&named("y", &["z"]), at(0)).is_none());
}

#[test]
fn rows_that_cannot_be_judged_are_counted_where_all_else_matches() {
    let rows = [gateway(), named("gateway-2", &[]), named("billing", &[])];
    let found = Query::parse("name:gateway restarts>3 net>1M").unwrap().find(rows.iter(), at(0));
    assert_eq!((found.rows.len(), found.about.blank), (0, vec![(Figure::Net, 1), (Figure::Restarts, 1)]));
}

#[test]
fn any_match_of_the_name_stands_before_any_of_another_text() {
    let query = Query::parse("gtw").unwrap();
    assert!(query.rank(&named("gateway", &[]), at(0)) < query.rank(&named("orders", &["gtw"]), at(0)));
}

#[test]
fn what_was_matched_can_be_shown() {
    let query = Query::parse("WAY gate !x status:y").unwrap();
    assert_eq!(query.spots("gateway"), vec![0..4]);
    assert_eq!(Query::parse("way").unwrap().spots("GateWay"), vec![4..7]);
}

#[rstest]
#[case("st", &["status:"])]
#[case("gate s", &["gate status:"])]
#[case("r", &["ready<", "replicas>", "restarts>"])]
#[case("!st", &["!status:"])]
#[case("status:d", &["status:Degraded"])]
#[case("status:", &["status:CrashLoopBackOff", "status:Degraded", "status:\"Rolling out\""])]
#[case("ns:q", &["ns:qa-eu"])]
#[case("image:v", &["image:v2.3"])]
#[case("te", &["team="])]
#[case("team=", &["team=blue", "team=green"])]
#[case("team!=g", &["team!=green"])]
#[case("label:te", &["label:team"])]
#[case("label:team=b", &["label:team=blue"])]
#[case("cpu>", &[])]
#[case("st ", &[])]
#[case("", &[])]
#[case("zzz", &[])]
fn a_term_is_completed_with_words_and_with_what_occurs(#[case] text: &str, #[case] wanted: &[&str]) {
    let mut other = named("other", &[]);
    other.labels = vec![("team", "green")];
    other.texts = vec![(Field::Status, "Rolling out")];
    assert_eq!(complete(text, &vec![gateway(), other]), wanted);
}

proptest! {
    #[test]
    fn no_text_breaks_the_language(
        text in r#"([a-z]{0,4}(:|=|!=|<|>=|)"?[a-z0-9%.\\-]{0,5}"?[ !]?){0,4}|.{0,30}"#, name in ".{0,20}"
    ) {
        if let Ok(query) = Query::parse(&text) {
            let _ = query.rank(&named(&name, &[&text]), at(0));
            let _ = query.spots(&name);
        }
        let _ = complete(&text, &vec![gateway()]);
    }

    #[test]
    fn what_is_parsed_prints_back(
        text in r#"(!?(((status|image|ns|kind|node|name|label|team|):|)("[a-z \\!:é]{0,6}"|[a-zA-Z0-9é!:/-]{1,6})|(cpu|mem|restarts|age)[<>][1-9]|[a-z]{2,4}(=|!=)[a-z]{1,4}) ){0,4}"#
    ) {
        if let Ok(query) = Query::parse(&text) {
            let printed = query.to_string();
            prop_assert_eq!(Query::parse(&printed), Ok(query), "{} printed as {}", text, printed);
        }
    }

    #[test]
    fn a_name_typed_in_full_ranks_before_all_others(
        name in "[a-z][a-z0-9-]{0,20}", others in proptest::collection::vec("[a-zA-Z0-9-]{1,24}", 0..20)
    ) {
        let query = Query::parse(&name).unwrap();
        prop_assert_eq!(query.rank(&named(&name, &[]), at(0)), Some(Rank::BEST));
        for other in others.iter().filter(|other| !other.eq_ignore_ascii_case(&name)) {
            prop_assert!(query.rank(&named(other, &[&name]), at(0)).is_none_or(|rank| rank > Rank::BEST));
        }
    }

    #[test]
    fn what_holds_the_term_matches(before in "[a-zé-]{0,8}", term in "[a-zé订]{1,8}", after in ".{0,8}") {
        let name = [before, term.clone(), after].concat();
        prop_assert!(Query::parse(&term).unwrap().rank(&named(&name, &[]), at(0)).is_some());
    }
}

#[test]
fn what_the_heading_of_a_column_says_is_understood_too() {
    for (said, meant) in [("memory>1Gi", "mem>1Gi"), ("network>10M", "net>10M"), ("namespace:qa", "ns:qa")] {
        assert_eq!(Query::parse(said), Query::parse(meant), "{said}");
    }
    assert!(Query::parse("namspace:qa").unwrap_err().to_string().contains("did you mean namespace:qa?"));
    assert!(Query::parse("memroy>1Gi").unwrap_err().to_string().contains("did you mean memory?"));
}
