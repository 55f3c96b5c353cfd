//! The order of lines of many sources.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::logs::samples::{block, texts};

fn open(window: Nanos, sources: u16) -> Merge {
    let mut merge = Merge::new(window);
    (0..sources).for_each(|source| merge.open(SourceId(source)));
    merge
}

#[test]
fn lines_go_on_in_the_order_of_their_times() {
    let mut merge = open(100, 2);
    merge.push(block(&[(0, 1, "a1"), (0, 4, "a4"), (0, 5, "a5")]), 0);
    merge.push(block(&[(1, 2, "b2"), (1, 3, "b3"), (1, 9, "b9")]), 0);
    assert_eq!(texts(&merge.flush(0)), ["a1", "b2", "b3", "a4", "a5"]);
    assert_eq!(merge.due(), Some(100));
    assert_eq!(texts(&merge.flush(100)), ["b9"]);
    assert_eq!((merge.held(), merge.due()), (0, None));
}

#[test]
fn a_silent_source_holds_others_no_longer_than_the_window() {
    let mut merge = open(100, 2);
    merge.push(block(&[(0, 1, "a")]), 1000);
    assert!(merge.flush(1099).is_empty());
    assert_eq!(texts(&merge.flush(1100)), ["a"]);
}

#[test]
fn a_source_that_ended_holds_nobody() {
    let mut merge = open(100, 2);
    merge.push(block(&[(0, 1, "a")]), 0);
    merge.close(SourceId(1));
    assert_eq!(texts(&merge.flush(0)), ["a"]);
}

#[test]
fn one_source_alone_never_waits() {
    let mut merge = open(100, 1);
    merge.push(block(&[(0, 1, "a")]), 0);
    assert_eq!(texts(&merge.flush(0)), ["a"]);
}

#[test]
fn a_patient_merge_waits_for_a_silent_source_until_it_ends() {
    let mut merge = Merge::patient();
    (0..2).for_each(|source| merge.open(SourceId(source)));
    merge.push(block(&[(0, 1, "a1"), (0, 3, "a3")]), 0);
    assert!(merge.flush(Nanos::MAX).is_empty());
    assert_eq!((merge.due(), merge.is_waiting(SourceId(0)), merge.is_waiting(SourceId(1))), (None, true, false));
    merge.push(block(&[(1, 2, "b2")]), 0);
    assert_eq!(texts(&merge.flush(0)), ["a1", "b2"]);
    merge.close(SourceId(1));
    assert_eq!(texts(&merge.flush(0)), ["a3"]);
    assert!(!merge.is_waiting(SourceId(0)));
}

#[test]
fn a_line_that_comes_too_late_is_flagged_and_kept() {
    let mut merge = open(100, 2);
    merge.push(block(&[(0, 10, "a")]), 0);
    assert_eq!(texts(&merge.flush(100)), ["a"]);
    merge.push(block(&[(1, 5, "late"), (1, 10, "in time")]), 150);
    let out = merge.drain();
    let late: Vec<_> = out.iter().flat_map(|block| block.lines()).map(|line| line.flags.has(Flags::LATE)).collect();
    assert_eq!((texts(&out), late), (vec!["late".to_owned(), "in time".to_owned()], vec![true, false]));
}

#[test]
fn a_clock_that_goes_back_within_a_source_changes_no_order() {
    let mut merge = open(100, 2);
    merge.push(block(&[(0, 5, "a5"), (0, 3, "a3"), (0, 7, "a7")]), 0);
    merge.push(block(&[(1, 4, "b4"), (1, 6, "b6")]), 0);
    let out = merge.drain();
    assert_eq!(texts(&out), ["b4", "a5", "a3", "b6", "a7"]);
    assert!(out.iter().flat_map(|block| block.lines()).all(|line| !line.flags.has(Flags::LATE)));
}

#[test]
fn what_is_held_back_is_bounded() {
    let mut merge = open(Nanos::MAX, 2);
    let text = "x".repeat(1 << 20);
    for at in 0..100 {
        merge.push(block(&[(0, at, &text)]), 0);
        merge.flush(0);
        assert!(merge.held() <= HELD + (2 << 20));
    }
}

#[test]
fn a_big_block_of_one_source_goes_on_as_it_is() {
    let mut merge = open(0, 1);
    let text = "x".repeat(WHOLE);
    let big = block(&[(0, 1, &text)]);
    merge.push(big.clone(), 0);
    assert!(Arc::ptr_eq(&merge.flush(0)[0], &big));
}

proptest! {
    #[test]
    fn nothing_is_lost_and_every_source_keeps_its_order(
        pushes in prop::collection::vec((0u16..4, prop::collection::vec(0i64..50, 1..6), 0i64..30, prop::bool::ANY), 0..40), window in 0i64..60) {
        let mut merge = open(window, 4);
        let (mut now, mut sent, mut out) = (0, BTreeMap::<u16, Vec<String>>::new(), Vec::new());
        for (push, (source, times, wait, flush)) in pushes.iter().enumerate() {
            now += wait;
            let lines: Vec<_> = times.iter().enumerate().map(|(at, time)| (*time, format!("{push}.{at}"))).collect();
            sent.entry(*source).or_default().extend(lines.iter().map(|(_, text)| text.clone()));
            merge.push(block(&lines.iter().map(|(time, text)| (*source, *time, text.as_str())).collect::<Vec<_>>()), now);
            if *flush {
                out.extend(merge.flush(now));
                prop_assert!(merge.due().is_none_or(|due| due > now), "what has waited long enough still waits");
            }
        }
        out.extend(merge.drain());
        prop_assert_eq!(merge.held(), 0);
        let mut got = BTreeMap::<u16, Vec<String>>::new();
        for line in out.iter().flat_map(|block| block.lines()) {
            got.entry(line.source.0).or_default().push(String::from_utf8(line.text.to_vec()).unwrap());
        }
        prop_assert_eq!(got, sent);
    }

    #[test]
    fn lines_that_wait_long_enough_come_out_sorted(mut times in prop::collection::vec(prop::collection::vec(0i64..1000, 1..30), 1..5)) {
        let mut merge = open(1, u16::try_from(times.len()).unwrap());
        for (source, times) in (0..).zip(&mut times) {
            times.sort_unstable();
            merge.push(block(&times.iter().map(|time| (source, *time, "x")).collect::<Vec<_>>()), 0);
        }
        let mut out = merge.flush(0);
        out.extend(merge.flush(1));
        let got: Vec<_> = out.iter().flat_map(|block| block.lines()).map(|line| line.time).collect();
        let mut want: Vec<_> = times.concat();
        want.sort_unstable();
        prop_assert_eq!(got, want);
    }
}
