//! What files are, and what becomes of them: stat, chmod, mv, cp; and seq.

use super::{Done, View, arguments::Arguments};
use crate::pods::userland::disk::Stat;

pub(super) fn stat(view: &View, args: &[&str]) -> Done {
    let args = match Arguments::read("stat", args, "Lt", "c") {
        Ok(args) => args,
        Err(why) => return Done::failed(1, why),
    };
    let format = args.value('c').unwrap_or("  File: %n\n  Size: %s\tInode: %i\nAccess: (0%a)\nModify: %Y");
    let mut done = Done::default();
    for path in &args.operands {
        match view.disk.stat(&view.path(path)) {
            Some(stat) => done.out.extend_from_slice((filled(format, path, &stat) + "\n").as_bytes()),
            None => done.complain(format!("stat: can't stat '{path}': No such file or directory")),
        }
    }
    done
}

/// A format of `stat` with what it asks for.
fn filled(format: &str, path: &str, stat: &Stat) -> String {
    let mut out = String::new();
    let mut chars = format.chars();
    let kind = if stat.folder { 0o040_000 } else { 0o100_000 };
    while let Some(c) = chars.next() {
        match (c, (c == '%').then(|| chars.next()).flatten()) {
            (c, None) => out.push(c),
            (_, Some('i')) => out += &stat.inode.to_string(),
            (_, Some('s')) => out += &stat.size.to_string(),
            (_, Some('Y')) => out += &stat.modified.timestamp().to_string(),
            (_, Some('n')) => out += path,
            (_, Some('a')) => out += &format!("{:o}", stat.mode),
            (_, Some('f')) => out += &format!("{:x}", kind | stat.mode),
            (_, Some('u' | 'g')) => out.push('0'),
            (_, Some('F')) => out += if stat.folder { "directory" } else { "regular file" },
            (_, Some(other)) => out.extend(['%', other]),
        }
    }
    out
}

pub(super) fn chmod(view: &View, args: &[&str]) -> Done {
    let Some((wanted, paths)) = args.split_first() else { return Done::failed(1, "Usage: chmod MODE FILE...") };
    let mut done = Done::default();
    for path in paths {
        let whole = view.path(path);
        let Some(stat) = view.disk.stat(&whole) else {
            done.complain(format!("chmod: {path}: No such file or directory"));
            continue;
        };
        let mode = match *wanted {
            "+x" | "a+x" => Some(stat.mode | 0o111),
            "-x" | "a-x" => Some(stat.mode & !0o111),
            text => u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o7777),
        };
        let Some(mode) = mode else { return Done::failed(1, format!("chmod: invalid mode '{wanted}'")) };
        if let Err(why) = view.disk.set_mode(&whole, mode) {
            done.complain(format!("chmod: {path}: {why}"));
        }
    }
    done
}

/// `cp` and `mv` of single files, to a name or into a folder.
pub(super) fn copy(view: &View, name: &str, args: &[&str]) -> Done {
    let args = match Arguments::read(name, args, "fipan", "") {
        Ok(args) => args,
        Err(why) => return Done::failed(1, why),
    };
    let Some((to, from)) = args.operands.split_last().filter(|(_, from)| !from.is_empty()) else {
        return Done::failed(1, format!("Usage: {name} SOURCE... DEST"));
    };
    let mut done = Done::default();
    for from in from {
        let source = view.path(from);
        let mut target = view.path(to);
        if view.disk.stat(&target).is_some_and(|stat| stat.folder) {
            target = format!("{}/{}", target.trim_end_matches('/'), source.rsplit('/').next().unwrap_or_default());
        }
        let moved = match name {
            "mv" => view.disk.rename(&source, &target),
            _ => view.disk.read(&source).and_then(|bytes| {
                let mode = view.disk.stat(&source).map_or(0o644, |stat| stat.mode);
                view.disk.put(&target, bytes, mode)
            }),
        };
        if let Err(why) = moved {
            done.complain(format!("{name}: can't {} '{from}': {why}", if name == "mv" { "rename" } else { "copy" }));
        }
    }
    done
}

/// `seq [FIRST] LAST`
pub(super) fn seq(args: &[&str]) -> Done {
    let numbers: Option<Vec<i64>> = args.iter().map(|arg| arg.parse().ok()).collect();
    let (first, last) = match numbers.as_deref() {
        Some([last]) => (1, *last),
        Some([first, last]) => (*first, *last),
        _ => return Done::failed(1, "Usage: seq [FIRST] LAST"),
    };
    Done::said(
        (first..=last.min(first.saturating_add(1_000_000))).map(|number| format!("{number}\n")).collect::<String>(),
    )
}
