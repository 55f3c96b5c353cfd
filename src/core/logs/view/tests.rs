//! A view that is kept up shows what a view from scratch shows.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::logs::{
    Block, Level, Line, Sign, SourceId, Term,
    samples::{block, line_of},
};

fn filter(sign: Sign, written: &str) -> Filter {
    Filter { terms: vec![Term { sign, matcher: Matcher::parse(written).unwrap() }], ..Filter::default() }
}

fn ring(blocks: &[Arc<Block>]) -> Ring {
    let mut ring = Ring::new(1 << 20);
    blocks.iter().for_each(|block| _ = ring.push(block.clone()));
    ring
}

fn finish(view: &mut View, ring: &Ring) {
    while !view.step(ring, &Sources::default(), 1).done {}
}

fn all(view: &View) -> Vec<u64> {
    view.from(0).collect()
}

#[test]
fn lines_that_pass_are_shown_in_both_directions() {
    let ring = ring(&[block(&[(0, 1, "a"), (0, 2, "b"), (0, 3, "ab"), (0, 4, "c"), (0, 5, "a")])]);
    let mut view = View::new(filter(Sign::Include, "a"), false);
    assert_eq!(view.last(), None);
    finish(&mut view, &ring);
    assert_eq!((all(&view), view.back_from(u64::MAX).collect()), (vec![0, 2, 4], vec![4, 2, 0]));
    assert_eq!((view.len(), view.rank(3), view.nth(1), view.nth(3)), (3, 2, Some(2), None));
    assert!(view.shows(2) && !view.shows(3));
}

#[test]
fn the_newest_lines_are_known_first_and_with_an_anchor_those_around_it() {
    let big = "a".repeat(40_000);
    let blocks: Vec<_> = (0..10).map(|n| block(&[(0, n, big.as_str())])).collect();
    let ring = ring(&blocks);
    let mut view = View::new(filter(Sign::Include, "a"), false);
    let progress = view.step(&ring, &Sources::default(), 1);
    assert!(!progress.done && progress.bytes > 0);
    assert_eq!(all(&view), [9]);
    let mut view = View::new(filter(Sign::Include, "a"), false);
    view.set_anchor(Some(4));
    view.step(&ring, &Sources::default(), 100_000);
    assert_eq!(all(&view), [3, 4, 5]);
}

#[test]
fn a_filter_that_narrows_looks_only_at_what_passed() {
    let lines: Vec<_> = (0..1000).map(|n| if n % 100 == 0 { "errors are rare" } else { "all is well here" }).collect();
    let ring = ring(&[block(&lines.iter().map(|text| (0, 0, *text)).collect::<Vec<_>>())]);
    let mut view = View::new(filter(Sign::Include, "err"), false);
    let whole = view.step(&ring, &Sources::default(), usize::MAX).bytes;
    view.set_filter(filter(Sign::Include, "error"));
    assert_eq!(view.len(), 0);
    let narrowed = view.step(&ring, &Sources::default(), usize::MAX).bytes;
    assert!(narrowed < whole / 10, "{narrowed} of {whole} bytes");
    assert_eq!((view.len(), view.generation()), (10, 1));
}

#[test]
fn a_trace_is_shown_by_its_head_where_a_frame_passes() {
    let mut lines = Block::default();
    for (source, flags, text) in
        [(0, Flags::NONE, "head"), (1, Flags::NONE, "other"), (0, Flags::FOLDED, "needle"), (1, Flags::FOLDED, "frame")]
    {
        lines.push(Line { flags, ..line_of(source, 0, text) });
    }
    let ring = ring(&[lines.into()]);
    let mut view = View::new(filter(Sign::Include, "needle"), true);
    finish(&mut view, &ring);
    assert_eq!(all(&view), [0]);
    view.set_folded(false);
    finish(&mut view, &ring);
    assert_eq!(all(&view), [2]);
    view.set_filter(Filter::default());
    view.set_folded(true);
    finish(&mut view, &ring);
    assert_eq!(all(&view), [0, 1]);
}

#[test]
fn hits_are_counted_among_the_lines_that_pass_and_marks_are_none() {
    let mut lines = Block::default();
    for (flags, text) in [(Flags::NONE, "a x"), (Flags::FOLDED, "b x"), (Flags::GAP, "gap"), (Flags::NONE, "a y")] {
        lines.push(Line { flags, ..line_of(0, 0, text) });
    }
    let ring = ring(&[lines.into()]);
    let mut view = View::new(Filter::default(), true);
    finish(&mut view, &ring);
    let mut hits = view.hits(Matcher::parse("x").unwrap());
    finish(&mut hits, &ring);
    assert_eq!((all(&view), all(&hits)), (vec![0, 2, 3], vec![0, 1]));
    view.set_filter(filter(Sign::Include, "y"));
    finish(&mut view, &ring);
    assert_eq!(all(&view), [2, 3]);
}

