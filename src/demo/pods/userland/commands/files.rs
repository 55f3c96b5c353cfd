//! Reading and writing files: cat, head, tail, tee, zcat, mkdir, rm, touch.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::{Done, Filter, Followed, Following, Task, View, arguments::Arguments};

/// What an unpacked file may be.
const UNPACKED: u64 = 16 * 1024 * 1024;

/// Sends files through a filter, or makes it read standard input where none is named.
pub(super) fn over(view: &View, name: &str, files: &[&str], mut filter: Box<dyn Filter>) -> Task {
    if files.is_empty() || files == ["-"] {
        return Task::Filter(filter);
    }
    let mut done = Done::default();
    'files: for file in files {
        match view.disk.read(&view.path(file)) {
            Ok(bytes) => {
                for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                    if !filter.take(line, &mut done.out) {
                        break 'files;
                    }
                }
            }
            Err(why) => done.complain(format!("{name}: {file}: {why}")),
        }
    }
    let code = filter.end(&mut done.out);
    done.code = done.code.max(code);
    Task::Done(done)
}

/// Lines as they are, numbered where that is asked for.
struct Copy(Option<usize>);

impl Filter for Copy {
    fn take(&mut self, line: &[u8], out: &mut Vec<u8>) -> bool {
        if let Some(number) = &mut self.0 {
            *number += 1;
            out.extend_from_slice(format!("{number:>6}\t").as_bytes());
        }
        out.extend_from_slice(line);
        true
    }

    fn is_raw(&self) -> bool {
        self.0.is_none()
    }

    fn end(&mut self, _: &mut Vec<u8>) -> i32 {
        0
    }
}

pub(super) fn cat(view: &View, args: &[&str]) -> Task {
    match Arguments::read("cat", args, "n", "") {
        Ok(args) => over(view, "cat", &args.operands, Box::new(Copy(args.has('n').then_some(0)))),
        Err(why) => Task::Done(Done::failed(1, why)),
    }
}

pub(super) fn zcat(view: &View, args: &[&str]) -> Task {
    let mut done = Done::default();
    for file in args.iter().filter(|arg| !arg.starts_with('-')) {
        match view.disk.read(&view.path(file)) {
            Ok(bytes) if bytes.starts_with(&[0x1f, 0x8b]) => {
                if MultiGzDecoder::new(bytes.as_slice()).take(UNPACKED).read_to_end(&mut done.out).is_err() {
                    done.complain(format!("zcat: {file}: corrupted data"));
                }
            }
            Ok(_) => done.complain(format!("zcat: {file}: invalid magic")),
            Err(why) => done.complain(format!("zcat: {file}: {why}")),
        }
    }
    Task::Done(done)
}

/// So many lines or bytes from the start.
struct Head {
    lines: Option<u64>,
    bytes: u64,
}

impl Filter for Head {
    fn take(&mut self, line: &[u8], out: &mut Vec<u8>) -> bool {
        if let Some(left) = &mut self.lines {
            if *left == 0 {
                return false;
            }
            *left -= 1;
            out.extend_from_slice(line);
            return *left > 0;
        }
        let length = (line.len() as u64).min(self.bytes);
        out.extend_from_slice(&line[..length as usize]);
        self.bytes -= length;
        self.bytes > 0
    }

    fn is_raw(&self) -> bool {
        self.lines.is_none()
    }

    fn end(&mut self, _: &mut Vec<u8>) -> i32 {
        0
    }
}

/// `-5` is `-n 5`, as of old.
fn modern<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let old = |arg: &&str| arg.len() > 1 && arg[1..].bytes().all(|byte| byte.is_ascii_digit()) && arg.starts_with('-');
    args.iter().flat_map(|arg| if old(arg) { vec!["-n", &arg[1..]] } else { vec![*arg] }).collect()
}

pub(super) fn head(view: &View, args: &[&str]) -> Task {
    let args = modern(args);
    let args = match Arguments::read("head", &args, "q", "nc") {
        Ok(args) => args,
        Err(why) => return Task::Done(Done::failed(1, why)),
    };
    let bytes = args.value('c').and_then(|text| text.parse().ok());
    let lines = args.value('n').and_then(|text| text.parse().ok()).unwrap_or(10);
    if args.operands.is_empty() && (bytes == Some(0) || bytes.is_none() && lines == 0) {
        return Task::Done(Done::default());
    }
    let head = Head { lines: bytes.is_none().then_some(lines), bytes: bytes.unwrap_or(0) };
    over(view, "head", &args.operands, Box::new(head))
}

/// So many lines or bytes from the end, or all from one on.
struct Tail {
    whole: Vec<u8>,
    lines: usize,
    bytes: Option<usize>,
    from: bool,
}

/// What standard input may be before its end is looked at.
const HELD: usize = 4 * 1024 * 1024;

impl Filter for Tail {
    fn take(&mut self, line: &[u8], _: &mut Vec<u8>) -> bool {
        self.whole.extend_from_slice(line);
        if self.whole.len() > 2 * HELD && !self.from {
            self.whole.drain(..self.whole.len() - HELD);
        }
        true
    }

    fn is_raw(&self) -> bool {
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        out.extend_from_slice(last(&self.whole, self.lines, self.bytes, self.from));
        0
    }
}

