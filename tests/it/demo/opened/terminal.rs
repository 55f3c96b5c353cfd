//! The console at 80×24: logs and shells while things go wrong, by keys.

use std::{
    io::{Read, Write},
    time::Duration,
};

use serde_json::json;

use crate::{
    demo::Demo,
    support::{Console, Home, Launch, until},
};

/// The program in a small terminal, at a command.
fn console(demo: &Demo, home: &Home, command: &str) -> Console {
    let launch = Launch::new(home).kubeconfig(&demo.kubeconfig).args(["-n", "dev"]).size(80, 24);
    let mut console = launch.recorded().start();
    console.wait_for("the fleet", |screen| screen.row(&["berth-planner"]).is_some());
    console.keys(command);
    console
}

fn pod(demo: &Demo, app: &str) -> String {
    let path = format!("/api/v1/namespaces/dev/pods?labelSelector=app.kubernetes.io%2Fname%3D{app}");
    let (_, pods) = demo.send("GET", &path, "");
    pods["items"][0]["metadata"]["name"].as_str().expect("a name").to_owned()
}

/// Has a container of this pod say numbered lines.
fn chatter(demo: &Demo, pod: &str, lines: u64, seconds: u32) {
    let order = json!({
        "namespace": "dev", "pod": pod, "container": "berth-planner", "lines": lines, "seconds": seconds, "width": 140,
        "limit": 1 << 30,
    });
    demo.control("POST", "chatter", &order);
}

#[test]
fn lines_go_on_over_a_killed_server_and_those_of_a_killed_pod_stay() {
    let (demo, home) = (Demo::start(), Home::new());
    let mut console = console(&demo, &home, ":logs dev/berth-planner\r");
    console.wait_text("autoscroll");
    let name = pod(&demo, "berth-planner");
    chatter(&demo, &name, 100, 1);
    console.wait_text("chatter 000000100");
    demo.control("POST", "faults", &json!({ "kind": "reset" }));
    console.wait_for("that the server is gone", |screen| {
        screen.has("STALE") || screen.has("reconnect") || screen.has("again")
    });
    chatter(&demo, &name, 50, 1);
    demo.heal();
    console.wait_text("chatter 000000050");
    let (status, answer) = demo.send("DELETE", &format!("/api/v1/namespaces/dev/pods/{name}"), "");
    assert_eq!(status, 200, "{answer}");
    demo.control("POST", "clock", &json!({ "rate": 10 }));
    console.keys("/chatter 0000000\r");
    console.wait_text("chatter 000000050");
    console.key("G");
    console.wait_text("chatter 000000050");
    console.quit();
}

#[test]
fn a_container_without_a_shell_gets_one_after_a_question() {
    let (demo, home) = (Demo::start(), Home::new());
    let mut console = console(&demo, &home, ":pods dev/tariff-lookup\r");
    console.wait_for("its pod", |screen| screen.row(&["▸", "Running"]).is_some());
    console.key("s");
    console.wait_text("the image has no shell");
    // A key that was typed as the shell ended is taken for the shell's, so that the first may come to nothing.
    until(Duration::from_secs(30), "the question", || {
        let screen = console.screen();
        if screen.says("is added to the pod") {
            return Ok(());
        }
        if !screen.has("╭") {
            console.keys("!");
        }
        Err(screen.to_string())
    });
    console.key("tab");
    console.key("enter");
    console.wait_text("# ");
    console.keys("ls /var/log/tariff-lookup\r");
    console.wait_text("access.log");
    console.keys("top\r");
    console.wait_for("top in the whole screen", |screen| screen.has("Load average") && !screen.has("access.log"));
    console.keys("q");
    console.wait_text("access.log");
    console.keys("stty size; cat /var/log/tariff-lookup/heap.hprof | head -c 99; echo; echo d''one\r");
    console.wait_text("done");
    let written = console.written();
    let wrote = |bytes: &[u8]| written.windows(bytes.len()).any(|window| window == bytes);
    assert!(!wrote(b"\x1b]0;owned") && !wrote(b"\x1b]52;c;aGFjaw"), "a binary file was obeyed");
}

#[test]
fn a_hundred_megabytes_are_scrolled_and_searched() {
    let (demo, home) = (Demo::start(), Home::new());
    // In a time that stands still, the last of them stays the newest line.
    demo.control("POST", "clock", &json!({ "rate": 0 }));
    chatter(&demo, &pod(&demo, "berth-planner"), 100_000_000 / 140, 0);
    demo.control("POST", "clock", &json!({ "advance": 1 }));
    let mut console = console(&demo, &home, ":logs dev/berth-planner\r");
    console.wait_text("chatter 000714285");
    console.key("1");
    console.wait_for("all lines", |screen| {
        let number =
            |line: &String| line.split_once(" lines, ")?.0.rsplit(' ').next()?.replace(',', "").parse::<u64>().ok();
        let whole = screen.lines.iter().filter_map(number).any(|lines| lines > 714_285);
        whole && screen.has("from the beginning") && screen.has(" 0 lines/s")
    });
    console.keys("echatter 000650001\r");
    console.wait_for("what is searched", |screen| screen.row(&["chatter 000650001 abc"]).is_some());
    console.quit();
}

#[test]
fn a_port_is_forwarded_by_keys_and_the_app_answers_over_it() {
    let (demo, home) = (Demo::start(), Home::new());
    let mut console = console(&demo, &home, ":pods dev/berth-planner\r");
    console.wait_for("its pod", |screen| screen.row(&["▸", "Running"]).is_some());
    console.key("F");
    console.wait_text("up and down choose");
    console.key("enter");
    console.wait_text("1 port forwarded");
    console.keys(":forwards\r");
    let screen = console.wait_text("127.0.0.1:");
    let text = screen.lines.iter().find_map(|line| line.split_once("127.0.0.1:").map(|(_, rest)| rest.to_owned()));
    let digits: String = text.expect("a port").chars().take_while(char::is_ascii_digit).collect();
    let mut socket = std::net::TcpStream::connect(format!("127.0.0.1:{digits}")).expect("it listens");
    socket.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("it is sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer");
    assert!(answer.contains("berth-planner 运单 dev/"), "{answer}");
}