#[test]
fn it_takes_few_bits_a_line() {
    let lines = vec![(0, 0, "a line of some length, as they are"); 2000];
    let blocks: Vec<_> = (0..50).map(|_| block(&lines)).collect();
    let mut ring = Ring::new(100 << 20);
    blocks.iter().for_each(|block| _ = ring.push(block.clone()));
    let mut view = View::new(filter(Sign::Include, "a"), true);
    finish(&mut view, &ring);
    assert!(view.size() < 100_000, "{} bytes for 100,000 lines", view.size());
}

fn lines() -> impl Strategy<Value = Vec<(u16, bool, bool, u8, String, bool)>> {
    let line = (
        0u16..3,
        prop::bool::weighted(0.4),
        prop::bool::weighted(0.05),
        0u8..7,
        "[ab]{0,3}",
        prop::bool::weighted(0.2),
    );
    prop::collection::vec(line, 0..60)
}

fn filters() -> impl Strategy<Value = Filter> {
    let term = (prop::bool::ANY, prop::sample::select(vec!["a", "ab", "aba", "b", "/^a/", "bb"])).prop_map(
        |(include, written)| {
            let sign = if include { Sign::Include } else { Sign::Exclude };
            Term { sign, matcher: Matcher::parse(written).unwrap() }
        },
    );
    let least = prop::option::of(0usize..7);
    let sources = prop::option::of(prop::collection::vec(0u16..3, 0..3));
    (prop::collection::vec(term, 0..3), least, sources).prop_map(|(terms, least, sources)| Filter {
        terms,
        least: least.map(|at| Level::ALL[at]),
        sources: sources.map(|ids| ids.into_iter().map(SourceId).collect()),
        ..Filter::default()
    })
}

/// Lines that are shown, found by looking at each.
fn naive(ring: &Ring, filter: &Filter, folded: bool) -> Vec<u64> {
    let passing = ring.lines(0..u64::MAX).filter(|line| filter.passes(line, &Sources::default()));
    let mut shown: Vec<_> = passing.map(|line| if folded { head_of(ring, line.number) } else { line.number }).collect();
    shown.sort_unstable();
    shown.dedup();
    shown
}

proptest! {
    #[test]
    fn a_view_that_is_kept_up_is_one_from_scratch(batches in prop::collection::vec(lines(), 1..8), filters in prop::collection::vec(filters(), 1..5),
        folded in prop::bool::ANY, budget in prop::sample::select(vec![1usize, 100_000, usize::MAX]), limit in prop::sample::select(vec![100_000usize, 10_000_000])) {
        let mut ring = Ring::new(limit);
        let mut view = View::new(Filter::default(), folded);
        let mut filters = filters.iter().cycle();
        let padding = "a".repeat(33_000);
        for (at, lines) in batches.iter().enumerate() {
            for (source, folded, gap, level, text, long) in lines {
                let flags = if *gap { Flags::GAP } else if *folded { Flags::FOLDED } else { Flags::NONE };
                let text = if *long { padding.as_str() } else { text.as_str() };
                let mut block = Block::default();
                block.push(Line { flags, level: Level::ALL[usize::from(*level)], ..line_of(*source, 0, text) });
                ring.push(block.into());
            }
            view.step(&ring, &Sources::default(), budget);
            if at % 2 == 1 {
                view.set_filter(filters.next().unwrap().clone());
            }
            if at % 3 == 2 {
                while !view.step(&ring, &Sources::default(), budget).done {}
                prop_assert_eq!(all(&view), naive(&ring, view.filter(), folded));
            }
        }
        while !view.step(&ring, &Sources::default(), budget).done {}
        let want = naive(&ring, view.filter(), folded);
        prop_assert_eq!(&all(&view), &want);
        prop_assert_eq!(view.len(), want.len() as u64);
        for (rank, line) in want.iter().enumerate() {
            prop_assert_eq!((view.rank(*line), view.nth(rank as u64)), (rank as u64, Some(*line)));
        }
        prop_assert!(view.back_from(u64::MAX).eq(want.iter().rev().copied()));
    }
}
