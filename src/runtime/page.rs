//! The app page's runner: reads of one app, and streams of what stands around it.

use std::collections::HashMap;

use rolldeck_cluster::{
    connect::Cluster,
    follow::{Target, follow},
    history, object, page,
};
use rolldeck_core::{
    around::{Autoscaler, Budget, Claim, Route, RouteKind, Service, Slice},
    batch::PortError,
    kept::KeptEvent,
    model::AppKey,
    text::Clean,
};
use rolldeck_screens::{Message, PageEffect, PageReply};
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet};

use super::post::Post;

/// Batches of a stream that may wait.
const WAITING: usize = 4;

/// The pages that are open.
#[derive(Default)]
pub struct Page {
    open: HashMap<AppKey, Open>,
}

/// What is done for the pages of one app.
#[derive(Default)]
struct Open {
    /// How many there are.
    pages: usize,
    streams: JoinSet<()>,
    /// The read under way: a new one ends an older one.
    reading: JoinSet<()>,
}

impl Page {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: PageEffect) {
        match effect {
            PageEffect::Open(key) => {
                let open = self.open.entry(key.clone()).or_default();
                open.pages += 1;
                // The new page has heard nothing yet: its streams begin anew.
                open.streams = streams(cluster, post, &key);
                open.read(cluster, post, key);
            }
            PageEffect::Read(key) => {
                if let Some(open) = self.open.get_mut(&key) {
                    open.read(cluster, post, key);
                }
            }
            PageEffect::Close(key) => {
                if let Some(open) = self.open.get_mut(&key) {
                    open.pages = open.pages.saturating_sub(1);
                    if open.pages == 0 {
                        self.open.remove(&key);
                    }
                }
            }
        }
    }
}

impl Open {
    fn read(&mut self, cluster: &Cluster, post: &Post, key: AppKey) {
        self.reading = JoinSet::new();
        self.reading.spawn(read(cluster.clone(), post.clone(), key));
    }
}

fn streams(cluster: &Cluster, post: &Post, key: &AppKey) -> JoinSet<()> {
    let mut all = Streams { cluster, post, key, tasks: JoinSet::new() };
    let place = &key.namespace;
    all.add(page::autoscalers(place), Autoscaler::of, PageReply::Autoscalers);
    all.add(page::scaling_events(place), object::event, PageReply::Scaling);
    all.add(page::services(place), Service::of, PageReply::Services);
    all.add(page::slices(place), Slice::of, PageReply::Slices);
    all.add(page::claims(place), Claim::of, PageReply::Claims);
    all.add(page::budgets(place), Budget::of, PageReply::Budgets);
    for kind in RouteKind::ALL {
        let of = match kind {
            RouteKind::Ingress => Route::of_ingress,
            RouteKind::Traefik => Route::of_traefik,
            RouteKind::OldTraefik => Route::of_old_traefik,
        };
        all.add(page::routes(kind, place), of, move |batch| PageReply::Routes(kind, batch));
    }
    all.tasks
}

struct Streams<'a> {
    cluster: &'a Cluster,
    post: &'a Post,
    key: &'a AppKey,
    tasks: JoinSet<()>,
}

impl Streams<'_> {
    fn add<T: Send + Sync + 'static>(
        &mut self,
        target: Target,
        decode: fn(&Value) -> Option<T>,
        reply: impl Fn(Vec<KeptEvent<T>>) -> PageReply + Send + 'static,
    ) {
        let (to, mut from) = mpsc::channel(WAITING);
        let following = follow(self.cluster, target, decode, to);
        let (post, key) = (self.post.clone(), self.key.clone());
        self.tasks.spawn(async move {
            let _following = following;
            while let Some(batch) = from.recv().await {
                if !post.send(Message::Page(key.clone(), reply(batch))).await {
                    return;
                }
            }
        });
    }
}

async fn read(cluster: Cluster, post: Post, key: AppKey) {
    let say = async |reply| post.send(Message::Page(key.clone(), reply)).await;
    match history::app(&cluster, &key).await {
        Ok((app, live)) => {
            say(PageReply::App(Ok((Box::new(app), live.clone())))).await;
            let revisions = async {
                let read = history::revisions(&cluster, &key, &live).await;
                say(PageReply::Revisions(read.map_err(|error| words(&error)))).await
            };
            let events = async {
                let read = history::events(&cluster, &key, &live).await;
                say(PageReply::Events(read.map_err(|error| words(&error)))).await
            };
            let (to, mut from) = mpsc::channel(WAITING);
            let configs = page::configs(cluster.clone(), key.namespace.clone(), live.clone(), to);
            let told = async {
                while let Some((kind, name, known)) = from.recv().await {
                    say(PageReply::Config(kind, name, known)).await;
                }
            };
            tokio::join!(revisions, events, configs, told);
        }
        Err(error) => {
            let why = words(&error);
            say(PageReply::App(Err(why.clone()))).await;
            say(PageReply::Revisions(Err(why.clone()))).await;
            say(PageReply::Events(Err(why))).await;
        }
    }
}

/// An error, as it can be shown.
pub fn words(error: &PortError) -> Clean {
    Clean::from(error.to_string())
}
