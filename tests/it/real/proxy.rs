//! A link that can fall silent: bytes are forwarded, or swallowed without a word.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A TCP proxy on loopback.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    swallows: Arc<AtomicBool>,
}

impl Proxy {
    /// To this address.
    pub fn new(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (address, swallows) = (listener.local_addr().expect("an address"), Arc::new(AtomicBool::new(false)));
        let (target, shared) = (target.to_owned(), Arc::clone(&swallows));
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(&target) else { continue };
                let (near_too, far_too) = (near.try_clone().expect("a handle"), far.try_clone().expect("a handle"));
                let (there, back) = (Arc::clone(&shared), Arc::clone(&shared));
                thread::spawn(move || forward(near, far, &there));
                thread::spawn(move || forward(far_too, near_too, &back));
            }
        });
        Self { address, swallows }
    }

    /// Swallows everything from now on, or forwards again what comes after.
    pub fn swallow(&self, swallows: bool) {
        self.swallows.store(swallows, Ordering::Relaxed);
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, swallows: &AtomicBool) {
    let mut buffer = [0; 64 * 1024];
    // A link that lost bytes never carries any again: its two ends would not agree on what was said.
    let mut lost = false;
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        lost |= swallows.load(Ordering::Relaxed);
        if !lost && to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}
