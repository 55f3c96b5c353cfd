//! Servers that are not there, or not what they should be.

use serde_json::json;
use tokio::net::TcpListener;

use super::{credentials::Authority, kubeconfig::Home};
use crate::connect::{
    ConnectError, Options,
    replay::{Replay, Reply, kubernetes},
};

#[tokio::test]
async fn a_refused_connection_names_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (error, message) = Home::for_server(address, json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::Refused { .. }), "{error:?}");
    assert!(message.contains(&address.to_string()), "{message}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_told() {
    // An empty label fails without asking anybody.
    let home = Home::with(json!({ "server": "http://east..example" }), json!({}));
    let (error, message) = home.fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::Dns { .. }), "{error:?}");
    assert!(message.contains("east..example"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_never_answered_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("https://{}", listener.local_addr().unwrap());
    let data = Authority::new().data();
    let home = Home::with(json!({ "server": server, "certificate-authority-data": data }), json!({}));
    let (error, message) = home.fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::Timeout { seconds: 5, .. }), "{error:?}");
    assert!(message.contains("no answer within 5 s"), "{message}");
}

#[tokio::test]
async fn tls_to_a_server_without_tls_says_so() {
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut socket, _) = plain.accept().await.unwrap();
        socket.read_u8().await.unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        while socket.read_u8().await.is_ok() {}
    });
    let data = Authority::new().data();
    let cluster = json!({ "server": format!("https://{address}"), "certificate-authority-data": data });
    let (error, _) = Home::with(cluster, json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::NotTls { .. }), "{error:?}");
}

#[tokio::test]
async fn plain_http_to_a_server_with_tls_says_so() {
    // What Go's server answers, word for word.
    let words = "Client sent an HTTP request to an HTTPS server.\n";
    let answer = move |_: &_| {
        let head = format!("HTTP/1.0 400 Bad Request\r\ncontent-length: {}\r\n\r\n{words}", words.len());
        Reply::Raw(head.into_bytes())
    };
    let server = Replay::start(None, answer).await;
    let (error, _) = Home::for_server(server.address, json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::WantsTls { .. }), "{error:?}");
}

#[tokio::test]
async fn a_cut_connection_is_told_as_unreachable() {
    let server = Replay::start(None, |_| Reply::Cut).await;
    let (error, _) = Home::for_server(server.address, json!({})).fails(&Options::default()).await;
    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_proxy_of_the_kubeconfig_is_used() {
    // A tunnel is asked for by CONNECT, even for plain HTTP.
    let server = Replay::start(None, |_| Reply::Json(502, json!({}))).await;
    let proxy = format!("http://user:p%40ss@{}", server.address);
    let home = Home::with(json!({ "server": "http://east.example:8080", "proxy-url": proxy }), json!({}));
    home.fails(&Options::default()).await;
    let seen = server.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].target.as_str()), ("CONNECT", "east.example:8080"));
    assert_eq!(seen[0].header("proxy-authorization"), Some("Basic dXNlcjpwQHNz"));
}

#[tokio::test]
async fn a_path_in_the_servers_address_is_kept() {
    let server = Replay::start(None, |seen| match seen.target.strip_prefix("/k8s/clusters/c-1") {
        Some(rest) => kubernetes(&crate::connect::replay::Seen { target: rest.into(), ..seen.clone() }),
        None => Reply::Json(404, json!({})),
    })
    .await;
    let home = Home::with(json!({ "server": format!("http://{}/k8s/clusters/c-1", server.address) }), json!({}));
    assert_eq!(home.connect(&Options::default()).await.unwrap().0.user.as_str(), "sam");
}
