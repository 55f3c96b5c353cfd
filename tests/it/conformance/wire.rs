//! Requests over a plain socket, and the way to a real cluster.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use super::Request;

/// An answer, read to its end.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its content type, without parameters.
    pub kind: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// Sends a request; `LAST` in its body stands for the newest resourceVersion seen of an object that was updated.
pub fn send(address: &str, request: &Request, versions: &[String]) -> Answer {
    let body = match &request.body {
        Value::Null => String::new(),
        body => {
            body.to_string().replace("LAST", versions.iter().rev().find(|version| version.len() > 1).map_or("", |v| v))
        }
    };
    let mut stream = TcpStream::connect(address).expect("the cluster listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let head = format!(
        "{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
        request.method,
        request.path,
        request.accept,
        request.content,
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).expect("the request is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let split = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head and a body");
    let head = String::from_utf8_lossy(&answer[..split]).to_lowercase();
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
    let body = answer[split + 4..].to_vec();
    let chunked = field("transfer-encoding:").is_some_and(|how| how.contains("chunked"));
    Answer {
        status: head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status"),
        kind: field("content-type:").unwrap_or_default().split(';').next().unwrap_or_default().to_owned(),
        body: if chunked { joined(&body) } else { body },
    }
}

/// The chunks of a body, put together.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(String::from_utf8_lossy(&rest[..end]).trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        out.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    out
}

/// `kubectl proxy` to a real cluster: plain HTTP on loopback. It ends with the test.
pub struct Proxy {
    child: Child,
    /// Where it listens.
    pub address: String,
}

impl Proxy {
    /// Starts it.
    pub fn start(kubeconfig: &Path) -> Self {
        let mut command = Command::new("kubectl");
        command.arg("--kubeconfig").arg(kubeconfig).args(["proxy", "--port=0"]).stdout(Stdio::piped());
        let mut child = command.spawn().expect("kubectl starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().rsplit(' ').next().expect("an address").to_owned();
        Self { child, address }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
