//! What the log view can do with lines that it has: split, stamp, level, merge and keep them; search, filter and count them.
//!
//! `cargo bench -p rolldeck-core --bench pipeline`, with a number of lines behind `--` if it is not to be a million. Nothing here passes
//! or fails: it prints a table. Everything runs on one core.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use rolldeck_core::logs::{
    Block, Decoder, Direction, Filter, Found, Framing, Level, Matcher, Merge, Nanos, Ring, Scan, Sign, SourceId,
    Sources, Term, View, count::Patterns, rfc3339, show::Wrapped,
};

/// As streams come: a read of the network.
const READ: usize = 16 << 10;
/// Bytes of a step of search or filter.
const STEP: usize = 8 << 20;
/// Lines of a big terminal.
const SCREEN: usize = 60;
/// Stands in one line, the oldest.
const NEEDLE: &str = "the needle in the haystack";

fn main() {
    let lines = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(1_000_000);
    println!("{lines} lines, one core");
    for sources in [1, 10, 100] {
        pipeline(lines, sources);
    }
    let ring = filled(lines, 10);
    let text: usize = ring.lines(0..u64::MAX).map(|line| line.text.len()).sum();
    let kept = ring.len() as f64;
    println!(
        "text {:.0} bytes a line, besides it {:.1} bytes",
        text as f64 / kept,
        (ring.bytes() - text) as f64 / kept
    );
    searches(&ring);
    filters(&ring);
    patterns(&ring);
    huge();
}

/// The shortest of five runs, for the machine does other things too.
fn best<T>(mut run: impl FnMut() -> T) -> Duration {
    (0..5).map(|_| clock(&mut run).1).min().unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn clock<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let result = black_box(run());
    (result, begin.elapsed())
}

fn row(what: &str, took: Duration, more: &str) {
    println!("{what:<58} {:>9.2} ms  {more}", took.as_secs_f64() * 1e3);
}

/// The streams of so many sources, with so many lines in all, as the API gives them.
fn streams(lines: usize, sources: usize) -> Vec<Vec<u8>> {
    let mut streams = vec![Vec::new(); sources];
    for n in 0..lines {
        let at = 1_795_420_229_000_000_000 + n as Nanos * 11_357;
        let source = (n * 7919) % sources;
        let text = text(n, source);
        streams[source].extend_from_slice(format!("{} {text}\n", rfc3339(at)).as_bytes());
    }
    streams
}

/// A line as apps write them, each source in its own way.
fn text(n: usize, source: usize) -> String {
    let level = ["info", "info", "info", "debug", "info", "warn", "info", "error"][n % 8];
    let upper = level.to_uppercase();
    let took = n % 977;
    match source % 5 {
        _ if n == 0 => format!("INFO {NEEDLE}"),
        0 => format!(
            r#"{{"level":"{level}","ts":{n}.25,"caller":"http/server.go:{took}","msg":"request served","path":"/orders/{n}","status":200,"took_ms":{took}}}"#
        ),
        1 => format!(
            "2026-11-23 07:50:29,{:03} {upper:<5} [http-nio-8080-exec-{}] c.a.shop.OrderService - order {n} took {took} ms",
            n % 1000,
            n % 32
        ),
        2 => format!(
            r#"time="2026-11-23T07:50:29Z" level={level} msg="order {n} was shipped" customer={took} warehouse=berlin-2"#
        ),
        3 => format!(
            "{}1123 07:50:29.{:06}       1 reconciler.go:{took}] Reconciled shop/order-{n} in {took}ms",
            &upper[..1],
            n % 1_000_000
        ),
        _ => format!(
            "10.0.{}.{} - - \"GET /orders/{n}?page={} HTTP/1.1\" 200 {took} \"-\" \"curl/8.5.0\"",
            n % 250,
            n % 240,
            n % 7
        ),
    }
}

fn pipeline(lines: usize, sources: usize) {
    let streams = streams(lines, sources);
    let bytes: usize = streams.iter().map(Vec::len).sum();
    let took = best(|| run(&streams));
    let rate = lines as f64 / took.as_secs_f64() / 1e6;
    let speed = bytes as f64 / took.as_secs_f64() / 1e6;
    row(&format!("pipeline, {sources} sources"), took, &format!("{rate:.2} million lines/s, {speed:.0} MB/s"));
    let took = best(|| streams.iter().enumerate().map(|(source, stream)| decoded(source, stream).len()).sum::<usize>());
    row(&format!("  of it split, stamp, level, fold, {sources} sources"), took, "");
}

fn decoded(source: usize, stream: &[u8]) -> Vec<Arc<Block>> {
    let mut decoder = Decoder::new(SourceId(u16::try_from(source).unwrap_or_default()), Framing::Stamped);
    let mut blocks = Vec::new();
    for bytes in stream.chunks(READ) {
        decoder.feed(bytes, 0);
        blocks.extend(decoder.take());
    }
    blocks
}

