use std::collections::BTreeSet;

use rolldeck_core::{
    batch::{ConfigMap, Phase, StepState},
    model::AppKind,
};

use super::{
    faults::Fault,
    scene::{ana, ben, ended, fleet, key, launch, release, run, someone, states},
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
