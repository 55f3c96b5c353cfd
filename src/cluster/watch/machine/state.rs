//! The state, and what each input makes of it.

use std::{collections::HashSet, time::Duration};

use bytes::Bytes;
use rolldeck_core::{
    Time,
    fleet::{FeedEvent, Freshness, Object},
    kept::Item,
    text::Clean,
};

use super::talk::{Ask, Input, Manner, Moment, Refusal};
use crate::{
    watch::backoff::Backoff,
    wire::{Seen, meta::ListMeta},
};

/// A watch list is chosen where the rest would take less than this uncompressed, judged by the first page.
const FAST: Duration = Duration::from_secs(4);
/// A stream that ends sooner than this after it was opened counts as a failure.
const LIVED: Duration = Duration::from_secs(5);
/// What was refused is asked again so slowly.
const REFUSED: Duration = Duration::from_secs(60);
/// After a 401: soon after someone has logged in again, the streams are back.
const LOGIN: Duration = Duration::from_secs(5);
/// Objects of a list between two reports of progress.
const PROGRESS: usize = 500;

#[derive(Debug)]
enum Phase {
    /// The first page.
    First,
    /// Page after page; empty for the first of a new list.
    Pages(String),
    /// A watch list at least as new as `at`; `next` would continue the first page, if there was one.
    WatchList { at: String, next: Option<String> },
    /// Complete: what happens after `version`.
    Watch,
}

/// One source.
#[derive(Debug)]
pub struct Machine {
    manner: Manner,
    phase: Phase,
    version: String,
    watch_list: bool,
    wait: Option<Duration>,
    backoff: Backoff,
    opened: Option<Duration>,
    listing: bool,
    listed: bool,
    /// Objects of the first page that the watch list has not named yet.
    early: HashSet<(Clean, Clean)>,
    seen: usize,
    of: Option<usize>,
    fresh: Option<Freshness>,
    heard: Time,
}

impl Machine {
    /// At the start. `seed` gives each source jitter of its own.
    pub fn new(manner: Manner, seed: u64, now: Moment) -> Self {
        Self {
            watch_list: manner.watch_list,
            manner,
            phase: Phase::First,
            version: String::new(),
            wait: None,
            backoff: Backoff::new(seed),
            opened: None,
            listing: false,
            listed: false,
            early: HashSet::new(),
            seen: 0,
            of: None,
            fresh: None,
            heard: now.wall,
        }
    }

    /// Whether the server is still believed to know watch lists.
    pub fn watch_list(&self) -> bool {
        self.watch_list
    }

    /// Another source found out that the server knows no watch lists.
    pub fn no_watch_list(&mut self) {
        self.watch_list = false;
    }

    /// The cluster was heard, by whatever way.
    pub fn heard(&mut self, at: Time) {
        self.heard = self.heard.max(at);
    }

    /// Whether the current stream is a watch that idles by right.
    pub fn idles(&self) -> bool {
        matches!(self.phase, Phase::Watch)
    }

    /// A random part of `whole`.
    pub fn jitter(&mut self, whole: Duration) -> Duration {
        self.backoff.share(whole)
    }

    /// What is to be done now.
    pub fn ask(&mut self, now: Moment) -> Ask {
        if let Some(until) = self.wait.filter(|until| *until > now.mono) {
            return Ask::Wait(until);
        }
        self.wait = None;
        self.opened = None;
        if !self.watch_list
            && let Phase::WatchList { next, .. } = &mut self.phase
        {
            let next = next.take();
            self.by_pages(next);
        }
        match &self.phase {
            Phase::First => Ask::List { limit: self.manner.first, next: String::new(), gzip: self.manner.packed },
            Phase::Pages(next) => Ask::List { limit: self.manner.page, next: next.clone(), gzip: true },
            Phase::WatchList { at, .. } => Ask::WatchList { at: at.clone() },
            Phase::Watch => Ask::Watch { at: self.version.clone() },
        }
    }

    /// Takes what came; what it means is added to `out`.
    pub fn input<T: Named>(&mut self, input: Input<T>, now: Moment, out: &mut Vec<FeedEvent<T>>) {
        match input {
            Input::Opened => self.opens(now, out),
            Input::Object(seen) => self.object(seen, out),
            Input::Gone { namespace, name, version } => {
                self.resume_after(&version);
                let key = (namespace, name);
                self.early.remove(&key);
                out.push(FeedEvent::Deleted { namespace: key.0, name: key.1 });
            }
            Input::Bookmark { version, end } => self.bookmark(&version, end, out),
            Input::Unreadable(name) => out.push(FeedEvent::Unreadable(name)),
            Input::PageEnd { meta, took } => self.page_end(&meta, took, out),
            Input::Refused(refusal) => self.refused(refusal, false, now, out),
            Input::Error(refusal) => self.refused(refusal, true, now, out),
            Input::Ended => self.ends(Clean::new("the stream ended within a list"), now, out),
            Input::Lost(why) => self.ends(why, now, out),
            Input::LinkDown(why) => self.fails(why, None, now, out),
            Input::LinkUp => {
                self.wait = None;
                self.backoff.reset();
            }
        }
    }

