//! The small ones: echo, env, date, hostname, sleep and their like.

use std::time::Duration;

use chrono::{FixedOffset, Offset, Utc};

use super::{Done, Task, View, which};
use crate::pods::logs::SHANGHAI;

pub(super) fn sleep(args: &[&str]) -> Task {
    let seconds = |text: &str| {
        let digits = text.trim_end_matches(['s', 'm', 'h', 'd']);
        let unit = match text[digits.len()..].chars().next() {
            Some('m') => 60.0,
            Some('h') => 3600.0,
            Some('d') => 86_400.0,
            _ => 1.0,
        };
        digits.parse::<f64>().ok().and_then(|number| Duration::try_from_secs_f64(number * unit).ok())
    };
    match args.first() {
        None => Task::Done(Done::failed(1, "Usage: sleep N")),
        Some(text) => match seconds(text) {
            Some(time) => Task::Rest(time),
            None => Task::Done(Done::failed(1, format!("sleep: invalid number '{text}'"))),
        },
    }
}

/// What the rest of the commands print.
pub(super) fn done(view: &View, name: &str, args: &[&str]) -> Option<Done> {
    let host = &view.disk.host;
    Some(match name {
        "echo" => echo(args),
        "printf" => printf(args),
        "env" | "printenv" => env(view, args),
        "date" => date(view, args),
        "hostname" => Done::said(format!("{}\n", host.speaker().pod)),
        "whoami" => Done::said("root\n"),
        "id" => Done::said("uid=0(root) gid=0(root) groups=0(root)\n"),
        "uname" => uname(view, args),
        "pwd" => Done::said(format!("{}\n", view.folder)),
        "true" => Done::default(),
        "false" => Done { code: 1, ..Done::default() },
        "clear" => Done::said("\x1b[2J\x1b[H"),
        "stty" => stty(view, args),
        "which" => found(view, args),
        "basename" => Done::said(format!(
            "{}\n",
            args.first().and_then(|path| path.trim_end_matches('/').rsplit('/').next()).unwrap_or_default()
        )),
        "dirname" => Done::said(format!(
            "{}\n",
            args.first().and_then(|path| path.rsplit_once('/')).map_or(".", |(folder, _)| if folder.is_empty() {
                "/"
            } else {
                folder
            })
        )),
        _ => return None,
    })
}

/// Escapes as `echo -e` and `printf` have them.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('e') => out.push('\u{1b}'),
                Some('0') => out.push('\0'),
                Some('\\') => out.push('\\'),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            (c, false) => out.push(c),
        }
    }
    out
}

fn echo(args: &[&str]) -> Done {
    let flags = args.iter().take_while(|arg| matches!(**arg, "-n" | "-e" | "-ne" | "-en")).count();
    let has = |letter| args[..flags].iter().any(|flag| flag.contains(letter));
    let text = args[flags..].join(" ");
    let text = if has('e') { unescaped(&text) } else { text };
    Done::said(if has('n') { text } else { text + "\n" })
}

fn printf(args: &[&str]) -> Done {
    let Some((format, rest)) = args.split_first() else { return Done::failed(1, "usage: printf FORMAT [ARGUMENT...]") };
    let format = unescaped(format);
    let mut rest = rest.iter();
    let mut out = String::new();
    loop {
        let before = rest.len();
        formatted(&format, &mut rest, &mut out);
        // The format is used again while it takes arguments and there are some.
        if rest.len() == 0 || rest.len() == before {
            return Done::said(out);
        }
    }
}

/// One use of a format.
fn formatted<'a>(format: &str, rest: &mut impl Iterator<Item = &'a &'a str>, out: &mut String) {
    let mut format = format.chars().peekable();
    while let Some(c) = format.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = String::new();
        while let Some(flag) = format.next_if(|c| "-0123456789. ".contains(*c)) {
            flags.push(flag);
        }
        let width: usize = flags.trim_start_matches(['-', '0', ' ']).parse().unwrap_or(0);
        let width = width.min(1000);
        match format.next() {
            Some(kind @ ('s' | 'd' | 'i' | 'u' | 'c')) => {
                let text = rest.next().copied().unwrap_or(if kind == 's' || kind == 'c' { "" } else { "0" });
                *out += &if flags.starts_with('-') {
                    format!("{text:<width$}")
                } else if flags.starts_with('0') && kind != 's' {
                    format!("{text:0>width$}")
                } else {
                    format!("{text:>width$}")
                };
            }
            Some('%') => out.push('%'),
            Some(other) => out.extend(['%', other]),
            None => out.push('%'),
        }
    }
}

fn env(view: &View, args: &[&str]) -> Done {
    if let Some(name) = args.first().filter(|name| !name.contains('=')) {
        return match view.env.get(*name) {
            Some(value) => Done::said(format!("{value}\n")),
            None => Done { code: 1, ..Done::default() },
        };
    }
    Done::said(view.env.iter().map(|(name, value)| format!("{name}={value}\n")).collect::<String>())
}

fn date(view: &View, args: &[&str]) -> Done {
    let utc = args.contains(&"-u");
    let zone = if utc { None } else { FixedOffset::east_opt(SHANGHAI as i32) };
    let now = view.disk.host.now().with_timezone(&zone.unwrap_or_else(|| Utc.fix()));
    let name = if utc { "UTC" } else { "CST" };
    let format =
        args.iter().find_map(|arg| arg.strip_prefix('+')).unwrap_or("%a %b %e %H:%M:%S %Z %Y").replace("%Z", name);
    let mut items = chrono::format::StrftimeItems::new(&format);
    if items.any(|item| item == chrono::format::Item::Error) {
        return Done::failed(1, format!("date: invalid format '{format}'"));
    }
    Done::said(format!("{}\n", now.format(&format)))
}

fn uname(view: &View, args: &[&str]) -> Done {
    let pod = &view.disk.host.speaker().pod;
    Done::said(match args.first() {
        Some(&"-a") => format!("Linux {pod} 6.8.0-49-generic #49-Ubuntu SMP PREEMPT_DYNAMIC x86_64 Linux\n"),
        Some(&"-r") => "6.8.0-49-generic\n".to_owned(),
        Some(&"-n") => format!("{pod}\n"),
        Some(&"-m") => "x86_64\n".to_owned(),
        _ => "Linux\n".to_owned(),
    })
}

fn stty(view: &View, args: &[&str]) -> Done {
    match args {
        ["size"] => Done::said(format!("{} {}\n", view.rows, view.columns)),
        [] | ["-a"] => {
            Done::said(format!("speed 38400 baud; rows {}; columns {}; line = 0;\n", view.rows, view.columns))
        }
        _ => Done::default(),
    }
}

fn found(view: &View, args: &[&str]) -> Done {
    let mut done = Done::default();
    for name in args {
        match which(view.disk, name) {
            Some(path) => done.out.extend_from_slice(format!("{path}\n").as_bytes()),
            None => done.code = 1,
        }
    }
    done
}
