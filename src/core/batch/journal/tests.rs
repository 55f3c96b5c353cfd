use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    batch::{ConfigMap, Intent, Snapshot},
    model::AppKind,
};

fn id() -> BatchId {
    BatchId("20261122-140501-k3x9".into())
}

fn record(steps: Vec<Note>) -> Record {
    Record {
        format: FORMAT,
        id: id(),
        intent: Intent::Release,
        by: "ops".into(),
        started: "2026-11-22T14:05:01Z".parse().unwrap(),
        epoch: 1,
        driver: "ops@host 17 99".into(),
        phase: RecordPhase::Running,
        unfinished: true,
        home: "shop".into(),
        namespaces: vec!["shop".into()],
        claimed: "ops@jump".into(),
        reason: "".into(),
        ended: None,
        options: crate::batch::Options::new(Intent::Release, 3),
        log: vec![],
        steps,
    }
}

fn step(index: usize, template: Value) -> StepRecord {
    let before = Snapshot {
        uid: "u".into(),
        template: Some(template.clone()),
        replicas: None,
        bounds: None,
        no_min: false,
        paused: false,
        cause: Some("why".into()),
        token: None,
    };
    let after = Snapshot { template: Some(json!({"was": template})), token: Some("x/0/1".into()), ..before.clone() };
    StepRecord { format: FORMAT, index, app: "deploy/orders".into(), before, after }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z./]{1,8}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn mark() -> impl Strategy<Value = Mark> {
    prop::sample::select(vec![
        Mark::Waiting,
        Mark::Applying,
        Mark::Applied,
        Mark::Failed,
        Mark::Drifted,
        Mark::RevertFailed,
    ])
}

proptest! {
    #[test]
    fn templates_come_back_from_the_journal_as_they_went_in(templates in prop::collection::vec(json_value(), 1..6)) {
        let steps: Vec<_> = templates.into_iter().enumerate().map(|(n, template)| step(n * 3, json!({ "spec": template }))).collect();
        let maps = encode_steps(&id(), "shop", &steps).unwrap();
        prop_assert!(maps.iter().all(|map| map.immutable));
        let mut back = decode_steps(&maps).unwrap();
        back.sort_by_key(|step| step.index);
        prop_assert_eq!(back, steps);
    }

    #[test]
    fn a_state_record_comes_back_as_it_went_in(marks in prop::collection::vec((mark(), ".{0,9}"), 0..9), unfinished: bool, epoch: u64) {
        let notes = marks.into_iter().enumerate().map(|(index, (mark, why))| Note {
            index, kind: AppKind::DaemonSet, name: "agent".into(), mark, why: why.into(), since: record(vec![]).started,
            before: "v1".into(), after: "v2".into(), made: None, old: vec![], hpa: "".into(), after_steps: vec![], accepted: None, returned: None, digests: [].into(), target: "".into(),
            expected: Some(7), forgiven: [("pod-1/main".into(), 3)].into(),
        });
        let record = Record { unfinished, epoch, ..record(notes.collect()) };
        let map = record.encode("shop", "7");
        prop_assert_eq!(map.labels["rolldeck.dev/unfinished"].as_str(), if unfinished { "true" } else { "false" });
        prop_assert_eq!(Record::decode(&map).unwrap(), record);
    }

    #[test]
    fn a_hostile_record_is_an_error_and_no_panic(text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0usize..400) {
        let mut map = record(vec![]).encode("shop", "");
        let whole = map.data["state.json"].clone();
        map.data.insert("state.json".into(), whole.chars().take(cut.min(whole.len() - 1)).collect());
        prop_assert!(Record::decode(&map).is_err());
        map.data.insert("state.json".into(), text);
        prop_assert!(Record::decode(&map).is_err());
        let mut maps = encode_steps(&id(), "shop", &[step(0, json!({}))]).unwrap();
        maps[0].binary.insert("step-0.json.gz".into(), bytes);
        prop_assert!(decode_steps(&maps).is_err());
    }
}

#[test]
fn many_large_steps_are_spread_over_maps_below_the_limit() {
    // Text that does not compress: a linear congruential generator's digits.
    let mut seed = 1u64;
    let mut noise = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{seed:016x}")
    };
    let steps: Vec<_> = (0..4).map(|n| step(n, json!((0..30_000).map(|_| noise()).collect::<String>()))).collect();
    let maps = encode_steps(&id(), "shop", &steps).unwrap();
    assert!(maps.len() > 1);
    assert!(maps.iter().all(|map| map.binary.values().map(Vec::len).sum::<usize>() < 1 << 20));
    assert_eq!(decode_steps(&maps).unwrap().len(), 4);
    let huge = step(0, json!((0..130_000).map(|_| noise()).collect::<String>()));
    assert!(matches!(encode_steps(&id(), "shop", &[huge]), Err(JournalError::TooLarge { .. })));
}

#[test]
fn another_format_is_named() {
    let map = Record { format: 1, ..record(vec![]) }.encode("shop", "");
    let error = Record::decode(&map).unwrap_err();
    assert!(error.to_string().contains("format 1") && error.to_string().contains("reads format 2"), "{error}");
}

#[test]
fn a_record_that_speaks_of_other_places_is_refused() {
    let lie = |change: fn(&mut Record), rename: fn(&mut ConfigMap)| {
        let mut record = record(vec![]);
        change(&mut record);
        let mut map = record.encode("shop", "");
        rename(&mut map);
        Record::decode(&map)
    };
    assert!(lie(|_| (), |_| ()).is_ok());
    assert!(lie(|record| record.namespaces = vec!["other".into()], |_| ()).is_err());
    assert!(lie(|record| record.home = "other".into(), |_| ()).is_err());
    assert!(lie(|_| (), |map| map.name = "rolldeck-x-state".into()).is_err());
    assert!(lie(|record| record.id = BatchId("../x".into()), |_| ()).is_err());
}
