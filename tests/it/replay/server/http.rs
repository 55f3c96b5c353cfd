//! One connection: requests in, answers out.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
};

use serde_json::json;

use super::{Answer, Shared, tape};

/// What was asked.
pub struct Request {
    /// `GET`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, undecoded.
    pub query: String,
    /// The Accept header.
    pub accept: String,
    /// The Authorization header.
    pub authorization: String,
}

impl Request {
    /// Whether it wants a stream of changes.
    pub fn watch(&self) -> bool {
        self.query.split('&').any(|pair| pair == "watch=1" || pair == "watch=true")
    }

    /// Whether it wants the list on that stream.
    pub fn initial_events(&self) -> bool {
        self.query.contains("sendInitialEvents=true")
    }

    /// Whether it understands protobuf.
    pub fn proto(&self) -> bool {
        self.accept.contains("protobuf")
    }
}

/// A connection, bare or within TLS.
trait Link: Read + Write {}
impl<T: Read + Write> Link for T {}

/// Serves a connection until either side ends it.
pub fn serve(shared: &Shared, stream: TcpStream) {
    let mut link: Box<dyn Link> = match &shared.tls {
        None => Box::new(stream),
        Some(config) => match rustls::ServerConnection::new(config.clone()) {
            Ok(session) => Box::new(rustls::StreamOwned::new(session, stream)),
            Err(_) => return,
        },
    };
    while let Ok(Some(request)) = read(&mut *link) {
        let line = format!("{} {}?{}", request.method, request.path, request.query);
        shared.mood.lock().expect("no poison").asked.push(line);
        let answer = (shared.rule.lock().expect("no poison"))(&request);
        if !matches!(write(shared, &mut *link, &request, answer), Ok(true)) {
            return;
        }
    }
}

fn read(link: &mut dyn Link) -> io::Result<Option<Request>> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if link.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    io::copy(&mut link.take(length), &mut io::sink())?;
    Ok(Some(Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        accept: header("accept").unwrap_or_default().to_owned(),
        authorization: header("authorization").unwrap_or_default().to_owned(),
    }))
}

/// Waits until the server sends at all, then returns which generation of streams it is in.
fn thaw(shared: &Shared) -> u64 {
    let mood = shared.mood.lock().expect("no poison");
    shared.changed.wait_while(mood, |mood| mood.frozen && !mood.stopped).expect("no poison").streams
}

/// Sends an answer; says whether the connection can be used again.
fn write(shared: &Shared, link: &mut dyn Link, request: &Request, answer: Answer) -> io::Result<bool> {
    let streams = thaw(shared);
    match answer {
        Answer::Recorded => match tape::find(request) {
            Some((content_type, body)) if request.watch() => stream(shared, link, content_type, body, streams),
            Some((content_type, body)) => whole(link, 200, content_type, body),
            None => write(shared, link, request, missing(request)),
        },
        Answer::Status(code, reason, message) => {
            let body = json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": message, "reason": reason, "code": code,
            });
            whole(link, code, "application/json", body.to_string().as_bytes())
        }
        Answer::Whole(code, content_type, body) => whole(link, code, content_type, &body),
        Answer::Stream(content_type, body) => stream(shared, link, content_type, &body, streams),
        Answer::Cut => {
            if let Some((content_type, body)) = tape::find(request) {
                head(link, 200, content_type, "transfer-encoding: chunked")?;
                chunk(link, &body[..body.len() / 2])?;
            }
            Ok(false)
        }
        Answer::Silence => {
            let mood = shared.mood.lock().expect("no poison");
            drop(shared.changed.wait_while(mood, |mood| !mood.stopped).expect("no poison"));
            Ok(false)
        }
    }
}

fn missing(request: &Request) -> Answer {
    if request.path.ends_with("selfsubjectaccessreviews") {
        let body = json!({"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "spec": {}, "status": {"allowed": true}});
        return Answer::Whole(201, "application/json", body.to_string().into_bytes());
    }
    Answer::Status(404, "NotFound", format!("{} was not recorded", request.path))
}

fn whole(link: &mut dyn Link, code: u16, content_type: &str, body: &[u8]) -> io::Result<bool> {
    head(link, code, content_type, &format!("content-length: {}", body.len()))?;
    link.write_all(body)?;
    link.flush()?;
    Ok(true)
}

fn stream(shared: &Shared, link: &mut dyn Link, content_type: &str, body: &[u8], streams: u64) -> io::Result<bool> {
    head(link, 200, content_type, "transfer-encoding: chunked")?;
    // Frames need not end where chunks do.
    for part in body.chunks(1000) {
        chunk(link, part)?;
    }
    let mood = shared.mood.lock().expect("no poison");
    drop(shared.changed.wait_while(mood, |mood| mood.streams == streams).expect("no poison"));
    link.write_all(b"0\r\n\r\n")?;
    link.flush()?;
    Ok(true)
}

fn chunk(link: &mut dyn Link, part: &[u8]) -> io::Result<()> {
    write!(link, "{:x}\r\n", part.len())?;
    link.write_all(part)?;
    link.write_all(b"\r\n")?;
    link.flush()
}

fn head(link: &mut dyn Link, code: u16, content_type: &str, length: &str) -> io::Result<()> {
    write!(link, "HTTP/1.1 {code} Answer\r\ncontent-type: {content_type}\r\n{length}\r\n\r\n")
}
