//! Who drives a batch: a user, a host, and one process of it.

use std::fmt;

/// One process, told apart from every other: `ana@laptop 4711 8812345 5f3c0a12-4026531836`: user, host, process, when
/// that started (clock ticks since boot), and which boot and process namespace the number is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `user@host`.
    pub who: String,
    /// Process id.
    pub pid: u32,
    /// Field 22 of /proc/PID/stat.
    pub started: u64,
    /// Boot id and process namespace: within one of these, a process id means one process. Empty where not known.
    pub world: String,
}

impl Identity {
    /// This process.
    pub fn here() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).map(|text| text.trim().to_owned());
        let host =
            read("/proc/sys/kernel/hostname").or_else(|_| std::env::var("HOSTNAME")).unwrap_or("localhost".into());
        let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or("unknown".into());
        let boot = read("/proc/sys/kernel/random/boot_id").map(|id| id.chars().take(8).collect::<String>());
        let space = std::fs::read_link("/proc/self/ns/pid")
            .map(|link| link.to_string_lossy().chars().filter(char::is_ascii_digit).collect::<String>());
        let world = match (boot, space) {
            (Ok(boot), Ok(space)) => format!("{boot}-{space}"),
            _ => String::new(),
        };
        let pid = std::process::id();
        let word = |text: String| text.replace(char::is_whitespace, "_");
        Self { who: word(format!("{user}@{host}")), pid, started: start_of(pid).unwrap_or(0), world }
    }

    /// Reads what [`fmt::Display`] wrote; `None` where another program wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (who, pid, started) = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some(Self { who: who.to_owned(), pid, started, world: words.next().unwrap_or_default().to_owned() })
    }

    /// Whether the process runs, if this process can tell.
    pub fn runs(&self, here: &Self) -> Option<bool> {
        let same_world = !self.world.is_empty() && self.world == here.world && self.host() == here.host();
        same_world.then(|| start_of(self.pid) == Some(self.started))
    }

    fn host(&self) -> &str {
        self.who.rsplit('@').next().unwrap_or_default()
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.who, self.pid, self.started, self.world)
    }
}

/// When a process started, in clock ticks since boot (proc(5), field 22 of stat; the name in parentheses may hold blanks).
fn start_of(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_of_this_host_is_known_to_run_or_to_be_gone() {
        let here = Identity::here();
        assert_eq!(Identity::parse(&here.to_string()), Some(here.clone()));
        assert_eq!(here.runs(&here), Some(true));
        let earlier = Identity { started: here.started.wrapping_sub(1), ..here.clone() };
        assert_eq!(earlier.runs(&here), Some(false), "another process had this number before");
        let elsewhere = Identity { world: "other".into(), ..here.clone() };
        assert_eq!(elsewhere.runs(&here), None);
    }
}
