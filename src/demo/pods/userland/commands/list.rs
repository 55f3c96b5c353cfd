//! Listing files: ls, find, du.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Done, View, arguments::Arguments};
use crate::pods::{logs::SHANGHAI, userland::disk::Stat};

/// How many paths `find` and `grep -r` visit.
const VISITED: usize = 10_000;

/// A time as `ls -l` has it.
fn date(at: DateTime<Utc>) -> String {
    (at + TimeDelta::seconds(SHANGHAI)).format("%b %e %H:%M").to_string()
}

/// `1.2K`, as `-h` has it.
pub(super) fn human(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["", "K", "M", "G"] {
        if value < 1024.0 {
            return if unit.is_empty() || value >= 10.0 {
                format!("{value:.0}{unit}")
            } else {
                format!("{value:.1}{unit}")
            };
        }
        value /= 1024.0;
    }
    format!("{value:.1}T")
}

fn mode(stat: &Stat) -> &'static str {
    match stat {
        Stat { folder: true, .. } => "drwxr-xr-x",
        Stat { program: true, .. } => "-rwxr-xr-x",
        _ => "-rw-r--r--",
    }
}

pub(super) fn ls(view: &View, args: &[&str]) -> Done {
    let args = match Arguments::read("ls", args, "laAh1tSrdR", "") {
        Ok(args) => args,
        Err(why) => return Done::failed(1, why),
    };
    let operands = if args.operands.is_empty() { vec!["."] } else { args.operands.clone() };
    let (mut done, mut files, mut folders) = (Done::default(), Vec::new(), Vec::new());
    for operand in &operands {
        match view.disk.stat(&view.path(operand)) {
            None => done.complain(format!("ls: {operand}: No such file or directory")),
            Some(stat) if stat.folder && !args.has('d') => folders.push(*operand),
            Some(stat) => files.push(((*operand).to_owned(), stat)),
        }
    }
    show(view, &args, files, &mut done.out);
    for folder in folders {
        let path = view.path(folder);
        if operands.len() > 1 {
            done.out
                .extend_from_slice(format!("{}{folder}:\n", if done.out.is_empty() { "" } else { "\n" }).as_bytes());
        }
        let names = view.disk.list(&path).unwrap_or_default();
        let inside: Vec<(String, Stat)> = names
            .into_iter()
            .filter(|name| args.has('a') || args.has('A') || !name.starts_with('.'))
            .filter_map(|name| Some((name.clone(), view.disk.stat(&format!("{}/{name}", path.trim_end_matches('/')))?)))
            .collect();
        if args.has('l') {
            let blocks: u64 = inside.iter().map(|(_, stat)| stat.size.div_ceil(4096) * 4).sum();
            done.out.extend_from_slice(format!("total {blocks}\n").as_bytes());
        }
        show(view, &args, inside, &mut done.out);
    }
    done
}

fn show(view: &View, args: &Arguments, mut entries: Vec<(String, Stat)>, out: &mut Vec<u8>) {
    if args.has('t') {
        entries.sort_by_key(|(_, stat)| std::cmp::Reverse(stat.modified));
    } else if args.has('S') {
        entries.sort_by_key(|(_, stat)| std::cmp::Reverse(stat.size));
    }
    if args.has('r') {
        entries.reverse();
    }
    let size = |stat: &Stat| if args.has('h') { human(stat.size) } else { stat.size.to_string() };
    if args.has('l') {
        let width = entries.iter().map(|(_, stat)| size(stat).len()).max().unwrap_or(0);
        for (name, stat) in &entries {
            let links = if stat.folder { 2 } else { 1 };
            let line = format!(
                "{}    {links} root     root     {:>width$} {} {name}\n",
                mode(stat),
                size(stat),
                date(stat.modified)
            );
            out.extend_from_slice(line.as_bytes());
        }
        return;
    }
    let wide = entries.iter().map(|(name, _)| name.chars().count() + 2).max().unwrap_or(2);
    let across = if args.has('1') { 1 } else { (usize::from(view.columns) / wide).max(1) };
    for row in entries.chunks(across) {
        let line: String = row.iter().map(|(name, _)| format!("{name:<wide$}")).collect();
        out.extend_from_slice(format!("{}\n", line.trim_end()).as_bytes());
    }
}

/// A path and all that is under it, in order.
pub(super) fn walk(view: &View, from: &str) -> Vec<String> {
    let (mut found, mut left) = (Vec::new(), vec![from.to_owned()]);
    while let Some(path) = left.pop() {
        let Some(stat) = view.disk.stat(&view.path(&path)).filter(|_| found.len() < VISITED) else { continue };
        if stat.folder {
            let names = view.disk.list(&view.path(&path)).unwrap_or_default();
            left.extend(names.iter().rev().map(|name| format!("{}/{name}", path.trim_end_matches('/'))));
        }
        found.push(path);
    }
    found
}

pub(super) fn find(view: &View, args: &[&str]) -> Done {
    let split = args.iter().position(|arg| arg.starts_with('-')).unwrap_or(args.len());
    let (places, tests) = args.split_at(split);
    let mut done = Done::default();
    for place in if places.is_empty() { &["."] } else { places } {
        if view.disk.stat(&view.path(place)).is_none() {
            done.complain(format!("find: {place}: No such file or directory"));
            continue;
        }
        for path in walk(view, place) {
            match meets_any(view, &path, place, tests) {
                Ok(true) => done.out.extend_from_slice(printed(view, &path, tests).as_bytes()),
                Ok(false) => {}
                Err(why) => return Done::failed(1, why),
            }
        }
    }
    done
}

