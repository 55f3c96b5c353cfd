use std::collections::BTreeSet;

use super::*;
use crate::batch::past::{Proof, Scaled, Sighting, Source, Verdict, gone, judge};

const RS: AppKind = AppKind::Deployment;
const STS: AppKind = AppKind::StatefulSet;

/// The tag that was live at that second; `now` where it is what is live; else why it is not certain.
fn was(evidence: &Evidence, second: i64) -> String {
    told(&judge(evidence, &moment(second)))
}

fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Was(was) => tag(&was.template).to_owned(),
        Verdict::Same => "now".to_owned(),
        Verdict::CreatedSince(_) => "not yet".to_owned(),
        Verdict::Uncertain { why, candidates } => format!("{why}: {candidates:?}"),
    }
}

#[test]
fn creations_tell_a_history_in_which_no_revision_is_missing_or_was_used_again() {
    let mut of = evidence(RS, "c");
    of.revisions = vec![lived(1, "a", 0), lived(2, "b", 100), lived(3, "c", 200)];
    let told: Vec<_> = [-50, 50, 150, 250].map(|second| was(&of, second)).into();
    assert_eq!(told, ["not yet", "a", "b", "now"]);
    let Verdict::Was(b) = judge(&of, &moment(150)) else { panic!("not certain") };
    assert_eq!((b.revision, b.since, b.until, &*b.cause), (Some(2), at(100), Some(at(200)), "to b"));
    assert_eq!(b.by, Proof { from: Source::Created("orders-b".into()), until: Source::Created("orders-c".into()) });
    assert_eq!(b.healthy, None);
}

#[test]
fn close_to_a_change_both_are_possible() {
    let mut of = evidence(RS, "b");
    of.revisions = vec![lived(1, "a", 0), lived(2, "b", 100)];
    assert_eq!(was(&of, 99), "it changed at about that time: [2, 1]");
    assert_eq!(was(&of, 101), "it changed at about that time: [2, 1]");
    assert_eq!(was(&of, 95), "a");
}

#[test]
fn a_revision_that_was_used_again_makes_the_time_after_uncertain() {
    let mut of = evidence(RS, "a");
    // a, b, and back to a at some time.
    of.revisions = vec![lived(2, "b", 100), Lived { was: vec![1], ..lived(3, "a", 0) }];
    assert_eq!(was(&of, 50), "now");
    assert_eq!(was(&of, 150), "a revision was used again, and when is not known: [3, 2]");
}

#[test]
fn a_revision_that_its_controller_made_long_after_the_write_contradicts_nothing() {
    let mut of = evidence(RS, "b");
    of.revisions = vec![lived(1, "a", 0), lived(2, "b", 130)];
    of.journal = vec![entry("x", 100, "a", "b")];
    assert_eq!([50, 95, 110, 150].map(|second| was(&of, second)), ["a", "a", "now", "now"]);
}

#[test]
fn the_journal_and_events_tell_when_a_revision_was_used_again() {
    let mut of = evidence(RS, "a");
    of.revisions = vec![lived(2, "b", 100), Lived { was: vec![1], ..lived(3, "a", 0) }];
    let mut by_journal = of.clone();
    by_journal.journal = vec![entry("x", 300, "b", "a")];
    assert_eq!([was(&by_journal, 150), was(&by_journal, 290), was(&by_journal, 310)], ["b", "b", "now"]);
    of.events = vec![Scaled { set: "orders-a".into(), at: at(300) }];
    // The event proves it live again from then on; when it became so is open.
    assert_eq!(was(&of, 310), "now");
    assert!(was(&of, 290).contains("used again"), "{}", was(&of, 290));
}

#[test]
fn an_event_of_a_controller_that_came_late_contradicts_no_journal() {
    let mut of = evidence(RS, "c");
    of.revisions = vec![lived(1, "a", 0), lived(2, "b", 100), lived(3, "c", 110)];
    of.journal = vec![entry("x", 100, "a", "b"), entry("y", 110, "b", "c")];
    of.events = vec![Scaled { set: "orders-b".into(), at: at(120) }];
    assert_eq!([was(&of, 50), was(&of, 105), was(&of, 130)], ["a", "b", "now"]);
}

#[test]
fn a_batch_that_was_taken_back_tells_what_was_live_until_then() {
    let mut of = evidence(RS, "a");
    of.revisions = vec![lived(2, "b", 100), Lived { was: vec![1], ..lived(3, "a", 0) }];
    let mut taken_back = Entry { reverted: Some(at(320)), ..entry("x", 100, "a", "b") };
    of.journal = vec![taken_back.clone()];
    assert!(was(&of, 200).contains("used again"), "{}", was(&of, 200));
    taken_back.returned = Some((at(300), at(300)));
    of.journal = vec![taken_back];
    assert_eq!([was(&of, 50), was(&of, 200), was(&of, 290), was(&of, 310)], ["now", "b", "b", "now"]);
}