    fn opens<T>(&mut self, now: Moment, out: &mut Vec<FeedEvent<T>>) {
        self.opened = Some(now.mono);
        if matches!(self.phase, Phase::Watch) {
            self.says(Freshness::Live, out);
            return;
        }
        if !self.listing {
            self.listing = true;
            (self.seen, self.of) = (0, None);
            self.early.clear();
            out.push(FeedEvent::Listing);
            self.progress(out);
        }
    }

    fn object<T: Named>(&mut self, seen: Seen<T>, out: &mut Vec<FeedEvent<T>>) {
        match self.phase {
            Phase::First => {
                self.early.insert(seen.object.key());
            }
            Phase::WatchList { .. } => {
                self.early.remove(&seen.object.key());
            }
            Phase::Pages(_) => {}
            Phase::Watch => self.resume_after(&seen.version),
        }
        out.push(FeedEvent::Applied(seen.object));
        if self.listing {
            self.seen += 1;
            if self.seen.is_multiple_of(PROGRESS) {
                self.progress(out);
            }
        }
    }

    fn bookmark<T>(&mut self, version: &Bytes, end: bool, out: &mut Vec<FeedEvent<T>>) {
        match self.phase {
            Phase::WatchList { .. } if end => {
                let gone = self.early.drain();
                out.extend(gone.map(|(namespace, name)| FeedEvent::Deleted { namespace, name }));
                self.completes(version, out);
            }
            _ => self.resume_after(version),
        }
    }

    /// Objects of a list carry versions that no watch may resume from before the list is complete.
    fn resume_after(&mut self, version: &Bytes) {
        if matches!(self.phase, Phase::Watch)
            && let Ok(version) = std::str::from_utf8(version)
            && !version.is_empty()
        {
            self.version.clear();
            self.version.push_str(version);
        }
    }

    fn completes<T>(&mut self, version: &Bytes, out: &mut Vec<FeedEvent<T>>) {
        self.phase = Phase::Watch;
        self.version.clear();
        self.resume_after(version);
        (self.listing, self.listed) = (false, true);
        self.early.clear();
        self.backoff.reset();
        out.push(FeedEvent::Listed);
        self.says(Freshness::Live, out);
    }

    fn page_end<T>(&mut self, meta: &ListMeta, took: Duration, out: &mut Vec<FeedEvent<T>>) {
        let next = String::from_utf8_lossy(&meta.next).into_owned();
        if next.is_empty() {
            return self.completes(&meta.resource_version, out);
        }
        self.backoff.reset();
        let remaining = meta.remaining_item_count.and_then(|count| usize::try_from(count).ok());
        self.of = remaining.map(|count| count + self.seen).or(self.of);
        let rest = remaining.unwrap_or(0) / self.seen.max(1);
        let fast = took.saturating_mul(u32::try_from(rest).unwrap_or(u32::MAX)) < FAST;
        if matches!(self.phase, Phase::First) && self.watch_list && fast {
            let at = String::from_utf8_lossy(&meta.resource_version).into_owned();
            self.phase = Phase::WatchList { at, next: Some(next) };
        } else {
            self.phase = Phase::Pages(next);
        }
        self.progress(out);
    }

    fn refused<T>(&mut self, refusal: Refusal, in_stream: bool, now: Moment, out: &mut Vec<FeedEvent<T>>) {
        let listing_watch = matches!(self.phase, Phase::WatchList { .. });
        match refusal.code {
            400 | 422 if listing_watch => self.without_watch_list(),
            0 | 500 | 501 if listing_watch && in_stream => self.without_watch_list(),
            410 => self.expired(refusal.message, now, out),
            401 => self.rests(Freshness::Unauthorized(refusal.message), LOGIN, now, out),
            403 => {
                let watching = matches!(self.phase, Phase::WatchList { .. } | Phase::Watch);
                let verb = if watching { "watch" } else { "list" };
                self.rests(Freshness::Forbidden(format!("{verb} {}", self.manner.what).into()), REFUSED, now, out);
            }
            404 => self.rests(Freshness::Absent, REFUSED, now, out),
            429 => {
                let why = Clean::new("the server is busy (429)");
                self.fails(why, refusal.retry_after, now, out);
            }
            code => {
                let why = format!("the server answered {code}: {}", refusal.message).into();
                self.fails(why, refusal.retry_after, now, out);
            }
        }
    }

