//! A stream of a test's own on the other side.

use serde_json::json;
use tokio::io::DuplexStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::*;

struct Said(mpsc::Sender<(Channel, Bytes)>);

impl Takes for Said {
    async fn take(&mut self, channel: Channel, block: Bytes) -> bool {
        self.0.send((channel, block)).await.is_ok()
    }
}

struct Stage {
    server: WebSocketStream<DuplexStream>,
    input: mpsc::Sender<Input>,
    output: mpsc::Receiver<(Channel, Bytes)>,
    closed: tokio::task::JoinHandle<(Closed, Option<Size>)>,
}

async fn stage(size: Option<Size>, room: usize) -> Stage {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let client = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
    let server = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
    let (input, mut keys) = mpsc::channel(64);
    let (blocks, output) = mpsc::channel(room);
    let closed = tokio::spawn(async move {
        let mut size = size;
        let closed = carry(client, true, &mut keys, &mut size, &mut Said(blocks)).await;
        (closed, size)
    });
    Stage { server, input, output, closed }
}

impl Stage {
    async fn heard(&mut self) -> Message {
        self.server.next().await.unwrap().unwrap()
    }

    async fn say(&mut self, channel: u8, bytes: &[u8]) {
        self.server.send(framed(channel, bytes)).await.unwrap();
    }
}

const SMALL: Size = Size { cols: 80, rows: 24 };

#[tokio::test]
async fn the_size_goes_first_then_what_is_typed() {
    let mut stage = stage(Some(SMALL), 8).await;
    stage.input.send(Input::Bytes(b"ls\r".to_vec())).await.unwrap();
    stage.input.send(Input::Resize(Size { cols: 100, rows: 30 })).await.unwrap();
    stage.input.send(Input::End).await.unwrap();
    assert_eq!(stage.heard().await, resize(SMALL));
    assert_eq!(stage.heard().await, Message::Binary(Bytes::from_static(b"\0ls\r")));
    assert_eq!(stage.heard().await, resize(Size { cols: 100, rows: 30 }));
    assert_eq!(stage.heard().await, Message::Binary(Bytes::from_static(&[255, 0])));
    stage.say(STATUS, br#"{"status":"Success"}"#).await;
    drop(stage.server);
    assert_eq!(stage.closed.await.unwrap(), (Closed::Exit(0), Some(Size { cols: 100, rows: 30 })));
}

#[tokio::test]
async fn a_screen_that_does_not_read_never_holds_a_key_back() {
    let mut stage = stage(None, 1).await;
    for _ in 0..4 {
        stage.say(STDOUT, b"flood").await;
    }
    stage.input.send(Input::Bytes(vec![3])).await.unwrap();
    assert_eq!(stage.heard().await, Message::Binary(Bytes::from_static(&[0, 3])));
    for _ in 0..4 {
        assert_eq!(stage.output.recv().await.unwrap(), (Channel::Out, Bytes::from_static(b"flood")));
    }
}

#[tokio::test]
async fn what_comes_after_the_status_is_not_lost_and_the_exit_code_is_told() {
    let mut stage = stage(None, 8).await;
    let status = json!({ "status": "Failure", "message": "command terminated",
        "details": { "causes": [{ "reason": "ExitCode", "message": "42" }] } });
    stage.say(STATUS, &[]).await;
    stage.say(STATUS, status.to_string().as_bytes()).await;
    stage.say(STDERR, b"late").await;
    drop(stage.server);
    assert_eq!(stage.output.recv().await.unwrap(), (Channel::Err, Bytes::from_static(b"late")));
    assert_eq!(stage.closed.await.unwrap().0, Closed::Exit(42));
}

#[tokio::test(start_paused = true)]
async fn a_link_over_which_nothing_comes_is_dead_and_one_that_we_do_not_read_is_not() {
    let mut stage = stage(None, 1).await;
    for _ in 0..3 {
        stage.say(STDOUT, b"x").await;
    }
    // Two blocks wait for us: however long that takes, the link is not to blame.
    tokio::time::sleep(SILENT * 3).await;
    assert!(!stage.closed.is_finished());
    for _ in 0..3 {
        stage.output.recv().await.unwrap();
    }
    let began = Instant::now();
    let (closed, _) = stage.closed.await.unwrap();
    assert_eq!(closed, Closed::Cut("nothing was heard for 45 s".into()));
    assert!(began.elapsed() <= SILENT + PING * 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn leaving_ends_standard_input_and_a_cut_is_told() {
    let mut left = stage(None, 8).await;
    left.input.send(Input::Close).await.unwrap();
    assert_eq!(left.heard().await, Message::Binary(Bytes::from_static(&[255, 0])));
    assert!(matches!(left.heard().await, Message::Close(_)));
    assert_eq!(left.closed.await.unwrap().0, Closed::Left);
    let cut = stage(None, 8).await;
    drop(cut.server);
    assert_eq!(cut.closed.await.unwrap().0, Closed::Cut("it was cut from outside".into()));
    let eof = std::io::Error::new(ErrorKind::UnexpectedEof, "peer closed connection: https://docs.rs/x#unexpected-eof");
    assert_eq!(why(&Error::Io(eof)), "it was cut from outside");
    let reset = std::io::Error::new(ErrorKind::ConnectionReset, "Connection reset by peer");
    assert_eq!(why(&Error::Io(reset)), "Connection reset by peer");
}
