//! Logs of the demo's containers: numbered lines over a killed server, 100 MB of them, and what is left after a rotation.

use std::io::{Read, Write};

use rolldeck_cluster::logs::{Hub, Wanted, open};
use rolldeck_core::{
    kept::Name,
    logs::{Begin, LogsOf, Told},
};
use serde_json::json;
use tokio::{sync::mpsc, time::timeout};

use super::{PATIENCE, Stage};

/// The numbers of the lines that were told to be said.
struct Numbers {
    _hub: Hub,
    told: mpsc::Receiver<Vec<Told>>,
    seen: Vec<u64>,
    gaps: usize,
}

impl Numbers {
    async fn until(&mut self, count: usize) {
        let listen = async {
            while self.seen.len() < count {
                let Some(batch) = self.told.recv().await else { return };
                let blocks =
                    batch.iter().filter_map(|told| if let Told::Lines(blocks) = told { Some(blocks) } else { None });
                for line in blocks.flatten().flat_map(|block| block.lines()) {
                    self.gaps += usize::from(line.gap().is_some());
                    let text = String::from_utf8_lossy(line.text);
                    let number =
                        text.strip_prefix("chatter ").and_then(|rest| rest.split(' ').next()?.parse::<u64>().ok());
                    self.seen.extend(number);
                }
            }
        };
        let _ = timeout(PATIENCE, listen).await;
        assert!(self.seen.len() >= count, "{} of {count} lines, {} gaps", self.seen.len(), self.gaps);
    }
}

fn chatter(stage: &Stage, app: &str, lines: u64, seconds: f64, limit: u64) -> String {
    let name = stage.place(app).pod.name.to_string();
    let order = json!({
        "namespace": "dev", "pod": name, "container": app, "lines": lines, "seconds": seconds, "limit": limit, "width": 140,
    });
    stage.demo.control("POST", "chatter", &order);
    name
}

fn follow(stage: &Stage, pod: &str) -> Numbers {
    let (to, told) = mpsc::channel(2);
    let of = vec![LogsOf::Pod(Name { namespace: "dev".into(), name: pod.into() })];
    let wanted = Wanted { of, begin: Begin::Tail(1), follows: true, ..Wanted::default() };
    Numbers { _hub: open(&stage.reader, wanted, to), told, seen: Vec::new(), gaps: 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbered_lines_are_followed_over_a_killed_server_and_none_is_lost_or_doubled() {
    let stage = Stage::new().await;
    let pod = chatter(&stage, "berth-planner", 4_000, 20.0, 10 << 20);
    let mut numbers = follow(&stage, &pod);
    numbers.until(100).await;
    stage.demo.control("POST", "faults", &json!({ "kind": "reset" }));
    // The cluster's own time goes on, and the container with it.
    stage.advance(5);
    let before = numbers.seen.len();
    stage.demo.heal();
    numbers.until(before + 1500).await;
    // The last of many more streams is cut in the middle of a block.
    stage.demo.control("POST", "faults", &json!({ "kind": "reset", "path": "/log" }));
    stage.demo.heal();
    numbers.until(3_900).await;
    let first = numbers.seen[0];
    let wanted: Vec<u64> = (first..).take(numbers.seen.len()).collect();
    assert_eq!(numbers.seen, wanted);
    assert_eq!(numbers.gaps, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_are_served_and_not_held() {
    let stage = Stage::new().await;
    let lines = 100_000_000 / 140;
    let pod = chatter(&stage, "berth-planner", lines, 0.0, 1 << 30);
    stage.advance(2);
    let most = |field: &str| {
        let status = std::fs::read_to_string(format!("/proc/{}/status", stage.demo.pid())).expect("a process");
        let line = status.lines().find(|line| line.starts_with(field)).expect("a figure").to_owned();
        line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).expect("a number")
    };
    let before = most("VmRSS");
    let mut stream = std::net::TcpStream::connect(&stage.demo.address).expect("the cluster listens");
    let request = format!(
        "GET /api/v1/namespaces/dev/pods/{pod}/log?tailLines={lines} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("it is sent");
    let (mut block, mut bytes) = (vec![0; 1 << 20], 0);
    loop {
        match stream.read(&mut block).expect("bytes") {
            0 => break,
            count => bytes += count,
        }
    }
    assert!(bytes > 99_000_000, "{bytes} bytes");
    let grown = most("VmHWM").saturating_sub(before);
    assert!(grown < 40_000, "the demo grew by {grown} KiB while it served {bytes} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_only_the_rest_is_served_and_the_node_has_the_other_files() {
    let stage = Stage::new().await;
    let pod = chatter(&stage, "berth-planner", 400_000, 60.0, 10 << 20);
    stage.advance(75);
    let (status, _) = stage.demo.send("GET", &format!("/api/v1/namespaces/dev/pods/{pod}/log?limitBytes=1"), "");
    assert_eq!(status, 200);
    let value = stage.pod("berth-planner");
    let (node, uid) =
        (value["spec"]["nodeName"].as_str().expect("a node"), value["metadata"]["uid"].as_str().expect("a uid"));
    let folder = format!("/api/v1/nodes/{node}/proxy/logs/pods/dev_{pod}_{uid}/berth-planner/");
    let page = stage.demo.text(&folder);
    let names: Vec<&str> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let packed = names.iter().filter(|name| name.ends_with(".gz")).count();
    assert!(names.len() == 5 && packed == 3 && names[4] == "0.log", "{names:?}");
    stage.demo.control("POST", "rights", &json!({ "resources": ["nodes/proxy"] }));
    let (status, answer) = stage.demo.send("GET", &folder, "");
    assert_eq!(status, 403, "{answer}");
    let log = stage.demo.text(&format!("/api/v1/namespaces/dev/pods/{pod}/log?container=berth-planner"));
    assert!(!log.contains("chatter 000000001"), "what was rotated away is not served");
}
