//! grep.

use regex::{Regex, RegexBuilder};

use super::{Done, Filter, Task, View, arguments::Arguments, list::walk};
use crate::pods::userland::commands::files::over;

/// A pattern of `grep`, basic or extended, as a regular expression. It takes time in proportion to the text.
fn pattern(text: &str, extended: bool, fixed: bool, fold: bool) -> Result<Regex, String> {
    let expression = match (fixed, extended) {
        (true, _) => regex::escape(text),
        (false, true) => text.to_owned(),
        (false, false) => basic(text),
    };
    RegexBuilder::new(&expression).case_insensitive(fold).build().map_err(|_| format!("grep: bad regex '{text}'"))
}

/// A basic expression as an extended one: `+?(){}|` mean themselves unless a backslash stands before them.
fn basic(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if !class => match chars.next() {
                Some(next) if "+?(){}|".contains(next) => out.push(next),
                Some(next) => out.extend(['\\', next]),
                None => out.push_str("\\\\"),
            },
            '+' | '?' | '(' | ')' | '{' | '}' | '|' if !class => out.extend(['\\', c]),
            '*' if out.is_empty() || out == "^" => out.push_str("\\*"),
            c => {
                class = c == '[' || class && c != ']';
                out.push(c);
            }
        }
    }
    out
}

#[derive(Clone)]
struct Grep {
    patterns: Vec<Regex>,
    invert: bool,
    number: bool,
    count: bool,
    quiet: bool,
    before: String,
    most: usize,
    seen: usize,
    met: usize,
}

impl Filter for Grep {
    fn take(&mut self, line: &[u8], out: &mut Vec<u8>) -> bool {
        self.seen += 1;
        let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line));
        if self.patterns.iter().any(|pattern| pattern.is_match(&text)) == self.invert {
            return true;
        }
        self.met += 1;
        if !self.count && !self.quiet {
            out.extend_from_slice(self.before.as_bytes());
            if self.number {
                out.extend_from_slice(format!("{}:", self.seen).as_bytes());
            }
            out.extend_from_slice(text.as_bytes());
            out.push(b'\n');
        }
        self.met < self.most && !self.quiet
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        if self.count {
            out.extend_from_slice(format!("{}{}\n", self.before, self.met).as_bytes());
        }
        i32::from(self.met == 0)
    }
}

pub(super) fn grep(view: &View, args: &[&str]) -> Task {
    let mut args = match Arguments::read("grep", args, "ivnrRcEFqhHlao", "em") {
        Ok(args) => args,
        Err(why) => return Task::Done(Done::failed(2, why)),
    };
    let mut texts: Vec<&str> = args.all('e').collect();
    if texts.is_empty() {
        if args.operands.is_empty() {
            return Task::Done(Done::failed(2, "Usage: grep [-ivnrcEFq] PATTERN [FILE]..."));
        }
        texts.push(args.operands.remove(0));
    }
    let read = texts.iter().map(|text| pattern(text, args.has('E'), args.has('F'), args.has('i')));
    let patterns = match read.collect::<Result<Vec<_>, _>>() {
        Ok(patterns) => patterns,
        Err(why) => return Task::Done(Done::failed(2, why)),
    };
    let grep = Grep {
        patterns,
        invert: args.has('v'),
        number: args.has('n'),
        count: args.has('c'),
        quiet: args.has('q'),
        before: String::new(),
        most: args.value('m').and_then(|text| text.parse().ok()).unwrap_or(usize::MAX),
        seen: 0,
        met: 0,
    };
    let deep = args.has('r') || args.has('R');
    if deep && args.operands.is_empty() {
        args.operands.push(".");
    }
    if !deep && args.operands.len() < 2 && !args.has('H') && !args.has('l') {
        return over(view, "grep", &args.operands, Box::new(grep));
    }
    Task::Done(many(view, &args, deep, &grep))
}

/// grep over several files, each line told where it is from.
fn many(view: &View, args: &Arguments, deep: bool, grep: &Grep) -> Done {
    let mut done = Done::default();
    let mut met = false;
    for operand in &args.operands {
        let files = if deep { walk(view, operand) } else { vec![(*operand).to_owned()] };
        for file in
            files.iter().filter(|file| !deep || view.disk.stat(&view.path(file)).is_some_and(|stat| !stat.folder))
        {
            let bytes = match view.disk.read(&view.path(file)) {
                Ok(bytes) => bytes,
                Err(why) => {
                    done.complain(format!("grep: {file}: {why}"));
                    continue;
                }
            };
            let mut one = grep.clone();
            one.before = if args.has('h') { String::new() } else { format!("{file}:") };
            one.quiet |= args.has('l');
            let mut out = Vec::new();
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                if !one.take(line, &mut out) {
                    break;
                }
            }
            let code = one.end(&mut out);
            met |= code == 0;
            if args.has('l') && code == 0 {
                out = format!("{file}\n").into_bytes();
            }
            done.out.extend_from_slice(&out);
        }
    }
    done.code = if done.code != 0 { 2 } else { i32::from(!met) };
    done
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ERROR", false, "2026 ERROR x", true)]
    #[case("^ERROR", false, "2026 ERROR x", false)]
    #[case("x$", false, "2026 ERROR x", true)]
    #[case("a|b+c", true, "zbbbc", true)]
    #[case("a\\|b", false, "b", true)]
    #[case("[0-9]* ms", false, "in 34 ms", true)]
    #[case("5[0-9][0-9]", false, "status 503", true)]
    #[case("签收.*王", false, "已签收，收货人：王伟", true)]
    #[case("a+b", false, "a+b", true)]
    fn patterns_are_those_of_grep(
        #[case] pattern: &str,
        #[case] extended: bool,
        #[case] line: &str,
        #[case] met: bool,
    ) {
        assert_eq!(super::pattern(pattern, extended, false, false).unwrap().is_match(line), met);
    }

    #[test]
    fn case_is_folded_where_asked() {
        assert!(pattern("error", false, false, true).unwrap().is_match("An ERROR"));
        assert!(!pattern("error", false, false, false).unwrap().is_match("An ERROR"));
    }
}
