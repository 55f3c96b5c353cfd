//! Which lines of a source belong to the one before them.

use crate::logs::{
    level::Level,
    stamp::{Nanos, SECOND},
};

/// So many lines belong to one at most.
pub(in crate::logs) const LONGEST: u32 = 2_000;
/// A frame follows the line before it within this time.
const SOON: Nanos = 5 * SECOND;

/// What a source is in the midst of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Midst {
    #[default]
    Lines,
    /// An exception that nobody logged: the next one is another.
    Java,
    /// A panic or a dump of goroutines.
    Go,
    /// A traceback, whose exception has not come.
    Python,
    /// A traceback behind its exception: another may be chained to it.
    PythonEnd,
}

/// Follows the lines of one source, and tells which of them are frames.
#[derive(Clone, Debug, Default)]
pub(in crate::logs) struct Folder {
    midst: Midst,
    /// The level of the line that is not folded; none before the first line.
    head: Option<Level>,
    folded: u32,
    last: Nanos,
}

impl Folder {
    /// Takes the next line and the level that it says. Returns whether it is folded, and its level.
    pub(in crate::logs) fn take(&mut self, at: Nanos, text: &[u8], level: Level) -> (bool, Level) {
        let follows = self.folded < LONGEST && at.saturating_sub(self.last) <= SOON;
        self.last = at;
        if let Some(head) = self.head.filter(|_| follows)
            && self.belongs(head, text, level)
        {
            self.folded += 1;
            return (true, head);
        }
        let level = self.begin(text, level);
        (self.head, self.folded) = (Some(level), 0);
        (false, level)
    }

    /// The line goes on with the one before it, whatever it says: that was cut.
    pub(in crate::logs) fn join(&mut self) -> Level {
        self.folded += 1;
        self.head.unwrap_or_default()
    }

    /// A line that is not folded: what begins with it.
    fn begin(&mut self, text: &[u8], level: Level) -> Level {
        let starts = |with: &[u8]| text.starts_with(with);
        let (midst, level) = match text.first() {
            Some(b'p') if starts(b"panic: ") => (Midst::Go, Level::Fatal),
            Some(b'f') if starts(b"fatal error: ") => (Midst::Go, Level::Fatal),
            Some(b'g') if is_goroutine(text) => (Midst::Go, level),
            Some(b'T') if starts(b"Traceback (most recent call last):") => (Midst::Python, Level::Error),
            Some(b'E') if starts(b"Exception in thread ") => (Midst::Java, Level::Error),
            Some(byte) if byte.is_ascii_alphabetic() && level == Level::Unknown && is_exception(text) => {
                (Midst::Java, Level::Error)
            }
            _ => (Midst::Lines, level),
        };
        self.midst = midst;
        level
    }

    fn belongs(&mut self, head: Level, text: &[u8], level: Level) -> bool {
        match (self.midst, text.first()) {
            (_, Some(b' ' | b'\t')) => !is_line_of_its_own(text, level),
            (Midst::Go, _) => is_go(text),
            (Midst::Python, Some(b'T' | b'D')) if is_chained(text) => true,
            (Midst::Python, _) => {
                self.midst = Midst::PythonEnd;
                true
            }
            (Midst::PythonEnd, None) => true,
            (Midst::PythonEnd, _) if is_chained(text) => {
                self.midst = Midst::Python;
                true
            }
            (_, None) => false,
            (_, Some(b'T')) if head.is_error() && text.starts_with(b"Traceback (most") => {
                self.midst = Midst::Python;
                true
            }
            (_, Some(b'g')) if head.is_error() && is_goroutine(text) => {
                self.midst = Midst::Go;
                true
            }
            (_, Some(b'}' | b']' | b')')) => self.folded > 0 && text.len() <= 3,
            (_, Some(first)) if is_java(*first, text) => true,
            (midst, _) => midst == Midst::Lines && self.folded == 0 && head >= Level::Warn && is_exception(text),
        }
    }
}

/// An indented line that is none of a trace: some logger indents all of its lines.
fn is_line_of_its_own(text: &[u8], level: Level) -> bool {
    let first = text.trim_ascii_start().first();
    level != Level::Unknown && first.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'[')
}

fn is_java(first: u8, text: &[u8]) -> bool {
    match first {
        b'a' => text.starts_with(b"at ") && text.ends_with(b")"),
        b'C' => text.starts_with(b"Caused by: "),
        b'S' => text.starts_with(b"Suppressed: "),
        b'.' => text.starts_with(b"... ") && (text.ends_with(b" more") || text.ends_with(b" common frames omitted")),
        _ => false,
    }
}

