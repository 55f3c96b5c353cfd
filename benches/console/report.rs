//! The tables, in Markdown.

use std::{collections::BTreeMap, fmt, time::Duration};

/// Rows of figures by what they tell, a column for each fleet.
#[derive(Default)]
pub struct Report {
    fleets: Vec<String>,
    rows: Vec<(String, BTreeMap<String, String>)>,
}

impl Report {
    /// Notes a figure, and says it at once: a long run may be ended early.
    pub fn note(&mut self, fleet: &str, what: &str, figure: impl Into<String>) {
        let figure = figure.into();
        eprintln!("  {what}: {figure}");
        if !self.fleets.iter().any(|known| known == fleet) {
            self.fleets.push(fleet.to_owned());
        }
        let at = self.rows.iter().position(|(known, _)| known == what).unwrap_or_else(|| {
            self.rows.push((what.to_owned(), BTreeMap::new()));
            self.rows.len() - 1
        });
        self.rows[at].1.insert(fleet.to_owned(), figure);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | {} |", self.fleets.join(" | "))?;
        writeln!(f, "| --- |{}", " ---: |".repeat(self.fleets.len()))?;
        for (what, figures) in &self.rows {
            let cells = self.fleets.iter().map(|fleet| figures.get(fleet).map_or("", String::as_str));
            writeln!(f, "| {what} | {} |", cells.collect::<Vec<_>>().join(" | "))?;
        }
        Ok(())
    }
}

/// The median of some times.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The time below which so many percent of them lie.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// `0.234 s`, `12.3 ms`.
pub fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds => format!("{:.1} ms", seconds * 1000.0),
    }
}

/// `12.3 MB`, `512 B`.
pub fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        n if n >= 1e6 => format!("{:.1} MB", n / 1e6),
        n if n >= 1e4 => format!("{:.1} kB", n / 1e3),
        n => format!("{n} B"),
    }
}