/// What `find` prints of a path: its line, or what `-printf` asks for.
fn printed(view: &View, path: &str, tests: &[&str]) -> String {
    let format = tests.iter().position(|test| *test == "-printf").and_then(|at| tests.get(at + 1));
    let (Some(format), Some(stat)) = (format, view.disk.stat(&view.path(path))) else { return format!("{path}\n") };
    let (kind, mode) = match (stat.folder, stat.program) {
        (true, _) => ("d", "755"),
        (false, true) => ("f", "755"),
        (false, false) => ("f", "644"),
    };
    // The path comes last: what stands in a name is no field.
    format
        .replace("%y", kind)
        .replace("%m", mode)
        .replace("%s", &stat.size.to_string())
        .replace("%T@", &format!("{}.0", stat.modified.timestamp()))
        .replace("\\0", "\0")
        .replace("\\n", "\n")
        .replace("%p", path)
}

/// Whether `find` prints a path: tests with `-o` between them are alternatives, and the depth counts for all.
fn meets_any(view: &View, path: &str, place: &str, tests: &[&str]) -> Result<bool, String> {
    let (mut all, mut groups) = (Vec::new(), vec![Vec::new()]);
    let mut tests = tests.iter();
    while let Some(test) = tests.next() {
        match *test {
            "(" | ")" => {}
            "-o" => groups.push(Vec::new()),
            "-printf" => drop(tests.next()),
            "-maxdepth" | "-mindepth" => all.extend([*test].into_iter().chain(tests.next().copied())),
            other => groups.last_mut().expect("one group at least").push(other),
        }
    }
    if !meets(view, path, place, &all)? {
        return Ok(false);
    }
    for group in &groups {
        if meets(view, path, place, group)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a path passes all of these tests.
fn meets(view: &View, path: &str, place: &str, tests: &[&str]) -> Result<bool, String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let depth = path.trim_start_matches(place).matches('/').count();
    let mut tests = tests.iter();
    while let Some(test) = tests.next() {
        if *test == "-print" {
            continue;
        }
        let value = tests.next().ok_or_else(|| format!("find: {test}: needs a value"))?;
        let stat = || view.disk.stat(&view.path(path));
        let met = match *test {
            "-name" => crate::pods::userland::shell::matches(value, name),
            "-iname" => crate::pods::userland::shell::matches(&value.to_lowercase(), &name.to_lowercase()),
            "-type" | "-xtype" => stat().is_some_and(|stat| stat.folder == (*value == "d")),
            "-maxdepth" => value.parse::<usize>().is_ok_and(|most| depth <= most),
            "-mindepth" => value.parse::<usize>().is_ok_and(|least| depth >= least),
            "-size" => stat().is_some_and(|stat| bigger(&stat, value)),
            "-mtime" | "-mmin" => stat().is_some_and(|stat| older(view, &stat, value, *test == "-mtime")),
            other => return Err(format!("find: unrecognized: {other}")),
        };
        if !met {
            return Ok(false);
        }
    }
    Ok(true)
}

fn bigger(stat: &Stat, value: &str) -> bool {
    let digits = value.trim_start_matches(['+', '-']);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let unit = match &digits[end..] {
        "k" => 1024,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "c" => 1,
        _ => 512,
    };
    let bound = digits[..end].parse::<u64>().unwrap_or(0) * unit;
    if value.starts_with('-') { stat.size < bound } else { stat.size > bound }
}

fn older(view: &View, stat: &Stat, value: &str, days: bool) -> bool {
    let age = (view.disk.host.now() - stat.modified).num_minutes() / if days { 1440 } else { 1 };
    let bound = value.trim_start_matches(['+', '-']).parse::<i64>().unwrap_or(0);
    match value.chars().next() {
        Some('-') => age < bound,
        Some('+') => age > bound,
        _ => age == bound,
    }
}

pub(super) fn du(view: &View, args: &[&str]) -> Done {
    let args = match Arguments::read("du", args, "shak", "d") {
        Ok(args) => args,
        Err(why) => return Done::failed(1, why),
    };
    let mut done = Done::default();
    for operand in if args.operands.is_empty() { vec!["."] } else { args.operands.clone() } {
        let all = walk(view, operand);
        if all.is_empty() {
            done.complain(format!("du: {operand}: No such file or directory"));
        }
        let stats: Vec<(&String, Stat)> =
            all.iter().filter_map(|path| Some((path, view.disk.stat(&view.path(path))?))).collect();
        for (path, stat) in &stats {
            let shown = *path == operand || !args.has('s') && (stat.folder || args.has('a'));
            if shown {
                let inside = |other: &str| {
                    other == *path
                        || other
                            .strip_prefix(path.as_str())
                            .is_some_and(|rest| rest.starts_with('/') || path.ends_with('/'))
                };
                let size: u64 = stats
                    .iter()
                    .filter(|(other, _)| inside(other))
                    .map(|(_, stat)| stat.size.div_ceil(4096) * 4096)
                    .sum();
                let size = if args.has('h') { human(size) } else { (size / 1024).to_string() };
                done.out.extend_from_slice(format!("{size}\t{path}\n").as_bytes());
            }
        }
    }
    done
}
