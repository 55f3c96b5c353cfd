//! A link to the API server that counts what passes, and can be slow.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// How fast a link is.
#[derive(Clone, Copy)]
pub struct Speed {
    /// Bits a second in each direction, all connections together.
    pub bits: f64,
    /// Time from one end to the other.
    pub delay: Duration,
}

/// A link of 20 Mbit/s and 100 ms there and back.
pub const SLOW: Speed = Speed { bits: 20e6, delay: Duration::from_millis(50) };

/// Pieces that may be under way in one direction of a connection: about what a kernel's buffers hold.
const UNDER_WAY: usize = 64;

/// A listening proxy. It ends with the process, or takes no more connections once dropped.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    bytes: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
}

impl Proxy {
    /// A proxy to a port of loopback; with no speed it only counts.
    pub fn start(to: u16, speed: Option<Speed>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let bytes = Arc::new(AtomicU64::new(0));
        let closed = Arc::new(AtomicBool::new(false));
        let lines = [Line::new(speed, &bytes), Line::new(speed, &bytes)];
        let stop = closed.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(server) = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], to))) else { continue };
                join(&client, &server, &lines[0]);
                join(&server, &client, &lines[1]);
            }
        });
        Ok(Self { port, bytes, closed })
    }

    /// Bytes that passed, both ways.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// One direction of the link, shared by all connections.
#[derive(Clone)]
struct Line {
    speed: Option<Speed>,
    bytes: Arc<AtomicU64>,
    /// When the last byte that was sent leaves the near end.
    busy: Arc<Mutex<Instant>>,
}

impl Line {
    fn new(speed: Option<Speed>, bytes: &Arc<AtomicU64>) -> Self {
        Self { speed, bytes: bytes.clone(), busy: Arc::new(Mutex::new(Instant::now())) }
    }

    /// When a piece of so many bytes that is sent now arrives.
    fn arrives(&self, length: usize) -> Option<Instant> {
        let speed = self.speed?;
        let mut busy = self.busy.lock().ok()?;
        *busy = (*busy).max(Instant::now()) + Duration::from_secs_f64(length as f64 * 8.0 / speed.bits);
        Some(*busy + speed.delay)
    }
}

/// Carries what `from` sends to `to`.
fn join(from: &TcpStream, to: &TcpStream, line: &Line) {
    let (Ok(mut from), Ok(mut to), line) = (from.try_clone(), to.try_clone(), line.clone()) else { return };
    let _ = to.set_nodelay(true);
    let (send, receive) = mpsc::sync_channel::<(Option<Instant>, Vec<u8>)>(UNDER_WAY);
    thread::spawn(move || {
        for (due, piece) in receive {
            if let Some(due) = due {
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(read) = from.read(&mut buffer) {
            if read == 0 {
                break;
            }
            line.bytes.fetch_add(read as u64, Ordering::Relaxed);
            if send.send((line.arrives(read), buffer[..read].to_vec())).is_err() {
                break;
            }
        }
    });
}
