//! Bytes → lines, whatever happens to the stream.

use proptest::prelude::*;

use super::*;
use crate::logs::{Why, rfc3339, stamp::SECOND};

fn decoder(framing: Framing) -> Decoder {
    Decoder::new(SourceId(3), framing)
}

/// What has come out: time, flags, text.
fn taken(decoder: &mut Decoder) -> Vec<(Nanos, Flags, String)> {
    let blocks = decoder.take();
    let lines = blocks.iter().flat_map(|block| block.lines());
    lines.map(|line| (line.time, line.flags, String::from_utf8_lossy(line.text).into_owned())).collect()
}

#[test]
fn the_time_of_the_api_is_taken_off_the_line() {
    let mut decoder = decoder(Framing::Stamped);
    decoder.feed(b"1970-01-01T00:00:01.5Z ERROR a\r\n1970-01-01T00:00:02Z \n1970-01-01T00:00:03Z\n", 9);
    let blocks = decoder.take();
    let lines: Vec<_> = blocks[0].lines().collect();
    assert_eq!((lines[0].time, lines[0].text, lines[0].level), (1_500_000_000, &b"ERROR a"[..], Level::Error));
    assert_eq!((lines[1].time, lines[1].text, lines[1].source), (2 * SECOND, &b""[..], SourceId(3)));
    assert_eq!((lines[2].time, lines[2].text), (3 * SECOND, &b""[..]));
}

#[test]
fn what_the_kubelet_says_without_a_time_is_kept_as_it_is() {
    let mut decoder = decoder(Framing::Stamped);
    decoder.feed(b"failed to watch the log\n1970-01-01T00:00:01Z a\nunexpected end\n", 9);
    let want = [
        (9, Flags::ARRIVAL, "failed to watch the log".into()),
        (SECOND, Flags::NONE, "a".into()),
        (SECOND, Flags::NONE, "unexpected end".into()),
    ];
    assert_eq!(taken(&mut decoder), want);
}

#[test]
fn a_file_keeps_its_lines_whole_and_takes_their_time_where_they_have_one() {
    let mut decoder = decoder(Framing::Plain);
    decoder.feed(b"no time\n1970-01-01T00:00:01Z a\n\tat x\n", 9);
    let want = [
        (9, Flags::ARRIVAL, "no time".into()),
        (SECOND, Flags::NONE, "1970-01-01T00:00:01Z a".into()),
        (SECOND, Flags::FOLDED, "\tat x".into()),
    ];
    assert_eq!(taken(&mut decoder), want);
}

#[test]
fn parts_that_carry_their_own_time_become_one_line() {
    let part = "x".repeat(2 * PART);
    let times = ["1970-01-01T00:00:01.000000001Z", "1970-01-01T00:00:01.000000002Z", "1970-01-01T00:00:01.1Z"];
    let line = format!("{} {part}{} {part}{} end\n", times[0], times[1], times[2]);
    let mut decoder = decoder(Framing::Stamped);
    decoder.feed(line.as_bytes(), 0);
    assert_eq!(taken(&mut decoder), [(SECOND + 1, Flags::NONE, format!("{part}{part}end"))]);
}

#[test]
fn a_line_that_is_too_long_goes_on_in_the_next_and_is_one_line_folded() {
    let mut decoder = Decoder::with_longest(SourceId(0), Framing::Stamped, 30);
    decoder.feed(b"1970-01-01T00:00:01Z ERROR 6789012345678901234567890\n1970-01-01T00:00:02Z b\n", 0);
    let want = [
        (SECOND, Flags::CUT, "ERROR 678".into()),
        (SECOND, Flags::FOLDED, "9012345678901234567890".into()),
        (2 * SECOND, Flags::NONE, "b".into()),
    ];
    assert_eq!(taken(&mut decoder), want);
}

#[test]
fn a_huge_line_is_one_line() {
    let mut decoder = decoder(Framing::Stamped);
    decoder.feed(b"1970-01-01T00:00:01Z ", 0);
    for _ in 0..50 {
        decoder.feed(&vec![b'x'; 1 << 20], 0);
    }
    assert!(decoder.take().is_empty());
    decoder.feed(b"\n1970-01-01T00:00:02Z y\n", 0);
    let lengths: Vec<_> = taken(&mut decoder).iter().map(|(_, _, text)| text.len()).collect();
    assert_eq!(lengths, [50 << 20, 1]);
    assert!(decoder.held() < 1 << 20);
}

#[test]
fn a_stream_that_ends_in_the_midst_of_a_line_says_so() {
    let mut decoder = decoder(Framing::Plain);
    decoder.feed(b"whole\nhal", 1);
    decoder.finish(2);
    decoder.finish(3);
    assert_eq!(
        taken(&mut decoder),
        [(1, Flags::ARRIVAL, "whole".into()), (2, Flags::ARRIVAL.with(Flags::OPEN), "hal".into())]
    );
}

