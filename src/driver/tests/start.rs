use std::collections::BTreeSet;

use rolldeck_core::{
    batch::{ConfigMap, Phase, StepState},
    model::AppKind,
};

use super::{
    faults::Fault,
    scene::{ana, ben, ended, fleet, key, launch, release, run, someone, states, until},
};
use crate::Finder;

#[test]
fn a_journal_that_cannot_be_written_refuses_the_batch_before_any_app_is_touched() {
    run(async {
        let apps = [key("shop", AppKind::Deployment, "a")];
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let faults = [vec![Fault::None], vec![Fault::Unreached; 20]].concat();
        let run = ended(&launch(&ana(&cluster, faults, None), &plan, "b1")).await;
        assert_eq!((run.phase.clone(), states(&run)), (Phase::Failed, vec![StepState::NotStarted]));
        assert!(run.notes[0].contains("failed to write the journal"), "{:?}", run.notes);
        assert_eq!(cluster.world().writes, []);
    });
}

#[test]
fn a_corrupt_record_is_shown_as_such() {
    run(async {
        let cluster = fleet(&[]);
        let labels = [
            ("app.kubernetes.io/managed-by", "rolldeck"),
            ("rolldeck.dev/journal", "state"),
            ("rolldeck.dev/unfinished", "true"),
        ];
        let map = ConfigMap {
            namespace: "shop".into(),
            name: "rolldeck-x-state".into(),
            labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            data: [("state.json".to_owned(), "\u{1b}[31m{".to_owned())].into(),
            ..ConfigMap::default()
        };
        cluster.put_map(&map, true, false).unwrap();
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        assert_eq!(finder.look(&BTreeSet::new()).await.unwrap(), []);
        assert!(finder.unreadable()[0].contains("shop/rolldeck-x-state"), "{:?}", finder.unreadable());
    });
}

#[test]
fn where_configmaps_may_not_be_listed_one_short_sentence_says_what_is_not_seen() {
    run(async {
        let cluster = fleet(&[]);
        let via = ben(&cluster);
        via.hidden.lock().unwrap().extend(["pay", "shop", "stock"].map(str::to_owned));
        let mut finder = Finder::new(via, someone("ben"));
        for (namespaces, seen, sentence) in [
            (&["qa", "shop"][..], true, "unfinished batches in shop are not seen: you may not list configmaps there"),
            (&["shop"], false, "unfinished batches in shop are not seen: you may not list configmaps there"),
            (
                &["pay", "qa", "shop", "stock"],
                true,
                "unfinished batches in pay and 2 more are not seen: you may not list configmaps there",
            ),
            (&[], false, "unfinished batches are not seen: you may not list configmaps cluster-wide"),
        ] {
            let namespaces: BTreeSet<_> = namespaces.iter().map(|&namespace| namespace.into()).collect();
            assert_eq!(finder.look(&namespaces).await.is_ok(), seen, "{namespaces:?}");
            assert_eq!(finder.unreadable(), [sentence.into()]);
        }
    });
}

#[test]
fn a_hundred_apps_are_written_after_a_handful_of_round_trips_and_share_the_journals_writes() {
    run(async {
        let apps: Vec<_> =
            (0..100).map(|n| key(&format!("ns{}", n % 10), AppKind::Deployment, &format!("a{n}"))).collect();
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 100;
        let via = ana(&cluster, vec![], None);
        let began = tokio::time::Instant::now();
        let handle = launch(&via, &plan, "b1");
        until(&handle, |run| {
            run.steps.iter().all(|step| !matches!(step.state, StepState::Waiting | StepState::Applying))
        })
        .await;
        // A write takes 20 ms here: the lease, ten times the journal (eight at once), "applying", the patches.
        assert!(began.elapsed() < std::time::Duration::from_millis(150), "{:?}", began.elapsed());
        assert_eq!(cluster.world().writes.len(), 100);
        assert!(via.written() <= 1 + 20 + 10 + 100 + 10, "{} writes", via.written());
        assert_eq!(ended(&handle).await.phase, Phase::Done);
    });
}
