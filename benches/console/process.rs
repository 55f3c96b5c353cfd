//! What the kernel says of a process.

use std::fs;

/// Ticks a second of the times in `/proc`: fixed for programs (`proc_pid_stat(5)`, `sysconf(_SC_CLK_TCK)`).
const TICKS: f64 = 100.0;

/// CPU seconds that a process and its threads have used; 0 once it is gone.
pub fn cpu(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold anything; what follows the last bracket is numbers.
    let fields: Vec<f64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0.0))
        .collect();
    (fields.get(11).unwrap_or(&0.0) + fields.get(12).unwrap_or(&0.0)) / TICKS
}

/// A field of `/proc/PID/status` in MiB: `VmRSS`, `VmHWM`.
pub fn memory(pid: u32, field: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kib: f64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0);
    kib / 1024.0
}
