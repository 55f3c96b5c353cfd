//! A small server of HTTP/1.1 that answers as a real API server once did, or as a bad one might.

mod http;
mod tape;
mod tls;

use std::{
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
};

pub use http::Request;
pub use tape::json as recorded_json;
pub use tls::file as tls_file;

/// How a request is answered.
pub enum Answer {
    /// As the recording has it: a watch stays open after its frames.
    Recorded,
    /// A Kubernetes Status with this code, reason and message.
    Status(u16, &'static str, String),
    /// Any whole answer: code, content type, body.
    Whole(u16, &'static str, Vec<u8>),
    /// A stream of this content type and these first bytes, which stays open.
    Stream(&'static str, Vec<u8>),
    /// Half of what was recorded, and then the connection is gone.
    Cut,
    /// Nothing, for ever.
    Silence,
}

type Rule = Box<dyn Fn(&Request) -> Answer + Send + Sync>;

/// What the server does beside answering.
#[derive(Default)]
struct Mood {
    /// It is gone: no one listens.
    stopped: bool,
    /// It accepts and sends nothing.
    frozen: bool,
    /// Raised to end every open stream.
    streams: u64,
    /// Every connection, to be closed when it stops.
    links: Vec<TcpStream>,
    /// What was asked: `GET /path?query`.
    asked: Vec<String>,
}

struct Shared {
    rule: Mutex<Rule>,
    mood: Mutex<Mood>,
    changed: Condvar,
    tls: Option<Arc<rustls::ServerConfig>>,
}

/// The server. It ends with its value.
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
}

impl Server {
    /// Over plain HTTP, answering by this rule.
    pub fn new(rule: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::start(None, Box::new(rule))
    }

    /// As the recording has everything.
    pub fn recorded() -> Self {
        Self::new(|_| Answer::Recorded)
    }

    /// Over TLS with one of the certificates in `tls/`, by name.
    pub fn tls(certificate: &str) -> Self {
        Self::start(Some(tls::config(certificate)), Box::new(|_| Answer::Recorded))
    }

    fn start(tls: Option<Arc<rustls::ServerConfig>>, rule: Rule) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared { rule: Mutex::new(rule), mood: Mutex::default(), changed: Condvar::new(), tls });
        let server = Self { shared, address };
        server.listen(listener);
        server
    }

    fn listen(&self, listener: TcpListener) {
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || {
            for link in listener.incoming().map_while(Result::ok) {
                let mut mood = shared.mood.lock().expect("no poison");
                if mood.stopped {
                    break;
                }
                mood.links.push(link.try_clone().expect("a second handle"));
                let shared = Arc::clone(&shared);
                thread::spawn(move || http::serve(&shared, link));
            }
        });
    }

    /// The inside of a kubeconfig's cluster.
    pub fn cluster(&self) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("server: \"{scheme}://{}\"", self.address)
    }

    /// Answers by this rule from now on.
    pub fn answer(&self, rule: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
        *self.shared.rule.lock().expect("no poison") = Box::new(rule);
    }

    /// Ends every open stream.
    pub fn cut(&self) {
        self.change(|mood| mood.streams += 1);
    }

    /// Sends nothing any more, on any connection, or sends again.
    pub fn freeze(&self, frozen: bool) {
        self.change(|mood| mood.frozen = frozen);
    }

    /// Is gone: connections are refused.
    pub fn stop(&self) {
        self.change(|mood| {
            mood.stopped = true;
            mood.streams += 1;
            for link in mood.links.drain(..) {
                let _ = link.shutdown(Shutdown::Both);
            }
        });
        // The listener looks at its mood with the next connection, and this is it.
        let _ = TcpStream::connect(self.address);
    }

    /// Is back on its port.
    pub fn start_again(&self) {
        let listener = crate::support::until(std::time::Duration::from_secs(20), "the port is free again", || {
            TcpListener::bind(self.address).map_err(|error| error.to_string())
        });
        self.change(|mood| mood.stopped = false);
        self.listen(listener);
    }

    /// What was asked so far: `GET /path?query`.
    pub fn asked(&self) -> Vec<String> {
        self.shared.mood.lock().expect("no poison").asked.clone()
    }

    fn change(&self, with: impl FnOnce(&mut Mood)) {
        with(&mut self.shared.mood.lock().expect("no poison"));
        self.shared.changed.notify_all();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
