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
        let user = login(
            |name| std::env::var(name).ok(),
            &read("/proc/self/status").unwrap_or_default(),
            &read("/etc/passwd").unwrap_or_default(),
        );
        let boot = read("/proc/sys/kernel/random/boot_id").map(|id| id.chars().take(8).collect::<String>());
        let space = std::fs::read_link("/proc/self/ns/pid")
            .map(|link| link.to_string_lossy().chars().filter(char::is_ascii_digit).collect::<String>());
        let world = match (boot, space) {
            (Ok(boot), Ok(space)) => format!("{boot}-{space}"),
            _ => String::new(),
        };
        let pid = std::process::id();
        // A blank may be part of the user; the other words are told from the end.
        let who = format!("{user}@{host}").replace(|c: char| c.is_whitespace() && c != ' ', "_");
        Self { who, pid, started: start_of(pid).unwrap_or(0), world }
    }

    /// Reads what [`fmt::Display`] wrote; `None` where another program wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.rsplitn(4, ' ');
        let (world, started, pid) = (words.next()?, words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some(Self { who: words.next()?.to_owned(), pid, started, world: world.to_owned() })
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

/// The operator's login: as the environment has it, else as passwd(5) has the real user id of proc(5)'s status, else `uid 0`.
fn login(variable: impl Fn(&str) -> Option<String>, status: &str, passwd: &str) -> String {
    let named = |name| variable(name).filter(|login| !login.is_empty());
    if let Some(login) = named("USER").or_else(|| named("LOGNAME")) {
        return login;
    }
    let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    let Some(uid) = ids.and_then(|ids| ids.split_whitespace().next()) else { return "unknown".to_owned() };
    let entry = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let mut logins = entry.filter(|entry| entry.get(2) == Some(&uid)).map(|entry| entry[0].to_owned());
    logins.next().filter(|login| !login.is_empty()).unwrap_or_else(|| format!("uid {uid}"))
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
    fn a_login_comes_from_the_environment_else_from_the_user_id() {
        let status = "Name:\trolldeck\nUid:\t1000\t0\t0\t0\n";
        let passwd = "root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/sh\n";
        let set = |wanted: &'static str| move |name: &str| (name == wanted).then(|| "ben".to_owned());
        assert_eq!(login(set("USER"), status, passwd), "ben");
        assert_eq!(login(set("LOGNAME"), status, passwd), "ben");
        assert_eq!(login(|_| Some(String::new()), status, passwd), "ana");
        assert_eq!(login(|_| None, status, ""), "uid 1000");
        assert_eq!(login(|_| None, "", passwd), "unknown");
    }

    #[test]
    fn a_process_of_this_host_is_known_to_run_or_to_be_gone() {
        let here = Identity::here();
        assert_eq!(Identity::parse(&here.to_string()), Some(here.clone()));
        assert_eq!(here.runs(&here), Some(true));
        let earlier = Identity { started: here.started.wrapping_sub(1), ..here.clone() };
        assert_eq!(earlier.runs(&here), Some(false), "another process had this number before");
        let blank = Identity { who: "uid 0@vm".into(), world: String::new(), ..here.clone() };
        assert_eq!(Identity::parse(&blank.to_string()), Some(blank));
        let elsewhere = Identity { world: "other".into(), ..here.clone() };
        assert_eq!(elsewhere.runs(&here), None);
    }
}
