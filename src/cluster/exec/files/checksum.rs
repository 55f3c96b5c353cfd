//! SHA-256, on both sides.

use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use rolldeck_core::shell::Place;

use super::script;
use crate::{
    exec::{
        channels::Closed,
        request,
        run::{Kept, carried},
    },
    writer::Way,
};

/// A large file takes its time.
const PATIENCE: Duration = Duration::from_secs(120);
/// Of the first so many bytes: a log grows meanwhile.
const SUM: &str = r#"head -c "$2" "$1" | sha256sum"#;

/// The checksum of what passes.
pub(super) struct Sum(Context);

impl Sum {
    pub(super) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// In hexadecimal.
    pub(super) fn end(self) -> String {
        self.0.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What the container computes of the first so many bytes; `None` where it cannot.
pub(super) async fn remote(way: &Way, place: &Place, path: &str, bytes: u64) -> Option<String> {
    let argv = script(SUM, [path.to_owned(), bytes.to_string()]);
    let mut kept = Kept::new(4096);
    let closed = carried(way, place, request::read_files(place, &argv, false), PATIENCE, &mut kept).await;
    matches!(closed, Ok(Some(Closed::Exit(0)))).then_some(())?;
    read(&kept.output(PATIENCE).stdout)
}

/// The sum in a line of `sha256sum`.
pub(super) fn read(line: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(line);
    let sum = text.split_whitespace().next()?.trim_start_matches('\\');
    (sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| sum.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_what_sha256sum_prints_and_nothing_else_is_one() {
        let mut sum = Sum::new();
        sum.update(b"ab");
        sum.update(b"c");
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sum.end(), known);
        assert_eq!(read(format!("{known}  -\n").as_bytes()).as_deref(), Some(known));
        assert_eq!(read(b"sh: sha256sum: not found"), None);
    }
}
