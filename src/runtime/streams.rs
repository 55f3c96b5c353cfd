//! What rooms keep under way while they are open, each by what it is about.

use std::{collections::HashMap, future::Future, hash::Hash};

use rolldeck_cluster::follow::Following;
use rolldeck_core::kept::KeptEvent;
use rolldeck_screens::Message;
use tokio::{sync::mpsc, task::JoinSet};

use super::post::Post;

/// Batches that may wait between a stream and the queue.
const ROOM: usize = 8;

/// Tasks by what they are about. Two rooms may need the same: it ends with the second.
pub struct Streams<K>(HashMap<K, (usize, JoinSet<()>)>);

impl<K> Default for Streams<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq> Streams<K> {
    /// Another room needs this: what was under way begins anew, so that the room hears all of it.
    pub fn begin(&mut self, key: K) -> &mut JoinSet<()> {
        let (rooms, tasks) = self.0.entry(key).or_default();
        *rooms += 1;
        *tasks = JoinSet::new();
        tasks
    }

    /// A room does not need this any more.
    pub fn end(&mut self, key: &K) {
        let Some((rooms, _)) = self.0.get_mut(key) else { return };
        *rooms -= 1;
        if *rooms == 0 {
            self.0.remove(key);
        }
    }

    /// What is under way about this.
    pub fn tasks(&mut self, key: &K) -> Option<&mut JoinSet<()>> {
        self.0.get_mut(key).map(|(_, tasks)| tasks)
    }
}

/// Passes on what a stream says, for as long as anybody listens.
pub fn forward<T: Send + 'static>(
    post: &Post,
    begin: impl FnOnce(mpsc::Sender<Vec<KeptEvent<T>>>) -> Following,
    message: impl Fn(Vec<KeptEvent<T>>) -> Message + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let (to, mut from) = mpsc::channel(ROOM);
    let (following, post) = (begin(to), post.clone());
    async move {
        let _following = following;
        while let Some(events) = from.recv().await {
            if !post.send(message(events)).await {
                return;
            }
        }
    }
}

/// Passes on what polls come to.
pub fn relay<T: Send + 'static>(
    post: &Post,
    message: impl Fn(T) -> Message + Send + 'static,
) -> (mpsc::Sender<T>, impl Future<Output = ()> + Send + 'static) {
    let (to, mut from) = mpsc::channel(ROOM);
    let post = post.clone();
    (to, async move {
        while let Some(heard) = from.recv().await {
            if !post.send(message(heard)).await {
                return;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_two_rooms_need_ends_with_the_second() {
        let mut streams = Streams::default();
        streams.begin("a").spawn(std::future::pending());
        streams.begin("a").spawn(std::future::pending());
        assert_eq!(streams.tasks(&"a").map(|tasks| tasks.len()), Some(1), "it began anew");
        streams.end(&"a");
        assert!(streams.tasks(&"a").is_some());
        streams.end(&"a");
        assert!(streams.tasks(&"a").is_none());
        streams.end(&"a");
    }
}
