//! What is measured.

use std::time::{Duration, Instant};

use crate::{
    Failure,
    clusters::Cluster,
    drive::Run,
    options::Options,
    plain, process,
    proxy::SLOW,
    report::{Report, bytes, median, percentile, time},
};

/// A moment for what follows the complete list: metrics, the last frames.
const SETTLE: Duration = Duration::from_secs(2);

/// Against a fleet in which nothing happens.
pub fn still(options: &Options, report: &mut Report, cluster: &dyn Cluster) -> Result<(), Failure> {
    let name = cluster.name();
    let drain = plain_reads(options, report, cluster)?;
    starts(options, report, cluster, drain)?;
    let mut run = Run::start(options, cluster, None)?;
    run.program.watch(SETTLE)?;
    let (pid, tty, net) = (run.program.pid(), run.program.bytes, run.proxy.bytes());
    report.note(&name, "resident memory", format!("{:.1} MiB", process::memory(pid, "VmRSS")));
    report.note(&name, "at its highest", format!("{:.1} MiB", process::memory(pid, "VmHWM")));
    let cpu = process::cpu(pid);
    run.program.watch(options.watch())?;
    let minutes = options.watch().as_secs_f64() / 60.0;
    let a_minute = |n: u64| bytes((n as f64 / minutes) as u64);
    report.note(&name, "idle: tty a minute", a_minute(run.program.bytes - tty));
    report.note(&name, "idle: network a minute", a_minute(run.proxy.bytes() - net));
    report.note(
        &name,
        "idle: CPU",
        format!("{:.2} %", (process::cpu(pid) - cpu) / options.watch().as_secs_f64() * 100.0),
    );
    for (what, micros) in run.leave(options)? {
        if let Some(stage) = what.strip_prefix("start ") {
            report.note(&name, &format!("start: {stage}"), time(Duration::from_micros(micros)));
        }
    }
    let slow = Run::start(options, cluster, Some(SLOW))?;
    report.note(&name, "20 Mbit/s, 100 ms: first rows", time(slow.first));
    report.note(
        &name,
        "20 Mbit/s, 100 ms: complete",
        format!("{}, {}", time(slow.complete), bytes(slow.proxy.bytes())),
    );
    slow.leave(options)?;
    Ok(())
}

/// Each way to read, thrown away. Returns the time of the watch list by protobuf, which the console uses on a fast link.
fn plain_reads(options: &Options, report: &mut Report, cluster: &dyn Cluster) -> Result<Duration, Failure> {
    let mut drain = Duration::ZERO;
    for (way, query, accept) in plain::WAYS {
        let mut times = Vec::new();
        let mut size = 0;
        for _ in 0..options.starts {
            let (took, read) = plain::read(cluster.kubeconfig(), query, accept)?;
            times.push(took);
            size = read;
        }
        let took = median(times);
        if way == "watch list, protobuf" {
            drain = took;
        }
        report.note(&cluster.name(), &format!("thrown away: {way}"), format!("{}, {}", time(took), bytes(size)));
    }
    Ok(drain)
}

fn starts(options: &Options, report: &mut Report, cluster: &dyn Cluster, drain: Duration) -> Result<(), Failure> {
    let (mut first, mut complete, mut server, mut own) = (Vec::new(), Vec::new(), 0.0, 0.0);
    let mut carried = 0;
    for _ in 0..options.starts {
        let run = Run::start(options, cluster, None)?;
        first.push(run.first);
        complete.push(run.complete);
        server += run.server;
        own += process::cpu(run.program.pid());
        carried = run.proxy.bytes();
        run.leave(options)?;
    }
    let name = cluster.name();
    let runs = options.starts as f64;
    let complete = median(complete);
    report.note(&name, "first rows", time(median(first)));
    report.note(&name, "complete list", time(complete));
    report.note(
        &name,
        "beside a watch list thrown away",
        format!("{:.2}×", complete.as_secs_f64() / drain.as_secs_f64()),
    );
    report.note(&name, "network for the start", bytes(carried));
    report.note(&name, "CPU of the start", format!("{:.2} s", own / runs));
    report.note(&name, "CPU of the start in the API server", format!("{:.2} s", server / runs));
    Ok(())
}

/// Against a fleet in which so many pods change each second.
pub fn churning(options: &Options, report: &mut Report, cluster: &dyn Cluster, rate: u32) -> Result<(), Failure> {
    let name = cluster.name();
    let at = |what: &str| format!("{rate} events/s: {what}");
    let mut run = Run::start(options, cluster, None)?;
    run.program.watch(SETTLE)?;
    let pid = run.program.pid();
    let (cpu, start, tty) = (process::cpu(pid), Instant::now(), run.program.bytes);
    run.program.watch(options.watch())?;
    let (cpu, took) = (process::cpu(pid) - cpu, start.elapsed().as_secs_f64());
    report.note(&name, &at("CPU"), format!("{:.2} %", cpu / took * 100.0));
    report.note(&name, &at("CPU seconds per 1,000 events"), format!("{:.3}", cpu / (took * f64::from(rate)) * 1000.0));
    report.note(&name, &at("tty a second"), bytes(((run.program.bytes - tty) as f64 / took) as u64));
    let mut keys = pressed(&mut run, &["j", "k"].repeat(100))?;
    let filter: Vec<&str> = "/a\u{7f}e\u{7f}o\u{7f}1\u{7f}".split("").filter(|key| !key.is_empty()).collect();
    let mut typed = pressed(&mut run, &filter.repeat(3))?;
    let mut both = |what: &str, times: &mut Vec<Duration>| {
        let figure = format!("{} / {}", time(percentile(times, 50)), time(percentile(times, 99)));
        report.note(&name, &at(what), figure);
    };
    both("key to screen, p50 / p99", &mut keys);
    both("filter key to screen, p50 / p99", &mut typed);
    run.program.keys("\u{1b}")?;
    run.program.watch(Duration::from_millis(500))?;
    let told = run.leave(options)?;
    let mut inside: Vec<_> =
        told.iter().filter(|(what, _)| what == "key").map(|(_, micros)| Duration::from_micros(*micros)).collect();
    if !inside.is_empty() {
        both("key read to bytes handed to the writer, p50 / p99", &mut inside);
    }
    Ok(())
}

/// Presses keys, and takes the time until something comes back for each.
fn pressed(run: &mut Run, keys: &[&str]) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::new();
    for key in keys {
        // What the cluster causes comes 30 times a second: a key is pressed right after it, so that what comes is its own.
        run.program.watch(Duration::from_millis(25))?;
        let start = Instant::now();
        run.program.keys(key)?;
        if let Some(at) = run.program.piece(Duration::from_secs(2))? {
            times.push(at - start);
        }
    }
    Ok(times)
}
