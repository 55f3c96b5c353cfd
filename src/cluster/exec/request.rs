//! The requests that open streams, and the one kind of them that only reads files.

use http::{Extensions, Method, Request};
use rolldeck_core::{shell::Place, text::Clean};

use crate::access::encoded;

/// What a stream carries besides standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Streams {
    /// Standard input.
    pub stdin: bool,
    /// A terminal: standard error goes into standard output then.
    pub tty: bool,
}

/// `…/pods/web-1/exec?container=main&…&command=sh`.
pub(super) fn exec(place: &Place, argv: &[String], streams: Streams) -> Request<Vec<u8>> {
    let words: String = argv.iter().map(|word| format!("&command={}", encoded(word))).collect();
    get(place, "exec", &format!("{}{words}", query(&place.container, streams)))
}

/// `…/pods/web-1/attach?container=main&…`.
pub(super) fn attach(place: &Place, streams: Streams) -> Request<Vec<u8>> {
    get(place, "attach", &query(&place.container, streams))
}

/// `…/pods/web-1/portforward?ports=8080`.
pub(super) fn forward(place: &Place, port: u16) -> Request<Vec<u8>> {
    get(place, "portforward", &format!("ports={port}"))
}

fn query(container: &Clean, Streams { stdin, tty }: Streams) -> String {
    let stderr = !tty;
    format!("container={}&stdin={stdin}&stdout=true&stderr={stderr}&tty={tty}", encoded(container))
}

fn get(place: &Place, what: &str, query: &str) -> Request<Vec<u8>> {
    let uri = format!(
        "/api/v1/namespaces/{}/pods/{}/{what}?{query}",
        encoded(&place.pod.namespace),
        encoded(&place.pod.name)
    );
    let mut request = Request::new(Vec::new());
    // Percent-encoded text is always a path and query.
    *request.uri_mut() = uri.parse().unwrap_or_default();
    request
}

/// That a request runs one of the scripts of this program that only read files. Nobody else can make one.
#[derive(Clone, Copy, Debug)]
struct ReadsFiles(());

/// An exec that only reads files: for the commands of `files`, and for nothing else. `lives`: it ends as we leave.
pub(super) fn read_files(place: &Place, argv: &[String], lives: bool) -> Request<Vec<u8>> {
    let mut request = exec(place, argv, Streams { stdin: lives, tty: false });
    request.extensions_mut().insert(ReadsFiles(()));
    request
}

/// Whether a request was marked by [`read_files`].
pub(crate) fn reads_files<B>(request: &Request<B>) -> bool {
    let marked = |extensions: &Extensions| extensions.get::<ReadsFiles>().is_some();
    request.method() == Method::GET && request.uri().path().ends_with("/exec") && marked(request.extensions())
}