    /// KEP-3157: such a server answers 422, or an ERROR event where its etcd is too old.
    fn without_watch_list(&mut self) {
        self.watch_list = false;
        if let Phase::WatchList { next, .. } = &mut self.phase {
            let next = next.take();
            self.by_pages(next);
        }
    }

    /// Goes on after the first page, whose list is as good as before; without one a new list begins.
    fn by_pages(&mut self, next: Option<String>) {
        self.early.clear();
        self.listing &= next.is_some();
        self.phase = Phase::Pages(next.unwrap_or_default());
    }

    /// The version to resume from, or the list's `continue`, is too old: a new list. What is known stays shown meanwhile.
    fn expired<T>(&mut self, message: Clean, now: Moment, out: &mut Vec<FeedEvent<T>>) {
        if !matches!(self.phase, Phase::Watch) {
            return self.fails(message, None, now, out);
        }
        self.relists();
        if self.backoff.failures() > 0 {
            self.wait = Some(now.mono + self.backoff.next());
        }
    }

    fn relists(&mut self) {
        self.version.clear();
        self.early.clear();
        self.listing = false;
        self.phase = match (self.listed, self.watch_list) {
            (false, _) => Phase::First,
            (true, true) => Phase::WatchList { at: String::new(), next: None },
            (true, false) => Phase::Pages(String::new()),
        };
    }

    /// Nothing will come for a while, for a reason that time alone does not heal.
    fn rests<T>(&mut self, fresh: Freshness, wait: Duration, now: Moment, out: &mut Vec<FeedEvent<T>>) {
        if !matches!(self.phase, Phase::Watch) {
            self.relists();
        }
        self.wait = Some(now.mono + wait - self.backoff.share(wait / 10));
        self.says(fresh, out);
    }

    /// A stream is over. A watch that lived is opened again at once, and nobody needs to know.
    fn ends<T>(&mut self, why: Clean, now: Moment, out: &mut Vec<FeedEvent<T>>) {
        let lived = self.opened.is_some_and(|at| now.mono.saturating_sub(at) >= LIVED);
        match self.phase {
            Phase::Watch if lived => {
                self.backoff.reset();
                self.wait = None;
            }
            Phase::Watch if self.opened.is_some() && self.backoff.failures() < 3 => {
                self.wait = Some(now.mono + self.backoff.next());
            }
            _ => self.fails(why, None, now, out),
        }
        self.opened = None;
    }

    fn fails<T>(&mut self, why: Clean, after: Option<Duration>, now: Moment, out: &mut Vec<FeedEvent<T>>) {
        if !matches!(self.phase, Phase::Watch) {
            self.relists();
        }
        let wait = self.backoff.next();
        self.wait = Some(now.mono + after.map_or(wait, |after| after + wait / 4));
        let since = match &self.fresh {
            Some(Freshness::Stale { since, .. }) => *since,
            _ => self.heard,
        };
        self.says(Freshness::Stale { since, why }, out);
    }

    fn progress<T>(&mut self, out: &mut Vec<FeedEvent<T>>) {
        if !self.listed {
            self.says(Freshness::Loading { seen: self.seen, of: self.of }, out);
        }
    }

    fn says<T>(&mut self, fresh: Freshness, out: &mut Vec<FeedEvent<T>>) {
        if self.fresh.as_ref() != Some(&fresh) {
            self.fresh = Some(fresh.clone());
            out.push(FeedEvent::Fresh(fresh));
        }
    }
}

/// What has a name of its own within its source.
pub trait Named {
    /// Namespace and name.
    fn key(&self) -> (Clean, Clean);
}

impl Named for Object {
    fn key(&self) -> (Clean, Clean) {
        match self {
            Self::App(app) => (app.key.namespace.clone(), app.key.name.clone()),
            Self::Pod(pod) => (pod.namespace.clone(), pod.name.clone()),
            Self::Hpa(hpa) => (hpa.namespace.clone(), hpa.name.clone()),
        }
    }
}

impl<T> Named for Item<T> {
    fn key(&self) -> (Clean, Clean) {
        (self.name.namespace.clone(), self.name.name.clone())
    }
}