#[test]
fn lines_of_a_file_are_of_the_time_that_they_tell() {
    let mut decoder = decoder(Framing::Plain);
    decoder.feed(b"1970-01-01T01:00:05,5+01:00 ERROR x\n\tat y\n1970-01-01T01:00:07+01:00 z\n", 9);
    assert_eq!(
        taken(&mut decoder),
        [
            (5_500_000_000, Flags::NONE, "1970-01-01T01:00:05,5+01:00 ERROR x".into()),
            (5_500_000_000, Flags::FOLDED, "\tat y".into()),
            (7_000_000_000, Flags::NONE, "1970-01-01T01:00:07+01:00 z".into()),
        ]
    );
}

#[test]
fn lines_that_name_no_zone_are_of_their_arrival_until_it_has_shown() {
    let mut decoder = decoder(Framing::Plain);
    decoder.feed(b"1970-01-01 07:50:00,0 long ago\n", 5 * SECOND);
    decoder.feed(b"1970-01-01 08:00:10,0 a\n", 10 * SECOND);
    decoder.feed(b"1970-01-01 08:00:13,5 b\n\tat y\n", 14 * SECOND);
    assert_eq!(
        taken(&mut decoder),
        [
            (5 * SECOND, Flags::ARRIVAL, "1970-01-01 07:50:00,0 long ago".into()),
            (10 * SECOND, Flags::ARRIVAL, "1970-01-01 08:00:10,0 a".into()),
            (13_500_000_000, Flags::ZONELESS, "1970-01-01 08:00:13,5 b".into()),
            (13_500_000_000, Flags::FOLDED, "\tat y".into()),
        ]
    );
}

#[test]
fn after_a_reconnect_only_what_is_new_comes_out() {
    let mut decoder = decoder(Framing::Stamped);
    decoder.feed(b"1970-01-01T00:00:05.1Z a\n1970-01-01T00:00:05.2Z b\n1970-01-01T00:00:05.3Z c cut in its mi", 0);
    assert_eq!(decoder.reconnect(), Some(4 * SECOND));
    decoder.feed(b"1970-01-01T00:00:05.1Z a\n1970-01-01T00:00:05.2Z b\n1970-01-01T00:00:05.3Z c whole\n", 0);
    let texts: Vec<_> = taken(&mut decoder).into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(texts, ["a", "b", "c whole"]);
}

#[test]
fn after_a_rotation_a_gap_stands_before_what_comes() {
    let mut decoder = decoder(Framing::Stamped);
    decoder.feed(b"1970-01-01T00:00:05Z a\n", 0);
    decoder.reconnect();
    decoder.feed(b"1970-01-01T00:00:09Z b\n", 0);
    let blocks = decoder.take();
    let gaps: Vec<_> = blocks.iter().flat_map(|block| block.lines()).map(|line| line.gap()).collect();
    let gap = Gap { from: 5 * SECOND, to: 9 * SECOND, count: None, why: Why::Rotated };
    assert_eq!(gaps, [None, Some(gap), None]);
}

#[test]
fn blocks_are_closed_before_they_grow_too_big() {
    let mut decoder = decoder(Framing::Plain);
    for _ in 0..20_000 {
        decoder.feed(b"0123456789012345678901234567890123456789\n", 0);
    }
    let blocks = decoder.take();
    assert!(blocks.iter().all(|block| block.len() <= LINES && block.text_len() <= BYTES));
    assert_eq!(blocks.iter().map(|block| block.len()).sum::<usize>(), 20_000);
}

proptest! {
    #[test]
    fn any_cut_of_the_stream_gives_the_same_lines(
        lines in prop::collection::vec((0i64..3_000_000_000, "[a-z \t{}\"]{0,12}"), 0..30), cuts in prop::collection::vec(0usize..600, 0..20)) {
        let stream: String = lines.iter().map(|(at, text)| format!("{} {text}\n", rfc3339(*at))).collect();
        let mut whole = decoder(Framing::Stamped);
        whole.feed(stream.as_bytes(), 0);
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(stream.len())).chain([0, stream.len()]).collect();
        cuts.sort_unstable();
        let mut cut_up = decoder(Framing::Stamped);
        let got: Vec<_> = cuts.windows(2).flat_map(|cut| {
            cut_up.feed(&stream.as_bytes()[cut[0]..cut[1]], 0);
            taken(&mut cut_up)
        }).collect();
        prop_assert_eq!(got.len(), lines.len());
        prop_assert_eq!(got, taken(&mut whole));
    }
}
