//! The relay between a reading and its room.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rolldeck_core::{
    fleet::Freshness,
    logs::{Block, Flags, Level, Line, Source, SourceId, Told},
};
use rolldeck_screens::{LogsId, LogsReply, Message};
use tokio::{sync::mpsc, task::JoinHandle};

use super::reading::{Order, relay};
use crate::runtime::post::{Posted, queue};

/// A reading: it ends when it is dropped.
struct Hub(Arc<AtomicBool>);

impl Drop for Hub {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Stage {
    id: LogsId,
    tell: mpsc::Sender<Vec<Told>>,
    orders: mpsc::UnboundedSender<Order>,
    posted: mpsc::Receiver<Posted>,
    ended: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Stage {
    fn new() -> Self {
        let (id, ended) = (LogsId::new(), Arc::new(AtomicBool::new(false)));
        let (tell, told) = mpsc::channel(2);
        let (orders, come) = mpsc::unbounded_channel();
        let (post, posted) = queue();
        let task = tokio::spawn(relay(id, Hub(ended.clone()), told, come, (post, None)));
        Self { id, tell, orders, posted, ended, task }
    }

    async fn next(&mut self) -> LogsReply {
        match self.posted.recv().await.expect("a message").message {
            Message::Logs(id, reply) if id == self.id => reply,
            other => panic!("{other:?}"),
        }
    }
}

fn lines(text: &str) -> Told {
    let mut block = Block::default();
    let (source, level, flags) = (SourceId(0), Level::Info, Flags::NONE);
    text.lines().for_each(|line| block.push(Line { number: 0, time: 0, source, level, flags, text: line.as_bytes() }));
    Told::Lines(vec![Arc::new(block)])
}

#[tokio::test]
async fn what_is_told_arrives_in_order_and_the_end_of_a_reading_is_no_message() {
    let mut stage = Stage::new();
    let batch = vec![Told::Pods(Freshness::Live), Told::Note("n".into()), Told::Complete, lines("one")];
    stage.tell.send(batch).await.expect("it listens");
    assert!(matches!(stage.next().await, LogsReply::Told(Told::Pods(Freshness::Live))));
    assert!(matches!(stage.next().await, LogsReply::Told(Told::Note(_))));
    assert!(matches!(stage.next().await, LogsReply::Told(Told::Lines(_))));
}

#[tokio::test]
async fn a_reading_ends_with_whoever_listens() {
    let stage = Stage::new();
    drop(stage.posted);
    stage.tell.send(vec![Told::Pods(Freshness::Live)]).await.expect("it listens");
    stage.task.await.expect("it ends");
    assert!(stage.ended.load(Ordering::SeqCst), "the reading was held, and let go");
}

#[tokio::test]
async fn a_reading_that_ends_by_itself_ends_its_relay() {
    let stage = Stage::new();
    drop(stage.tell);
    stage.task.await.expect("it ends");
    assert!(stage.ended.load(Ordering::SeqCst));
}

#[tokio::test]
async fn nothing_is_kept_in_a_file_any_more_once_that_is_ordered() {
    let mut stage = Stage::new();
    let source = Source { namespace: "qa".into(), pod: "web-1".into(), ..Source::default() };
    stage.tell.send(vec![Told::Sources(vec![(SourceId(0), source)])]).await.expect("it listens");
    assert!(matches!(stage.next().await, LogsReply::Told(Told::Sources(_))));
    stage.orders.send(Order::Keep(false)).expect("it listens");
    assert!(matches!(stage.next().await, LogsReply::Kept(Ok(None))));
    stage.tell.send(vec![lines("two")]).await.expect("it listens");
    assert!(matches!(stage.next().await, LogsReply::Told(Told::Lines(_))));
}
