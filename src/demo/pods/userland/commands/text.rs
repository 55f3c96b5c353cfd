//! Lines in, other lines out: wc, sort, uniq, cut, tr, sed.

use regex::{NoExpand, Regex};

use super::{Done, Filter, Task, View, arguments::Arguments, files::over};

/// What a filter that needs all of its input holds at most.
const HELD: usize = 16 * 1024 * 1024;

/// A filter of a state and two functions.
struct Of<S, T, E> {
    state: S,
    take: T,
    end: E,
}

impl<S, T, E> Filter for Of<S, T, E>
where
    S: Send,
    T: FnMut(&mut S, &[u8], &mut Vec<u8>) -> bool + Send,
    E: FnMut(&mut S, &mut Vec<u8>) + Send,
{
    fn take(&mut self, line: &[u8], out: &mut Vec<u8>) -> bool {
        (self.take)(&mut self.state, line, out)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        (self.end)(&mut self.state, out);
        0
    }
}

fn whole(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

fn bad(why: String) -> Task {
    Task::Done(Done::failed(1, why))
}

pub(super) fn wc(view: &View, args: &[&str]) -> Task {
    let args = match Arguments::read("wc", args, "lwcm", "") {
        Ok(args) => args,
        Err(why) => return bad(why),
    };
    let which: Vec<usize> = ["l", "w", "c"]
        .iter()
        .enumerate()
        .filter(|(_, flag)| args.has(flag.chars().next().unwrap_or('l')))
        .map(|(at, _)| at)
        .collect();
    let which = if which.is_empty() { vec![0, 1, 2] } else { which };
    let count = |bytes: &[u8]| {
        let words = String::from_utf8_lossy(bytes).split_whitespace().count();
        [bytes.iter().filter(|byte| **byte == b'\n').count(), words, bytes.len()]
    };
    let plain = args.operands.is_empty();
    let line = move |counts: &[usize; 3], name: &str| {
        let counts: Vec<String> = which
            .iter()
            .map(|at| if plain && which.len() == 1 { counts[*at].to_string() } else { format!("{:>9}", counts[*at]) })
            .collect();
        format!("{} {name}", counts.join(" ")).trim_end().to_owned() + "\n"
    };
    if plain {
        let take = move |sum: &mut [usize; 3], line: &[u8], _: &mut Vec<u8>| {
            let counts = count(line);
            (0..3).for_each(|at| sum[at] += counts[at]);
            true
        };
        let end = move |sum: &mut [usize; 3], out: &mut Vec<u8>| out.extend_from_slice(line(sum, "").as_bytes());
        return Task::Filter(Box::new(Of { state: [0; 3], take, end }));
    }
    let (mut done, mut sum) = (Done::default(), [0; 3]);
    for file in &args.operands {
        match view.disk.read(&view.path(file)) {
            Ok(bytes) => {
                let counts = count(&bytes);
                (0..3).for_each(|at| sum[at] += counts[at]);
                done.out.extend_from_slice(line(&counts, file).as_bytes());
            }
            Err(why) => done.complain(format!("wc: {file}: {why}")),
        }
    }
    if args.operands.len() > 1 {
        done.out.extend_from_slice(line(&sum, "total").as_bytes());
    }
    Task::Done(done)
}

pub(super) fn sort(view: &View, args: &[&str]) -> Task {
    let args = match Arguments::read("sort", args, "nrhu", "k") {
        Ok(args) => args,
        Err(why) => return bad(why),
    };
    let (numbers, reverse, unique) = (args.has('n') || args.has('h'), args.has('r'), args.has('u'));
    let column: usize =
        args.value('k').and_then(|text| text.split([',', '.', 'n', 'r']).next()?.parse().ok()).unwrap_or(0);
    let key = move |line: &[u8]| {
        let text = String::from_utf8_lossy(line).into_owned();
        let part = if column == 0 {
            text.clone()
        } else {
            text.split_whitespace().skip(column - 1).collect::<Vec<_>>().join(" ")
        };
        let digits: String =
            part.trim_start().chars().take_while(|c| c.is_ascii_digit() || ".-".contains(*c)).collect();
        let number = if numbers { digits.parse::<f64>().unwrap_or(0.0) } else { 0.0 };
        (number, part, text)
    };
    let take = |(lines, size): &mut (Vec<Vec<u8>>, usize), line: &[u8], _: &mut Vec<u8>| {
        lines.push(whole(line).to_vec());
        *size += line.len();
        *size < HELD
    };
    let end = move |(lines, _): &mut (Vec<Vec<u8>>, usize), out: &mut Vec<u8>| {
        let mut keyed: Vec<_> = lines.drain(..).map(|line| (key(&line), line)).collect();
        keyed.sort_by(|((a, a_part, a_text), _), ((b, b_part, b_text), _)| {
            a.total_cmp(b).then_with(|| a_part.cmp(b_part)).then_with(|| a_text.cmp(b_text))
        });
        if unique {
            keyed.dedup_by(|(_, a), (_, b)| a == b);
        }
        if reverse {
            keyed.reverse();
        }
        for (_, line) in keyed {
            out.extend_from_slice(&line);
            out.push(b'\n');
        }
    };
    over(view, "sort", &args.operands, Box::new(Of { state: (Vec::new(), 0), take, end }))
}

/// The line that repeats, and how often it did so far.
type Run = Option<(Vec<u8>, usize)>;

pub(super) fn uniq(view: &View, args: &[&str]) -> Task {
    let args = match Arguments::read("uniq", args, "cdu", "") {
        Ok(args) => args,
        Err(why) => return bad(why),
    };
    let (count, repeated, single) = (args.has('c'), args.has('d'), args.has('u'));
    let show = move |run: Run, out: &mut Vec<u8>| {
        let Some((line, times)) = run else { return };
        if repeated && times < 2 || single && times > 1 {
            return;
        }
        if count {
            out.extend_from_slice(format!("{times:>7} ").as_bytes());
        }
        out.extend_from_slice(&line);
        out.push(b'\n');
    };
    let take = move |run: &mut Run, line: &[u8], out: &mut Vec<u8>| {
        match run {
            Some((same, times)) if same == whole(line) => *times += 1,
            _ => show(run.replace((whole(line).to_vec(), 1)), out),
        }
        true
    };
    let end = move |run: &mut Run, out: &mut Vec<u8>| show(run.take(), out);
    over(view, "uniq", &args.operands, Box::new(Of { state: None, take, end }))
}

/// The fields that `-f` names: 1-based ranges.
fn ranges(text: &str) -> Vec<(usize, usize)> {
    let number = |text: &str, otherwise| text.parse().unwrap_or(otherwise);
    text.split(',')
        .map(|part| match part.split_once('-') {
            Some((low, high)) => (number(low, 1), number(high, usize::MAX)),
            None => (number(part, 1), number(part, 1)),
        })
        .collect()
}

pub(super) fn cut(view: &View, args: &[&str]) -> Task {
    let args = match Arguments::read("cut", args, "s", "dfcb") {
        Ok(args) => args,
        Err(why) => return bad(why),
    };
    let letters = args.value('c').or(args.value('b'));
    let Some(list) = letters.or(args.value('f')) else {
        return bad("cut: expected a list of bytes, characters, or fields".to_owned());
    };
    let (ranges, between) = (ranges(list), args.value('d').unwrap_or("\t").to_owned());
    let by_letter = letters.is_some();
    let take = move |(): &mut (), line: &[u8], out: &mut Vec<u8>| {
        let text = String::from_utf8_lossy(whole(line)).into_owned();
        let within = |at: usize| ranges.iter().any(|(low, high)| (*low..=*high).contains(&(at + 1)));
        let kept = if by_letter {
            text.chars().enumerate().filter(|(at, _)| within(*at)).map(|(_, c)| c).collect()
        } else if text.contains(&between) {
            text.split(&between)
                .enumerate()
                .filter(|(at, _)| within(*at))
                .map(|(_, part)| part)
                .collect::<Vec<_>>()
                .join(&between)
        } else {
            text
        };
        out.extend_from_slice(format!("{kept}\n").as_bytes());
        true
    };
    over(view, "cut", &args.operands, Box::new(Of { state: (), take, end: |(): &mut (), _: &mut Vec<u8>| {} }))
}

/// The characters of a set: `a-z`, `\n`.
fn set(text: &str) -> Vec<char> {
    let text: Vec<char> = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0").chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text.len() > at + 2 && text[at + 1] == '-' {
            out.extend(text[at]..=text[at + 2]);
            at += 3;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

pub(super) fn tr(args: &[&str]) -> Task {
    let (remove, from, to) = match args {
        ["-d", from] => (true, set(from), Vec::new()),
        [from, to] => (false, set(from), set(to)),
        _ => return bad("Usage: tr [-d] SET1 [SET2]".to_owned()),
    };
    let take = move |(): &mut (), line: &[u8], out: &mut Vec<u8>| {
        for c in String::from_utf8_lossy(line).chars() {
            match from.iter().position(|one| *one == c) {
                None => out.extend_from_slice(c.to_string().as_bytes()),
                Some(_) if remove => {}
                Some(at) => out.extend(to.get(at).or(to.last()).map(char::to_string).unwrap_or_default().bytes()),
            }
        }
        true
    };
    Task::Filter(Box::new(Of { state: (), take, end: |(): &mut (), _: &mut Vec<u8>| {} }))
}

/// `s/A/B/` with `g`, and `-n Np`, which is what logs are cut with.
pub(super) fn sed(view: &View, args: &[&str]) -> Task {
    let mut args = match Arguments::read("sed", args, "nE", "e") {
        Ok(args) => args,
        Err(why) => return bad(why),
    };
    let script = match args.value('e') {
        Some(script) => script,
        None if args.operands.is_empty() => return bad("Usage: sed [-n] SCRIPT [FILE]...".to_owned()),
        None => args.operands.remove(0),
    };
    let quiet = args.has('n');
    let none = |(): &mut (), _: &mut Vec<u8>| {};
    if let Some(rest) = script.strip_prefix('s')
        && let Some(mark) = rest.chars().next()
        && let [_, from, to, flags] = rest.split(mark).collect::<Vec<_>>().as_slice()
        && let Ok(pattern) = Regex::new(from)
    {
        let (to, all) = ((*to).to_owned(), flags.contains('g'));
        let take = move |(): &mut (), line: &[u8], out: &mut Vec<u8>| {
            let text = String::from_utf8_lossy(line);
            let text = pattern.replacen(&text, usize::from(!all), NoExpand(&to));
            out.extend_from_slice(text.as_bytes());
            true
        };
        return over(view, "sed", &args.operands, Box::new(Of { state: (), take, end: none }));
    }
    let lines =
        script.strip_suffix('p').map(|range| range.split(',').map(str::parse::<usize>).collect::<Result<Vec<_>, _>>());
    let (low, high) = match lines {
        Some(Ok(lines)) if quiet && !lines.is_empty() => (lines[0], lines[lines.len() - 1]),
        _ => return bad(format!("sed: unsupported command {script}")),
    };
    let take = move |number: &mut usize, line: &[u8], out: &mut Vec<u8>| {
        *number += 1;
        if (low..=high).contains(number) {
            out.extend_from_slice(line);
        }
        *number < high
    };
    over(view, "sed", &args.operands, Box::new(Of { state: 0, take, end: |_: &mut usize, _: &mut Vec<u8>| {} }))
}
