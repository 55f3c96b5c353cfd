//! Many streams at once, and what they take.

use std::{
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use tokio::{runtime::Runtime, time::timeout_at};

use crate::{Failure, Options, pods::Space, reading::Reading};

/// Lines a second of each.
const RATE: u64 = 200;

/// Memory and lines over time.
pub fn table(runtime: &Runtime, options: &Options) -> Result<String, Failure> {
    let space = Space::new(&options.kubeconfig, "many")?;
    eprintln!("{} containers start", options.streams);
    space.chatter(options.streams, RATE)?;
    let mut text = format!(
        "| {} streams followed | lines | lines/s | torn | marks of gaps | in the buffer | memory | processor |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        options.streams
    );
    runtime.block_on(async {
        let pods: Vec<String> = (0..options.streams.div_ceil(10)).map(|n| format!("chatter-{n}")).collect();
        let mut reading = Reading::open(&options.kubeconfig, &space.name, &pods, true).await?;
        let (start, mut before, used) = (Instant::now(), 0, processor()?);
        for part in 1..=6 {
            let until = start + Duration::from_secs(options.seconds) * part / 6;
            while timeout_at(until.into(), reading.next()).await.is_ok_and(|more| more) {}
            let rate = (reading.lines - before) * 6 / options.seconds.max(1);
            before = reading.lines;
            let share = (processor()? - used).as_secs_f64() / start.elapsed().as_secs_f64();
            let (lines, torn, gaps) = (reading.lines, reading.torn, reading.gaps);
            let (held, resident) = (reading.held() as f64 / 1e6, resident()? as f64 / 1e6);
            let at = start.elapsed().as_secs();
            _ = writeln!(
                text,
                "| {at} s | {lines} | {rate} | {torn} | {gaps} | {held:.1} MB | {resident:.1} MB | {:.0} % |",
                share * 100.0
            );
        }
        Ok::<_, Failure>(())
    })?;
    Ok(text)
}

/// Bytes of this process that are in memory.
fn resident() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

/// Time that this process has spent on processors, in ticks of a hundredth of a second.
fn processor() -> Result<Duration, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().ok_or("no fields")?.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}
