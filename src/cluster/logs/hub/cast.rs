//! Which pods there are, of all that is followed.

use std::collections::HashMap;

use rolldeck_core::{
    fleet::{FeedEvent, Freshness},
    kept::{Item, KeptEvent, Name},
    text::Clean,
};

use super::super::subject::Subject;

/// What became of a pod.
pub(super) enum News {
    /// It is there, and so; `later`: it was not when the reading began.
    There {
        /// Its name.
        name: Name,
        /// It.
        pod: Subject,
        /// It came later.
        later: bool,
    },
    /// The pod of this uid is gone.
    Gone(Clean),
}

/// The pods that are known, by what is followed.
#[derive(Default)]
pub(super) struct Cast {
    feeds: Vec<Feed>,
}

struct Feed {
    pods: HashMap<Name, (Clean, u32)>,
    list: u32,
    listed: bool,
    fresh: Freshness,
}

impl Cast {
    /// Of so many feeds.
    pub(super) fn new(feeds: usize) -> Self {
        let feed =
            || Feed { pods: HashMap::new(), list: 0, listed: false, fresh: Freshness::Loading { seen: 0, of: None } };
        Self { feeds: (0..feeds).map(|_| feed()).collect() }
    }

    /// Takes what a feed says.
    pub(super) fn take(&mut self, feed: usize, event: KeptEvent<Subject>, mut news: impl FnMut(News)) {
        let Some(feed) = self.feeds.get_mut(feed) else { return };
        match event {
            FeedEvent::Listing => feed.list = feed.list.wrapping_add(1),
            FeedEvent::Applied(Item { name, value }) => {
                let before = feed.pods.insert(name.clone(), (value.uid.clone(), feed.list));
                if let Some((uid, _)) = before.filter(|(uid, _)| *uid != value.uid) {
                    news(News::Gone(uid));
                }
                news(News::There { name, pod: value, later: feed.listed });
            }
            FeedEvent::Deleted { namespace, name } => {
                if let Some((uid, _)) = feed.pods.remove(&Name { namespace, name }) {
                    news(News::Gone(uid));
                }
            }
            FeedEvent::Listed => {
                let list = feed.list;
                feed.listed = true;
                feed.pods.retain(|_, (uid, seen)| {
                    let stays = *seen == list;
                    if !stays {
                        news(News::Gone(uid.clone()));
                    }
                    stays
                });
                if matches!(feed.fresh, Freshness::Loading { .. }) {
                    feed.fresh = Freshness::Live;
                }
            }
            FeedEvent::Fresh(fresh) => feed.fresh = fresh,
            FeedEvent::Unreadable(_) => {}
        }
    }

    /// Whether every pod that was there at first is known, as far as it may be.
    pub(super) fn is_listed(&self) -> bool {
        let open = |fresh: &Freshness| matches!(fresh, Freshness::Loading { .. } | Freshness::Stale { .. });
        self.feeds.iter().all(|feed| feed.listed || !open(&feed.fresh))
    }

    /// How far all of it is known: the worst of all feeds.
    pub(super) fn fresh(&self) -> Freshness {
        let rank = |fresh: &Freshness| match fresh {
            Freshness::Live => 0,
            Freshness::Loading { .. } => 1,
            Freshness::Stale { .. } => 2,
            Freshness::Absent => 3,
            Freshness::Forbidden(_) => 4,
            Freshness::Unauthorized(_) => 5,
        };
        self.feeds.iter().map(|feed| &feed.fresh).max_by_key(|fresh| rank(fresh)).cloned().unwrap_or(Freshness::Live)
    }
}