/// Everything, as it comes: a read of each source in turn.
fn run(streams: &[Vec<u8>]) -> Ring {
    let ids = || (0..).map(SourceId).take(streams.len());
    let mut decoders: Vec<_> = ids().map(|id| Decoder::new(id, Framing::Stamped)).collect();
    let (mut merge, mut ring) = (Merge::new(500_000_000), Ring::new(1 << 30));
    ids().for_each(|id| merge.open(id));
    let longest = streams.iter().map(Vec::len).max().unwrap_or_default();
    for (now, at) in (0..longest).step_by(READ).enumerate() {
        for (stream, decoder) in streams.iter().zip(&mut decoders) {
            let bytes = stream.get(at..stream.len().min(at + READ)).unwrap_or_default();
            decoder.feed(bytes, now as Nanos);
            decoder.take().into_iter().for_each(|block| merge.push(block, now as Nanos));
        }
        merge.flush(now as Nanos).into_iter().for_each(|block| _ = ring.push(block));
    }
    merge.drain().into_iter().for_each(|block| _ = ring.push(block));
    ring
}

fn filled(lines: usize, sources: usize) -> Ring {
    run(&streams(lines, sources))
}

fn searches(ring: &Ring) {
    let sources = Sources::default();
    let written = [NEEDLE, "The Needle", "/need[a-z]+ in/", "/[a-z]+ haystack$/", "/(ne|no)edle/i", "never written"];
    for (written, direction) in
        written.into_iter().flat_map(|text| [(text, Direction::Forward), (text, Direction::Backward)])
    {
        let matcher = Matcher::parse(written).expect("a pattern");
        let mut longest = Duration::ZERO;
        let took = best(|| {
            // From the line behind the needle, so that either way leads through all others.
            let from = if direction == Direction::Forward { 0 } else { ring.end() };
            let mut scan = Scan::new(matcher.clone(), Filter::default(), from, direction, 0);
            loop {
                let (found, step) = clock(|| scan.step(ring, &sources, STEP));
                longest = longest.max(step);
                if found != Found::Working {
                    break;
                }
            }
        });
        row(
            &format!("search {direction:?}, all lines: {written}"),
            took,
            &format!("longest step {:.1} ms", longest.as_secs_f64() * 1e3),
        );
    }
}

fn including(written: &str) -> Filter {
    let term = Term { sign: Sign::Include, matcher: Matcher::parse(written).expect("a pattern") };
    Filter { terms: vec![term], ..Filter::default() }
}

/// Types a filter several times, and tells for each key when a screenful was known at best, and when all was.
fn filters(ring: &Ring) {
    let levels = Filter { least: Some(Level::Error), ..Filter::default() };
    let typed =
        ["o", "or", "order", "order 12", "order 1234", "z", "/took \\d{3} ms$/"].map(|text| (text, including(text)));
    let keys: Vec<_> = typed.into_iter().chain([("at least an error", levels), ("none", Filter::default())]).collect();
    let mut best = vec![(Duration::MAX, Duration::MAX, 0); keys.len()];
    let mut size = 0;
    for _ in 0..5 {
        let mut view = View::new(Filter::default(), true);
        while !view.step(ring, &Sources::default(), STEP).done {}
        for ((_, filter), best) in keys.iter().zip(&mut best) {
            let (first, all) = key(ring, &mut view, filter.clone());
            *best = (best.0.min(first), best.1.min(all), view.len());
        }
        size = view.size();
    }
    for ((what, _), (first, all, lines)) in keys.iter().zip(best) {
        let more = format!("all {:.1} ms, {lines} lines pass", all.as_secs_f64() * 1e3);
        row(&format!("filter, a screenful: {what}"), first, &more);
    }
    let bits = size as f64 * 8.0 / ring.len() as f64;
    println!("a view with folded traces takes {bits:.1} bits a line");
}

fn key(ring: &Ring, view: &mut View, filter: Filter) -> (Duration, Duration) {
    let sources = Sources::default();
    let (mut first, mut all) = (None, Duration::ZERO);
    let (_, setting) = clock(|| view.set_filter(filter));
    all += setting;
    loop {
        let (progress, step) = clock(|| view.step(ring, &sources, STEP / 4));
        all += step;
        if first.is_none() && view.back_from(u64::MAX).take(SCREEN).count() == SCREEN {
            first = Some(all);
        }
        if progress.done {
            return (first.unwrap_or(all), all);
        }
    }
}

fn patterns(ring: &Ring) {
    let sources = Sources::default();
    let took = best(|| {
        let mut patterns = Patterns::new(Filter::default());
        while !patterns.step(ring, &sources, STEP).done {}
    });
    row("patterns of all lines", took, &format!("{:.2} million lines/s", ring.len() as f64 / took.as_secs_f64() / 1e6));
}

/// A line of 50 MB costs nothing to lay out.
fn huge() {
    let line = vec![b'x'; 50 << 20];
    let took = best(|| {
        let wrapped = Wrapped::new(&line, 160);
        let rows = wrapped.rows();
        (0..SCREEN).map(|row| wrapped.row(rows - SCREEN + row).len()).sum::<usize>()
    });
    row("a screenful from the end of a line of 50 MB", took, "");
}
