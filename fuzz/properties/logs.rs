//! Bytes of a log, all the way to what is seen of them.

use std::sync::Arc;

use rolldeck_core::logs::{
    Block, Decoder, Filter, Flags, Framing, Gap, Matcher, Merge, Ring, SECOND, Sign, SourceId, Sources, Term, View,
    count::{PatternOrder, Patterns},
    read::{json, raw},
};

use super::choice;

/// More bytes than this take long and find no more.
const MOST: usize = 32 << 10;
/// The longest line.
const LONGEST: usize = 512;
/// When everything comes.
const NOW: i64 = 1_700_000_000 * SECOND;

/// Whatever a source sends, and wherever it is cut: its lines are the same, none is lost, and those that a filter lets pass are those
/// that are shown. The first line is the filter.
pub fn logs(data: &[u8]) {
    let (cut, data) = choice(&data[..data.len().min(MOST)]);
    let written = data.split(|byte| *byte == b'\n').next().unwrap_or_default();
    for framing in [Framing::Plain, Framing::Stamped] {
        let whole = decoded(framing, data, data.len().max(1));
        let pieces = decoded(framing, data, usize::from(cut) + 1);
        assert_eq!(said(&whole), said(&pieces), "where the stream is cut changes nothing");
        if framing == Framing::Plain {
            let lines: Vec<Vec<u8>> =
                whole.iter().flat_map(|block| block.lines().map(|line| line.text.to_vec())).collect();
            assert_eq!(lines, split(data), "every line is there as it was");
        }
        seen(&merged(&whole), written);
    }
}

fn decoded(framing: Framing, data: &[u8], size: usize) -> Vec<Arc<Block>> {
    let mut decoder = Decoder::with_longest(SourceId(0), framing, LONGEST);
    let mut blocks = Vec::new();
    for piece in data.chunks(size) {
        decoder.feed(piece, NOW);
        blocks.append(&mut decoder.take());
    }
    decoder.finish(NOW);
    blocks.append(&mut decoder.take());
    assert!(decoder.held() <= size_of::<Block>(), "nothing is kept that was taken");
    blocks
}

type Said = Vec<(i64, Flags, Vec<u8>)>;

fn said(blocks: &[Arc<Block>]) -> Said {
    let lines = blocks.iter().flat_map(|block| block.lines());
    lines.map(|line| (line.time, line.flags, line.text.to_vec())).collect()
}

/// Lines as anybody would split them.
fn split(data: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (mut line, ended) = (&rest[..end.unwrap_or(rest.len())], end.is_some());
        rest = &rest[line.len() + usize::from(ended)..];
        while line.len() > LONGEST {
            lines.push(line[..LONGEST].to_vec());
            line = &line[LONGEST..];
        }
        lines.push(line.strip_suffix(b"\r").unwrap_or(line).to_vec());
    }
    lines
}

fn merged(blocks: &[Arc<Block>]) -> Vec<Arc<Block>> {
    let mut merge = Merge::new(SECOND);
    merge.open(SourceId(0));
    let mut all = Vec::new();
    for block in blocks {
        merge.push(block.clone(), NOW);
        all.append(&mut merge.flush(NOW));
    }
    merge.close(SourceId(0));
    all.append(&mut merge.drain());
    assert_eq!(merge.held(), 0);
    let count = |blocks: &[Arc<Block>]| blocks.iter().map(|block| block.len()).sum::<usize>();
    assert_eq!(count(&all), count(blocks), "what goes in comes out");
    all
}

fn seen(blocks: &[Arc<Block>], written: &[u8]) {
    let sources = Sources::default();
    let mut ring = Ring::new(1 << 20);
    for block in blocks {
        assert!(ring.push(block.clone()).is_empty(), "there is room for all");
    }
    let mut out = Vec::new();
    for line in ring.lines(0..ring.end()) {
        out.clear();
        json(&line, None, &mut out);
        serde_json::from_slice::<serde_json::Value>(&out).expect("an object in a line");
        raw(&line, true, &mut out);
        line.gap().as_ref().map(Gap::text);
    }
    let mut patterns = Patterns::new(Filter::default());
    while !patterns.step(&ring, &sources, 1 << 12).done {}
    assert!(patterns.list(PatternOrder::Rarest).len() as u64 <= ring.len());
    let Ok(matcher) = Matcher::parse(&String::from_utf8_lossy(written)) else { return };
    for line in ring.lines(0..ring.end()) {
        let mut at = 0;
        for hit in matcher.hits(line.text) {
            assert!(at <= hit.start && hit.start < hit.end && hit.end <= line.text.len());
            assert!(matcher.is_in(line.text));
            at = hit.end;
        }
    }
    for sign in [Sign::Include, Sign::Exclude] {
        let filter = Filter { terms: vec![Term { sign, matcher: matcher.clone() }], ..Filter::default() };
        let mut view = View::new(filter.clone(), false);
        while !view.step(&ring, &sources, 1 << 10).done {}
        let wanted = ring.lines(0..ring.end()).filter(|line| filter.passes(line, &sources)).map(|line| line.number);
        assert!(view.from(0).eq(wanted), "{:?} as {sign:?}", matcher.written());
    }
}
