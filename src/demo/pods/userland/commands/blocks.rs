//! Bytes as they are: dd, sha256sum.

use aws_lc_rs::digest::{Context, SHA256};

use super::{Done, Filter, Task, View};

/// What one call of `dd` reads at most.
const MOST: u64 = 64 * 1024 * 1024;

/// What `dd` was asked for.
struct Wanted<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    block: u64,
    count: Option<u64>,
    skip: u64,
    quiet: bool,
}

impl<'a> Wanted<'a> {
    fn read(args: &[&'a str]) -> Result<Self, String> {
        let mut wanted = Self { from: None, to: None, block: 512, count: None, skip: 0, quiet: false };
        let mut skips_bytes = false;
        for arg in args {
            let (name, value) = arg.split_once('=').ok_or_else(|| format!("dd: unrecognized operand '{arg}'"))?;
            let number = || bytes(value).ok_or_else(|| format!("dd: invalid number '{value}'"));
            match name {
                "if" => wanted.from = Some(value),
                "of" => wanted.to = Some(value),
                "bs" => wanted.block = number()?.clamp(1, MOST),
                "count" => wanted.count = Some(number()?),
                "skip" => wanted.skip = number()?,
                "iflag" => skips_bytes = value.split(',').any(|flag| flag == "skip_bytes"),
                "status" => wanted.quiet = value == "none",
                "conv" | "oflag" => {}
                _ => return Err(format!("dd: unrecognized operand '{arg}'")),
            }
        }
        if !skips_bytes {
            wanted.skip = wanted.skip.saturating_mul(wanted.block);
        }
        Ok(wanted)
    }
}

/// `12`, `4k`, `1M`.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(['k', 'K', 'M', 'B', 'c']);
    let unit = match &text[digits.len()..] {
        "" | "c" => 1,
        "k" | "K" => 1 << 10,
        "M" => 1 << 20,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

pub(super) fn dd(view: &View, args: &[&str]) -> Task {
    let wanted = match Wanted::read(args) {
        Ok(wanted) => wanted,
        Err(why) => return Task::Done(Done::failed(1, why)),
    };
    let most = wanted.count.map_or(MOST, |count| count.saturating_mul(wanted.block)).min(MOST);
    let (skip, length) = (usize::try_from(wanted.skip).unwrap_or(usize::MAX), usize::try_from(most).unwrap_or(0));
    let mut done = Done::default();
    let taken = match wanted.from {
        Some("/dev/zero") => vec![0; length],
        Some(path) => match view.disk.read(&view.path(path)) {
            Ok(whole) => {
                let rest = whole.get(skip..).unwrap_or_default();
                rest[..rest.len().min(length)].to_vec()
            }
            Err(why) => return Task::Done(Done::failed(1, format!("dd: can't open '{path}': {why}"))),
        },
        None => return super::files::head(view, &["-c", &most.to_string()]),
    };
    if !wanted.quiet {
        let (whole, part) =
            (taken.len() as u64 / wanted.block, u64::from(!(taken.len() as u64).is_multiple_of(wanted.block)));
        for way in ["in", "out"] {
            done.err.extend_from_slice(format!("{whole}+{part} records {way}\n").as_bytes());
        }
        let size = taken.len();
        done.err.extend_from_slice(format!("{size} bytes ({size}B) copied, 0.000102 seconds\n").as_bytes());
    }
    match wanted.to {
        Some(path) => {
            if let Err(why) = view.disk.write(&view.path(path), &taken, false) {
                done = Done::failed(1, format!("dd: can't open '{path}': {why}"));
            }
        }
        None => done.out = taken,
    }
    Task::Done(done)
}

/// The checksum of what passes.
struct Sum(Context);

fn hex(sum: Context) -> String {
    sum.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Filter for Sum {
    fn take(&mut self, block: &[u8], _: &mut Vec<u8>) -> bool {
        self.0.update(block);
        true
    }

    fn is_raw(&self) -> bool {
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        out.extend_from_slice(format!("{}  -\n", hex(self.0.clone())).as_bytes());
        0
    }
}

pub(super) fn sha256sum(view: &View, args: &[&str]) -> Task {
    if args.is_empty() || args == ["-"] {
        return Task::Filter(Box::new(Sum(Context::new(&SHA256))));
    }
    let mut done = Done::default();
    for file in args.iter().filter(|arg| !arg.starts_with('-')) {
        match view.disk.read(&view.path(file)) {
            Ok(bytes) => {
                let mut sum = Context::new(&SHA256);
                sum.update(&bytes);
                done.out.extend_from_slice(format!("{}  {file}\n", hex(sum)).as_bytes());
            }
            Err(why) => done.complain(format!("sha256sum: can't open '{file}': {why}")),
        }
    }
    Task::Done(done)
}
