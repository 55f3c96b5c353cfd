//! Listing files: ls, du.

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

/// `-rw-r--r--`
fn mode(stat: &Stat) -> String {
    let bit = |at: u32, letter: char| if stat.mode >> at & 1 == 1 { letter } else { '-' };
    let kind = if stat.folder { 'd' } else { '-' };
    let bits = (0..9).rev().map(|at| bit(at, ['x', 'w', 'r'][at as usize % 3]));
    std::iter::once(kind).chain(bits).collect()
}

pub(super) fn ls(view: &View, args: &[&str]) -> Done {
    let args = match Arguments::read("ls", args, "laAh1tSrdRinL", "") {
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
            let owner = if args.has('n') { "0        0       " } else { "root     root    " };
            let inode = if args.has('i') { format!("{:>10} ", stat.inode) } else { String::new() };
            let line = format!(
                "{inode}{}    {links} {owner} {:>width$} {} {name}\n",
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
