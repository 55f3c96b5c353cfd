//! What a ring keeps, and what it says of the rest.

use proptest::prelude::*;

use super::*;
use crate::logs::samples::block;

#[test]
fn lines_keep_their_numbers_while_older_ones_leave_and_are_counted() {
    let mut ring = Ring::new(1 << 20);
    let text = "x".repeat(1000);
    let mut gone = 0;
    for n in 0..5000 {
        gone += ring.push(block(&[(0, n, &text)])).iter().map(|block| block.len() as u64).sum::<u64>();
        assert!(ring.bytes() <= 1 << 20);
        let last = ring.line(ring.end() - 1).unwrap();
        assert_eq!((last.number, last.time), (u64::try_from(n).unwrap(), n));
    }
    assert_eq!(ring.end(), 5000);
    assert_eq!((ring.left().lines, ring.left().bytes), (ring.first(), ring.first() * 1001));
    assert_eq!(gone, ring.first());
    assert!(ring.len() > 500 && ring.first() > 0);
    assert!(ring.line(ring.first() - 1).is_none() && ring.line(ring.end()).is_none());
    let first = ring.line(ring.first()).unwrap();
    assert_eq!(u64::try_from(first.time).unwrap(), ring.first());
}

#[test]
fn a_block_that_is_bigger_than_the_ring_is_kept_alone() {
    let mut ring = Ring::new(1000);
    ring.push(block(&[(0, 1, "a")]));
    ring.push(block(&[(0, 2, &"x".repeat(50_000))]));
    assert_eq!((ring.len(), ring.left().lines), (1, 1));
}

#[test]
fn small_blocks_are_put_together_with_little_besides_their_text() {
    let mut ring = Ring::new(1 << 30);
    for n in 0..100_000 {
        ring.push(block(&[(0, n, "0123456789012345678901234567890123456789")]));
    }
    let overhead = ring.bytes() as f64 / 100_000.0 - 40.0;
    assert!(overhead <= 24.0, "{overhead} bytes a line");
}

#[test]
fn lines_are_read_from_both_ends_of_any_range() {
    let mut ring = Ring::new(1 << 20);
    let big = "x".repeat(WHOLE);
    for n in 0..10 {
        ring.push(block(&[(0, n, "a"), (0, n, "b")]));
        ring.push(block(&[(0, n, &big)]));
    }
    for from in 0..32 {
        for to in from..34 {
            let forward: Vec<_> = ring.lines(from..to).map(|line| line.number).collect();
            let mut backward: Vec<_> = ring.lines(from..to).rev().map(|line| line.number).collect();
            backward.reverse();
            assert_eq!((&forward, &forward), (&backward, &(from..to.min(30)).collect()));
        }
    }
}

#[test]
fn a_clone_keeps_what_it_had() {
    let mut ring = Ring::new(1 << 20);
    ring.push(block(&[(0, 1, "a")]));
    let before = ring.clone();
    ring.push(block(&[(0, 2, "b")]));
    assert_eq!((before.len(), ring.len()), (1, 2));
}

#[test]
fn what_is_cleared_counts_as_left() {
    let mut ring = Ring::new(1 << 20);
    ring.push(block(&[(0, 1, "a"), (0, 2, "b")]));
    ring.clear();
    assert_eq!((ring.len(), ring.bytes(), ring.left().lines, ring.first()), (0, 0, 2, 2));
    ring.push(block(&[(0, 3, "c")]));
    assert_eq!(ring.line(2).map(|line| line.text), Some(&b"c"[..]));
}

proptest! {
    #[test]
    fn a_time_is_found_as_by_looking_at_every_line(times in prop::collection::vec(0i64..100, 1..60), chunk in 1usize..9, time in -1i64..102,
        limit in prop::sample::select(vec![200_000usize, 10 << 20])) {
        let mut ring = Ring::new(limit);
        let padding = "x".repeat(WHOLE);
        for (at, times) in times.chunks(chunk).enumerate() {
            let text = if at % 2 == 0 { "x" } else { padding.as_str() };
            ring.push(block(&times.iter().map(|time| (0, *time, text)).collect::<Vec<_>>()));
        }
        let kept = usize::try_from(ring.first()).unwrap();
        let want = times[kept..].iter().position(|at| *at >= time).map_or(ring.end(), |at| (kept + at) as u64);
        prop_assert_eq!(ring.at_time(time), want);
    }

    #[test]
    fn memory_stays_within_its_bound(blocks in prop::collection::vec((1usize..2000, 1usize..30), 1..200)) {
        let limit = 200_000;
        let mut ring = Ring::new(limit);
        for (length, lines) in blocks {
            let text = "x".repeat(length);
            ring.push(block(&vec![(0, 0, text.as_str()); lines]));
            let real: usize = ring.segments().iter().map(|segment| segment.block.size()).sum();
            prop_assert_eq!(ring.bytes(), real);
            prop_assert!(real <= limit || ring.segments().len() == 1);
        }
    }
}