/// `java.lang.IllegalStateException: why`, `com.acme.OrderError`.
fn is_exception(text: &[u8]) -> bool {
    let head = &text[..text.len().min(200)];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$');
    let end = head.iter().position(|byte| !is_name(byte)).unwrap_or(head.len());
    let (name, behind) = head.split_at(end);
    let ends = [&b"Exception"[..], b"Error", b"Throwable"].iter().any(|end| name.ends_with(end));
    ends && name.contains(&b'.') && (behind.is_empty() || behind[0] == b':')
}

/// `goroutine 1 [running]:`
fn is_goroutine(text: &[u8]) -> bool {
    text.starts_with(b"goroutine ") && text.ends_with(b"]:")
}

fn is_go(text: &[u8]) -> bool {
    let begins = [&b"goroutine "[..], b"created by ", b"[signal ", b"exit status ", b"panic: ", b"runtime stack:"];
    if text.is_empty() || begins.iter().any(|begin| text.starts_with(begin)) {
        return true;
    }
    // A call: `main.(*Server).run(0xc000012345, …)`.
    let call = text.iter().position(|byte| matches!(byte, b'(' | b' ')).unwrap_or(text.len());
    text.get(call) == Some(&b'(') && text.ends_with(b")")
}

fn is_chained(text: &[u8]) -> bool {
    let begins = [
        &b"Traceback (most recent call last):"[..],
        b"During handling of the above exception",
        b"The above exception was the direct cause",
    ];
    begins.iter().any(|begin| text.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::logs::level::Detector;

    /// How many lines are folded into each that is not.
    fn folds(text: &str) -> Vec<(u32, Level)> {
        let (mut folder, mut detector, mut folds) = (Folder::default(), Detector::default(), Vec::new());
        for line in text.lines() {
            let (folded, level) = folder.take(0, line.as_bytes(), detector.level(line.as_bytes()));
            match folds.last_mut().filter(|_| folded) {
                Some((count, head)) => {
                    *count += 1;
                    assert_eq!(level, *head, "a frame is as bad as its head: {line}");
                }
                None => folds.push((0, level)),
            }
        }
        folds
    }

    const JAVA: &str = "2026 ERROR c.f.Foo - failed
java.lang.IllegalStateException: no
\tat c.f.Foo.bar(Foo.java:1)
\t... 12 common frames omitted
Caused by: java.io.IOException: gone
\tat c.f.Foo.baz(Foo.java:2)
... 3 more
2026 INFO c.f.Foo - next";

    const BARE_JAVA: &str = "Exception in thread \"main\" java.lang.Error: x
\tat Main.main(Main.java)
java.lang.RuntimeException: another
\tat Main.main(Main.java)
ready";

    const GO: &str = "listening
panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.(*Server).run(0xc000012345, 0x1)
\t/app/main.go:12 +0x1d
created by main.main in goroutine 1
\t/app/main.go:5 +0x1d
exit status 2
listening again";

    const PYTHON: &str = "ERROR:root:failed
Traceback (most recent call last):
  File \"a.py\", line 1, in <module>
    f()
ValueError: x

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"a.py\", line 3, in <module>
KeyError: 'y'
INFO:root:next";

    const NODE: &str = "TypeError: x is not a function
    at f (/app/a.js:1:2)
    at Module._compile (node:internal)
{
  code: 1
}
next";

    #[rstest]
    #[case::java(JAVA, &[(6, Level::Error), (0, Level::Info)])]
    #[case::bare_java(BARE_JAVA, &[(1, Level::Error), (1, Level::Error), (0, Level::Unknown)])]
    #[case::go(GO, &[(0, Level::Unknown), (7, Level::Fatal), (0, Level::Unknown)])]
    #[case::python(PYTHON, &[(10, Level::Error), (0, Level::Info)])]
    #[case::node(NODE, &[(2, Level::Unknown), (2, Level::Unknown), (0, Level::Unknown)])]
    #[case::indented(" 1 INFO a\n 2 INFO b", &[(0, Level::Info), (0, Level::Info)])]
    #[case::first("  indented", &[(0, Level::Unknown)])]
    fn a_trace_is_folded_into_its_first_line(#[case] text: &str, #[case] want: &[(u32, Level)]) {
        assert_eq!(folds(text), want);
    }

    #[test]
    fn an_indented_line_long_after_is_a_line_of_its_own() {
        let mut folder = Folder::default();
        folder.take(0, b"a", Level::Unknown);
        assert!(folder.take(SOON, b" b", Level::Unknown).0);
        assert!(!folder.take(3 * SOON, b" c", Level::Unknown).0);
    }

    #[test]
    fn no_fold_grows_without_end() {
        let mut folder = Folder::default();
        let heads = (0..LONGEST * 2 + 2).filter(|_| !folder.take(0, b" x", Level::Unknown).0).count();
        assert_eq!(heads, 2);
    }
}
