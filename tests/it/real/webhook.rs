//! An admission webhook on loopback, over TLS.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

/// What it answers to a review: the `response`.
type Judge = fn(&Value) -> Value;

/// A server that answers admission reviews.
pub struct Webhook {
    /// Where it listens.
    pub address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Webhook {
    /// One that judges so.
    pub fn new(tls: Arc<ServerConfig>, judge: Judge) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (address, asked) = (listener.local_addr().expect("an address"), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&asked);
        thread::spawn(move || {
            for link in listener.incoming().map_while(Result::ok) {
                let (tls, count) = (Arc::clone(&tls), Arc::clone(&count));
                // A connection that the API server ends is its own affair.
                thread::spawn(move || drop(serve(link, tls, judge, &count)));
            }
        });
        Self { address, asked }
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(link: TcpStream, tls: Arc<ServerConfig>, judge: Judge, asked: &AtomicUsize) -> io::Result<()> {
    let mut link = StreamOwned::new(ServerConnection::new(tls).map_err(io::Error::other)?, link);
    loop {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            if link.read(&mut byte)? == 0 {
                return Ok(());
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let mut body = vec![0; length.and_then(|length| length.trim().parse().ok()).unwrap_or(0)];
        link.read_exact(&mut body)?;
        asked.fetch_add(1, Ordering::SeqCst);
        let review: Value = serde_json::from_slice(&body)?;
        let answer =
            json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": judge(&review)});
        let answer = answer.to_string();
        let length = answer.len();
        write!(link, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{answer}")?;
        link.flush()?;
    }
}