/// The end of `bytes` that is asked for.
fn last(bytes: &[u8], lines: usize, of: Option<usize>, from: bool) -> &[u8] {
    if let Some(of) = of {
        let at = if from { of.saturating_sub(1).min(bytes.len()) } else { bytes.len().saturating_sub(of) };
        return &bytes[at..];
    }
    let ends = || bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    if from {
        let skip = lines.saturating_sub(1);
        let at = if skip == 0 { 0 } else { ends().nth(skip - 1).unwrap_or(bytes.len()) };
        return &bytes[at..];
    }
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut breaks = whole.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let at = if lines == 0 { bytes.len() } else { breaks.nth(lines - 1).unwrap_or(0) };
    &bytes[at..]
}

pub(super) fn tail(view: &View, args: &[&str]) -> Task {
    let args = modern(args);
    let args = match Arguments::read("tail", &args, "fFq", "ncs") {
        Ok(args) => args,
        Err(why) => return Task::Done(Done::failed(1, why)),
    };
    let number = |flag| {
        let text = args.value(flag)?;
        Some((text.trim_start_matches(['+', '-']).parse::<usize>().ok()?, text.starts_with('+')))
    };
    let bytes = number('c');
    let (lines, from) = number('n').unwrap_or((10, false));
    let from = bytes.map_or(from, |(_, from)| from);
    let bytes = bytes.map(|(bytes, _)| bytes);
    if args.operands.is_empty() || args.operands == ["-"] {
        return Task::Filter(Box::new(Tail { whole: Vec::new(), lines, bytes, from }));
    }
    let mut done = Done::default();
    let (mut files, by_name) = (Vec::new(), args.has('F'));
    let many = args.operands.len() > 1;
    for file in &args.operands {
        let path = view.path(file);
        let mut followed = Followed { name: (*file).to_owned(), path, inode: None, offset: 0 };
        match view.disk.read(&followed.path) {
            Ok(content) => {
                if many && !args.has('q') {
                    done.out.extend_from_slice(format!("==> {file} <==\n").as_bytes());
                }
                done.out.extend_from_slice(last(&content, lines, bytes, from));
                followed.inode = view.disk.stat(&followed.path).map(|stat| stat.inode);
                followed.offset = content.len() as u64;
            }
            Err("No such file or directory") => {
                done.complain(format!("tail: can't open '{file}': No such file or directory"))
            }
            Err(why) => done.complain(format!("tail: read error: {file}: {why}")),
        }
        files.push(followed);
    }
    if by_name || args.has('f') && done.code == 0 {
        return Task::Follow(Following { first: done.out, files, by_name });
    }
    Task::Done(done)
}

/// Keeps a file's new text; 0, or what the command ends with where it cannot.
type Keep = Box<dyn Fn(&str, &[u8]) -> i32 + Send>;

/// Copies what passes into files.
struct Tee {
    paths: Vec<String>,
    drafts: Vec<u8>,
    keep: Keep,
}

impl Filter for Tee {
    fn take(&mut self, line: &[u8], out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(line);
        self.drafts.extend_from_slice(line);
        self.drafts.len() < HELD
    }

    fn is_raw(&self) -> bool {
        true
    }

    fn end(&mut self, _: &mut Vec<u8>) -> i32 {
        self.paths.iter().map(|path| (self.keep)(path, &self.drafts)).max().unwrap_or(0)
    }
}

pub(super) fn tee(view: &View, args: &[&str]) -> Task {
    let args = match Arguments::read("tee", args, "a", "") {
        Ok(args) => args,
        Err(why) => return Task::Done(Done::failed(1, why)),
    };
    let append = args.has('a');
    // The files outlive the view, so they are written through a disk of the same container.
    let disk = crate::pods::userland::Disk::new(view.disk.host.clone());
    let keep = Box::new(move |path: &str, bytes: &[u8]| i32::from(disk.write(path, bytes, append).is_err()));
    let paths = args.operands.iter().map(|file| view.path(file)).collect();
    Task::Filter(Box::new(Tee { paths, drafts: Vec::new(), keep }))
}

/// Does something to each path, and complains where it cannot be done.
fn each(name: &str, verb: &str, paths: &[&str], act: impl Fn(&str) -> Result<(), &'static str>) -> Done {
    let mut done = Done::default();
    for path in paths {
        if let Err(why) = act(path) {
            done.complain(format!("{name}: can't {verb} '{path}': {why}"));
        }
    }
    done
}

pub(super) fn mkdir(view: &View, args: &[&str]) -> Done {
    let args = match Arguments::read("mkdir", args, "p", "") {
        Ok(args) => args,
        Err(why) => return Done::failed(1, why),
    };
    each("mkdir", "create directory", &args.operands, |path| {
        let path = view.path(path);
        if !args.has('p') {
            return view.disk.make_folder(&path);
        }
        let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
        ends.map(|end| &path[..end])
            .filter(|part| view.disk.stat(part).is_none())
            .try_for_each(|part| view.disk.make_folder(part))
    })
}

pub(super) fn rm(view: &View, args: &[&str]) -> Done {
    let args = match Arguments::read("rm", args, "rRf", "") {
        Ok(args) => args,
        Err(why) => return Done::failed(1, why),
    };
    each("rm", "remove", &args.operands, |path| {
        match view.disk.remove(&view.path(path), args.has('r') || args.has('R')) {
            Err("No such file or directory") if args.has('f') => Ok(()),
            other => other,
        }
    })
}

pub(super) fn touch(view: &View, args: &[&str]) -> Done {
    each("touch", "touch", args, |path| match view.disk.stat(&view.path(path)) {
        Some(_) => Ok(()),
        None => view.disk.write(&view.path(path), b"", false),
    })
}
