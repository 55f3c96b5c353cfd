//! What every Linux has: `/etc`, `/proc`, `/sys`.

use std::collections::BTreeMap;

use super::{Host, tree::Content};
use crate::pods::{chance::Chance, logs::busy};

/// Puts the system's files in.
pub(super) fn fill(host: &Host, files: &mut BTreeMap<String, Content>) {
    let pod = &host.pod;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let (name, namespace) = (text(&pod["metadata"]["name"]), text(&pod["metadata"]["namespace"]));
    let address = text(&pod["status"]["podIP"]);
    let limit = host.speaker().limit;
    let cpus = cpus(host);
    let mut put = |path: &str, text: String| drop(files.insert(path.to_owned(), Content::Text(text)));
    put("/etc/os-release", OS_RELEASE.to_owned());
    put("/etc/alpine-release", "3.21.3\n".to_owned());
    put("/etc/hostname", format!("{name}\n"));
    put("/etc/hosts", format!("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n{address}\t{name}\n"));
    put(
        "/etc/resolv.conf",
        format!(
            "search {namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
        ),
    );
    put("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n".to_owned());
    put("/etc/group", "root:x:0:root\napp:x:1000:\n".to_owned());
    let (one, five, fifteen) = load(host);
    put("/proc/loadavg", format!("{one:.2} {five:.2} {fifteen:.2} 2/611 4021\n"));
    let free = limit.saturating_sub(host.memory()) * 1024;
    put(
        "/proc/meminfo",
        format!(
            "MemTotal:       {:>8} kB\nMemFree:        {free:>8} kB\nMemAvailable:   {free:>8} kB\nSwapTotal:             0 kB\n",
            limit * 1024
        ),
    );
    let up = (host.now() - host.source.life.started).num_seconds().max(0);
    put("/proc/uptime", format!("{up}.42 {}.07\n", up * cpus as i64));
    put("/proc/version", "Linux version 6.8.0-49-generic (buildd@lcy02) #49-Ubuntu SMP PREEMPT_DYNAMIC\n".to_owned());
    let processors: Vec<String> = (0..cpus)
        .map(|number| format!("processor\t: {number}\nmodel name\t: Intel(R) Xeon(R) Platinum 8369B\n"))
        .collect();
    put("/proc/cpuinfo", processors.join("\n"));
    put("/proc/1/cmdline", command(host).replace(' ', "\0"));
    put("/sys/fs/cgroup/memory.max", format!("{}\n", limit << 20));
    put("/sys/fs/cgroup/memory.current", format!("{}\n", host.memory() << 20));
    put("/sys/fs/cgroup/cpu.max", format!("{} 100000\n", cpus * 100_000));
    put("/app/VERSION", format!("{}\n", host.speaker().version));
}

const OS_RELEASE: &str = "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.21.3\nPRETTY_NAME=\"Alpine Linux v3.21\"\nHOME_URL=\"https://alpinelinux.org/\"\n";

/// The command that the container runs.
pub(crate) fn command(host: &Host) -> String {
    use crate::pods::voice::Style;
    match host.speaker().style {
        Style::Java => format!(
            "java -XX:MaxRAMPercentage=75 -Xlog:gc*:file=/data/logs/{}/gc.log -jar /app/app.jar",
            host.speaker().app
        ),
        Style::Json | Style::Colour => format!("/app/{} --config /etc/app/config.yaml", host.speaker().app),
        Style::Access => "nginx: master process nginx -g daemon off;".to_owned(),
    }
}

/// How many processors the node has.
pub(crate) fn cpus(host: &Host) -> u64 {
    let node = host.pod["spec"]["nodeName"].as_str().unwrap_or_default();
    [4, 8, 16][(Chance::new(7).named(node).bits() % 3) as usize]
}

/// The load of the node over 1, 5 and 15 minutes.
pub(crate) fn load(host: &Host) -> (f64, f64, f64) {
    let now = host.now();
    let at = |minutes: i64| {
        let then = now - chrono::TimeDelta::minutes(minutes);
        let jitter = Chance::new(11).named(&host.speaker().pod).at(then.timestamp() / 20).fraction();
        cpus(host) as f64 * busy(then) * (0.25 + 0.2 * jitter)
    };
    (at(0), at(3), at(8))
}
