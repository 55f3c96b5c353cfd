//! The app page's runner: one app's reads.

use rolldeck_cluster::{connect::Cluster, history};
use rolldeck_core::{batch::PortError, model::AppKey, text::Clean};
use rolldeck_screens::{Message, PageEffect, PageReply};
use tokio::task::JoinSet;

use super::post::Post;

/// The read under way. One page is open at a time, so a new read ends an older one.
#[derive(Default)]
pub struct Page {
    reading: JoinSet<()>,
}

impl Page {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: PageEffect) {
        let PageEffect::Read(key) = effect;
        self.reading = JoinSet::new();
        self.reading.spawn(read(cluster.clone(), post.clone(), key));
    }
}

async fn read(cluster: Cluster, post: Post, key: AppKey) {
    let say = async |reply| post.send(Message::Page(key.clone(), reply)).await;
    match history::app(&cluster, &key).await {
        Ok((app, live)) => {
            say(PageReply::App(Ok(Box::new(app)))).await;
            let revisions = async {
                let read = history::revisions(&cluster, &key, &live).await;
                say(PageReply::Revisions(read.map_err(|error| words(&error)))).await
            };
            let events = async {
                let read = history::events(&cluster, &key, &live).await;
                say(PageReply::Events(read.map_err(|error| words(&error)))).await
            };
            tokio::join!(revisions, events);
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
