//! What the machine is busy with: ps, top, df, free, uptime.

use chrono::TimeDelta;

use super::{Done, View, list::human};
use crate::pods::{
    chance::Chance,
    logs::{SHANGHAI, busy},
    userland::disk::system::{command, load},
};

/// Processes: number, memory in KiB, CPU in percent, command.
fn processes(view: &View) -> Vec<(u32, u64, u64, String)> {
    let host = &view.disk.host;
    let mut chance = Chance::new(3).named(&host.speaker().pod).at(host.now().timestamp() / 5);
    let cpu = (busy(host.now()) * 40.0) as u64 + chance.below(20);
    let spec = host.spec();
    let debugs = host.pod["spec"]["ephemeralContainers"].as_array().into_iter().flatten();
    let alone = debugs.into_iter().any(|one| one["name"] == spec["name"]) && spec["targetContainerName"].is_null();
    // A debug container beside one that runs sees its processes, too.
    let mut all = if alone { Vec::new() } else { vec![(1, host.memory() * 1024, cpu, command(host))] };
    all.extend(host.processes.list().into_iter().map(|(pid, command)| (pid, 1716, 0, command)));
    all
}

pub(super) fn ps(view: &View) -> Done {
    let lines = processes(view).into_iter().map(|(pid, _, _, command)| format!("{pid:>5} root      0:00 {command}\n"));
    Done::said(format!("PID   USER     TIME  COMMAND\n{}", lines.collect::<String>()))
}

/// One look: with a terminal, the shell looks again and again.
pub(super) fn top(view: &View) -> Done {
    let host = &view.disk.host;
    let (limit, used) = (host.speaker().limit * 1024, host.memory() * 1024);
    let (one, five, fifteen) = load(host);
    let mut text =
        format!("Mem: {used}K used, {}K free, 0K shrd, 812K buff, 21344K cached\n", limit.saturating_sub(used));
    text += &format!("Load average: {one:.2} {five:.2} {fifteen:.2} 2/611 4029\n");
    text += "  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n";
    for (pid, size, cpu, command) in processes(view) {
        let part = size * 100 / limit.max(1);
        let parent = if pid == 1 { 0 } else { 1 };
        text += &format!("{pid:>5} {parent:>5} root     S    {size:>7} {part:>3}%   0 {cpu:>3}% {command}\n");
    }
    Done::said(text)
}

pub(super) fn df(view: &View, args: &[&str]) -> Done {
    let short = args.iter().any(|arg| arg.starts_with('-') && arg.contains('h'));
    let node = view.disk.host.pod["spec"]["nodeName"].as_str().unwrap_or_default();
    let mut chance = Chance::new(5).named(node);
    let disks = [
        ("overlay", 123 << 30, chance.between(20, 93), "/"),
        ("/dev/vdb", 40 << 30, chance.between(30, 88), "/data/logs"),
        ("tmpfs", 64 << 20, 0, "/dev"),
    ];
    let size = |bytes: u64| if short { human(bytes) } else { (bytes / 1024).to_string() };
    let head = if short {
        "Filesystem                Size      Used Available Use% Mounted on\n"
    } else {
        "Filesystem           1K-blocks      Used Available Use% Mounted on\n"
    };
    let lines = disks.map(|(name, all, part, place): (&str, u64, u64, &str)| {
        let used = all / 100 * part;
        format!("{name:<20} {:>9} {:>9} {:>9} {part:>3}% {place}\n", size(all), size(used), size(all - used))
    });
    Done::said(format!("{head}{}", lines.concat()))
}

pub(super) fn free(view: &View) -> Done {
    let (all, used) = (view.disk.host.speaker().limit * 1024, view.disk.host.memory() * 1024);
    let left = all.saturating_sub(used);
    Done::said(format!(
        "              total        used        free      shared  buff/cache   available\nMem:   {all:>12}{used:>12}{left:>12}           0           0{left:>12}\nSwap:             0           0           0\n"
    ))
}

pub(super) fn uptime(view: &View) -> Done {
    let host = &view.disk.host;
    let up = host.now() - host.source.life.started;
    let (one, five, fifteen) = load(host);
    let time = (host.now() + TimeDelta::seconds(SHANGHAI)).format("%H:%M:%S");
    Done::said(format!(
        " {time} up {} days, {:02}:{:02},  load average: {one:.2}, {five:.2}, {fifteen:.2}\n",
        up.num_days(),
        up.num_hours() % 24,
        up.num_minutes() % 60
    ))
}
