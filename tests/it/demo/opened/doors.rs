//! Attachments, ports, and sessions whose server is killed.

use rolldeck_core::shell::{End, ForwardWanted, Input, Refused, ShellWanted, Size};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{PATIENCE, Stage};
use crate::support::session::{say, until};

const SIZE: Size = Size { cols: 80, rows: 24 };

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_shows_what_the_process_says_and_takes_keys_where_it_reads_them() {
    let stage = Stage::new().await;
    let mut watched = stage.writer.attach(&stage.place("berth-planner"), false, SIZE).await.expect("an attachment");
    stage.demo.control("POST", "clock", &json!({ "rate": 60 }));
    until(&mut watched, "\n").await;
    let refused = stage.writer.attach(&stage.place("berth-planner"), true, SIZE).await;
    assert!(matches!(refused, Err(Refused::Other(..))), "its process reads nothing");
    let mut session = stage.writer.attach(&stage.place("sms-relay"), true, SIZE).await.expect("an attachment");
    say(&session, "status\r").await;
    until(&mut session, "status: serving 运单\r\n").await;
    session.input.send(Input::Close).await.expect("an open session");
    while session.output.recv().await.is_some() {}
    assert_eq!((&mut session.end).await, Ok(End::Closed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_port_leads_to_the_app_and_one_that_nobody_listens_on_says_so() {
    let stage = Stage::new().await;
    let (place, pod) = (stage.place("berth-planner"), stage.pod("berth-planner"));
    let port = pod["spec"]["containers"][0]["ports"][0]["containerPort"].as_u64().expect("a port");
    let remote = u16::try_from(port).expect("a port");
    let forward =
        stage.writer.forward(&ForwardWanted { place: place.clone(), remote, local: 0 }).await.expect("a port");
    for _ in 0..2 {
        let mut socket = TcpStream::connect(forward.local).await.expect("a connection");
        let body = "运单 1";
        let request = format!(
            "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await.expect("it is sent");
        let mut answer = String::new();
        timeout(PATIENCE, socket.read_to_string(&mut answer)).await.expect("an answer").expect("text");
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(body), "{answer}");
    }
    let wrong = ForwardWanted { place, remote: 9, local: 0 };
    let mut forward = stage.writer.forward(&wrong).await.expect("a port");
    let _socket = TcpStream::connect(forward.local).await.expect("a connection");
    let told = forward.stats.wait_for(|stats| stats.last_error.is_some());
    let stats = timeout(PATIENCE, told).await.expect("an error").expect("stats").clone();
    assert!(stats.last_error.expect("an error").contains("connection refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_over_a_killed_server_says_that_the_network_broke() {
    let stage = Stage::new().await;
    let wanted = ShellWanted { command: Vec::new(), size: SIZE };
    let mut session = stage.writer.shell(&stage.place("berth-planner"), &wanted).await.expect("a shell");
    until(&mut session, "# ").await;
    stage.demo.control("POST", "faults", &json!({ "kind": "reset" }));
    while timeout(PATIENCE, session.output.recv()).await.expect("an end").is_some() {}
    let end = (&mut session.end).await;
    assert!(matches!(end, Ok(End::Network(_))), "{end:?}");
    stage.demo.heal();
    let mut again = stage.writer.shell(&stage.place("berth-planner"), &wanted).await.expect("a shell");
    until(&mut again, "# ").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_to_logs_and_to_commands_are_taken_away_by_namespace() {
    let stage = Stage::new().await;
    for resource in ["pods/log", "pods/exec"] {
        stage.demo.control("POST", "rights", &json!({ "resources": [resource], "namespaces": ["dev"] }));
    }
    let pod = stage.pod("berth-planner");
    let name = pod["metadata"]["name"].as_str().expect("a name");
    let (status, answer) = stage.demo.send("GET", &format!("/api/v1/namespaces/dev/pods/{name}/log"), "");
    assert_eq!(status, 403, "{answer}");
    assert!(answer["message"].as_str().is_some_and(|why| why.contains("cannot get resource \"pods/log\"")), "{answer}");
    let wanted = ShellWanted { command: Vec::new(), size: SIZE };
    let refused = stage.writer.shell(&stage.place("berth-planner"), &wanted).await.err();
    assert!(matches!(refused, Some(Refused::Forbidden(_))), "{refused:?}");
}