#[test]
fn a_missing_revision_is_not_guessed_and_the_journal_has_it() {
    let mut of = evidence(RS, "c");
    of.revisions = vec![lived(1, "a", 0), lived(3, "c", 200)];
    assert_eq!(was(&of, 150), "revision 2 is missing from its history, or was used again: [1]");
    of.journal = vec![entry("x", 100, "a", "b"), entry("y", 200, "b", "c")];
    assert_eq!([was(&of, 50), was(&of, 150), was(&of, 250)], ["a", "b", "now"]);
    let Verdict::Was(b) = judge(&of, &moment(150)) else { panic!("not certain") };
    assert_eq!((b.revision, &*b.cause, b.healthy), (None, "to b", Some(true)));
}

#[test]
fn what_is_older_than_the_history_is_not_guessed() {
    let mut of = evidence(RS, "d");
    of.revisions = vec![lived(7, "c", 500), lived(8, "d", 600)];
    assert_eq!(was(&of, 550), "c");
    assert_eq!(was(&of, 400), "revisions 1 to 6 are missing from its history, or were used again: []");
}

#[test]
fn a_controller_revision_proves_its_time_only_where_it_was_written_once() {
    let mut of = evidence(STS, "d");
    of.revisions = vec![lived(5, "c", 500), lived(6, "d", 600)];
    assert!(was(&of, 550).contains("or were used again"), "{}", was(&of, 550));
    for revision in &mut of.revisions {
        revision.written = revision.created;
    }
    assert_eq!(was(&of, 550), "c");
    // All numbers are there: none was used again.
    of.revisions = vec![lived(1, "c", 500), lived(2, "d", 600)];
    assert_eq!(was(&of, 550), "c");
}

#[test]
fn before_a_batch_is_what_its_journal_has_to_the_second() {
    let mut of = evidence(RS, "b");
    of.revisions = vec![lived(2, "b", 100)];
    of.journal = vec![entry("x", 100, "a", "b")];
    let moment = Moment { before: Some(BatchId("x".into())), ..moment(100) };
    let Verdict::Was(a) = judge(&of, &moment) else { panic!("not certain") };
    assert_eq!((tag(&a.template), a.revision, a.by.from), ("a", None, Source::Journal(BatchId("x".into()))));
}

#[test]
fn a_journal_of_an_earlier_object_of_the_same_name_tells_nothing() {
    let mut of = evidence(RS, "b");
    of.revisions = vec![lived(2, "b", 100)];
    of.journal = vec![Entry { uid: "other".into(), ..entry("x", 100, "a", "b") }];
    let moment = Moment { before: Some(BatchId("x".into())), ..moment(50) };
    assert!(matches!(judge(&of, &moment), Verdict::Uncertain { .. }));
}

#[test]
fn whether_it_had_become_healthy_is_told_by_the_batch_that_made_it() {
    let mut of = evidence(RS, "c");
    of.revisions = vec![lived(1, "a", 0), lived(2, "b", 100), lived(3, "c", 200)];
    of.journal = vec![Entry { healthy: Some(false), ..entry("x", 100, "a", "b") }];
    let Verdict::Was(b) = judge(&of, &moment(150)) else { panic!("not certain") };
    assert_eq!(b.healthy, Some(false));
}

#[test]
fn accounts_that_cannot_all_be_so_prove_nothing() {
    let mut of = evidence(RS, "b");
    of.revisions = vec![lived(1, "a", 0), lived(2, "b", 100)];
    of.journal = vec![entry("x", 50, "a", "z")];
    assert_eq!(was(&of, 150), "what revisions, journals and events tell of it contradicts itself: [2, 1]");
}

#[test]
fn revisions_that_could_not_be_read_prove_nothing_and_that_is_said() {
    let mut of = evidence(RS, "b");
    of.unread = "replicasets of namespace shop not read: not allowed".into();
    assert_eq!(was(&of, 150), "replicasets of namespace shop not read: not allowed: []");
}

#[test]
fn apps_that_are_gone_are_told_with_what_saw_them() {
    let seen = |name: &str, second| Sighting {
        key: AppKey { name: name.into(), ..key(RS) },
        at: at(second),
        by: Source::Journal(BatchId("x".into())),
    };
    let seen = [
        seen("both", 0),
        seen("both", 200),
        seen("before", 50),
        seen("after", 150),
        seen("old", -90_000),
        seen("orders", 0),
    ];
    let found = gone(&seen, &BTreeSet::from([key(RS)]), at(100));
    let told: Vec<_> = found.iter().map(|gone| (gone.key.name.as_str(), gone.certain)).collect();
    assert_eq!(told, [("before", false), ("both", true)]);
    assert_eq!(&*found[1].words(), "the journal of batch x tells of it");
}
