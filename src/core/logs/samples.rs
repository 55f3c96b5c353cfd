//! What tests of this room are made of.

use std::sync::Arc;

use super::{Block, Flags, Level, Line, SourceId, stamp::Nanos};

/// A line of source 0 at time 0.
pub(in crate::logs) fn line(text: &str) -> Line<'_> {
    line_of(0, 0, text)
}

/// A line of a source at a time.
pub(in crate::logs) fn line_of(source: u16, time: Nanos, text: &str) -> Line<'_> {
    let source = SourceId(source);
    Line { number: 0, time, source, level: Level::Unknown, flags: Flags::NONE, text: text.as_bytes() }
}

/// A block of such lines: source, time, text.
pub(in crate::logs) fn block(lines: &[(u16, Nanos, &str)]) -> Arc<Block> {
    let mut block = Block::default();
    for (source, time, text) in lines {
        block.push(line_of(*source, *time, text));
    }
    Arc::new(block)
}

/// The texts of blocks, one after another.
pub(in crate::logs) fn texts(blocks: &[Arc<Block>]) -> Vec<String> {
    let lines = blocks.iter().flat_map(|block| block.lines());
    lines.map(|line| String::from_utf8_lossy(line.text).into_owned()).collect()
}
