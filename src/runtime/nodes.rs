//! The runner of the nodes' rooms.

use std::time::Duration;

use rolldeck_cluster::{
    connect::Cluster,
    nodes::{self, Heard, Summaries},
};
use rolldeck_core::{batch::PortError, text::Clean};
use rolldeck_screens::{Message, NodesEffect, NodesOf, NodesReply};
use tokio::time::sleep;

use super::{
    page::words,
    post::Post,
    streams::{Streams, forward, relay},
};

/// Between two questions to the kubelet of the node that is open.
const OPEN: Duration = Duration::from_secs(10);
/// Between two rounds through the nodes in sight.
const ROUND: Duration = Duration::from_secs(60);
/// Between the first two rounds, since a rate needs two answers.
const SECOND: Duration = Duration::from_secs(15);
/// Between two nodes of a round.
const STEP: Duration = Duration::from_millis(100);

/// What is under way for the nodes.
#[derive(Default)]
pub struct Nodes {
    followed: Streams<NodesOf>,
    looked: Streams<NodesOf>,
}

impl Nodes {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: NodesEffect) {
        match effect {
            NodesEffect::Follow(of) => self.follow(cluster, post, of),
            NodesEffect::Look(of, names) => {
                self.looked.end(&of);
                self.looked.begin(of.clone()).spawn(look(cluster.clone(), post.clone(), names, of.is_some()));
            }
            NodesEffect::End(of) => {
                self.followed.end(&of);
                self.looked.end(&of);
            }
        }
    }

    fn follow(&mut self, cluster: &Cluster, post: &Post, of: NodesOf) {
        let tasks = self.followed.begin(of.clone());
        let told = of.clone();
        let begin = |to| nodes::nodes(cluster, of.as_ref(), to);
        tasks.spawn(forward(post, begin, move |events| Message::Nodes(NodesReply::Nodes(told.clone(), events))));
        let told = of.clone();
        let (to, relayed) = relay(post, move |heard| {
            Message::Nodes(match heard {
                Heard::Usage(usage) => NodesReply::Usage(told.clone(), usage),
                Heard::Freshness(fresh) => NodesReply::NoUsage(told.clone(), fresh),
            })
        });
        tasks.spawn(relayed);
        tasks.spawn(nodes::usage(cluster.clone(), of, to));
    }
}

/// Asks the kubelets of these nodes again and again, one after the other; not at all any more once that is forbidden.
async fn look(cluster: Cluster, post: Post, names: Vec<Clean>, open: bool) {
    let mut summaries = Summaries::default();
    for round in 0.. {
        for name in &names {
            let answer = summaries.read(&cluster, name).await;
            let forbidden = matches!(answer, Err(PortError::Forbidden(_)));
            let told = match answer {
                Ok(figures) => Ok(figures),
                Err(_) if forbidden => Err("not allowed: get nodes/proxy".into()),
                Err(error) => Err(words(&error)),
            };
            let heard = post.send(Message::Nodes(NodesReply::Figures(name.clone(), told))).await;
            if forbidden || !heard {
                return;
            }
            sleep(STEP).await;
        }
        sleep(match (open, round) {
            (true, _) => OPEN,
            (false, 0) => SECOND,
            (false, _) => ROUND,
        })
        .await;
    }
}
