//! find.

use super::{Done, Task, View, list::walk};
use crate::pods::userland::disk::Stat;

pub(super) fn find(view: &View, args: &[&str]) -> Task {
    let refused = |why| Task::Done(Done::failed(1, why));
    // `( … )` stands where a name would.
    let split = args.iter().position(|arg| arg.starts_with('-') || *arg == "(").unwrap_or(args.len());
    let (places, rest) = args.split_at(split);
    let (tests, command, each) = match exec(rest) {
        Ok(read) => read,
        Err(why) => return refused(why),
    };
    let tests = tests.as_slice();
    if tests.contains(&"-printf") && !view.disk.image().is_gnu {
        return refused("find: unrecognized: -printf".to_owned());
    }
    let mut done = Done::default();
    let mut found = Vec::new();
    for place in if places.is_empty() { &["."] } else { places } {
        if view.disk.stat(&view.path(place)).is_none() {
            done.complain(format!("find: {place}: No such file or directory"));
            continue;
        }
        for path in walk(view, place) {
            match meets_any(view, &path, place, tests) {
                Ok(true) if !command.is_empty() => found.push(path),
                Ok(true) => done.out.extend_from_slice(printed(view, &path, tests).as_bytes()),
                Ok(false) => {}
                Err(why) => return refused(why),
            }
        }
    }
    let filled = |paths: &[String]| -> Vec<String> {
        let of = |word: &&str| if *word == "{}" { paths.to_vec() } else { vec![(*word).to_owned()] };
        command.iter().flat_map(of).collect()
    };
    let calls = match (command.is_empty() || found.is_empty(), each) {
        (true, _) => Vec::new(),
        (false, true) => found.chunks(1).map(filled).collect(),
        (false, false) => vec![filled(&found)],
    };
    Task::Calls(done, calls)
}

/// The tests, the command behind `-exec`, and whether it runs for each path.
fn exec<'a>(args: &[&'a str]) -> Result<(Vec<&'a str>, Vec<&'a str>, bool), String> {
    let Some(at) = args.iter().position(|arg| *arg == "-exec") else { return Ok((args.to_vec(), Vec::new(), false)) };
    let end = args[at..].iter().position(|arg| *arg == ";" || *arg == "+");
    let end = at + end.ok_or("find: -exec: no terminating \";\" or \"+\"")?;
    let tests = [&args[..at], &args[end + 1..]].concat();
    Ok((tests, args[at + 1..end].to_vec(), args[end] == ";"))
}

/// What `find` prints of a path: its line, or what `-printf` asks for.
fn printed(view: &View, path: &str, tests: &[&str]) -> String {
    let format = tests.iter().position(|test| *test == "-printf").and_then(|at| tests.get(at + 1));
    let (Some(format), Some(stat)) = (format, view.disk.stat(&view.path(path))) else { return format!("{path}\n") };
    let kind = if stat.folder { "d" } else { "f" };
    // The path comes last: what stands in a name is no field.
    format
        .replace("%y", kind)
        .replace("%m", &format!("{:o}", stat.mode))
        .replace("%i", &stat.inode.to_string())
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
            "-type" | "-xtype" => *value != "l" && stat().is_some_and(|stat| stat.folder == (*value == "d")),
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
