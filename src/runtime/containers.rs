//! The runner of the containers' rooms.

use rolldeck_cluster::{connect::Cluster, containers, nodes::Heard};
use rolldeck_core::{kept::Name, text::Clean};
use rolldeck_screens::{ContainersEffect, ContainersReply, Message};

use super::{
    page::words,
    post::Post,
    streams::{Streams, forward, relay},
};

/// What is under way for pods that are open.
#[derive(Default)]
pub struct Containers(Streams<Name>);

impl Containers {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: ContainersEffect) {
        match effect {
            ContainersEffect::Follow(pod) => self.follow(cluster, post, &pod),
            ContainersEffect::End(pod) => self.0.end(&pod),
            ContainersEffect::Reveal(pod, secrets) => {
                if let Some(tasks) = self.0.tasks(&pod) {
                    tasks.spawn(reveal(cluster.clone(), post.clone(), pod, secrets));
                }
            }
        }
    }

    fn follow(&mut self, cluster: &Cluster, post: &Post, pod: &Name) {
        let tasks = self.0.begin(pod.clone());
        let say = |pod: &Name| {
            let pod = pod.clone();
            move |reply| Message::Containers(pod.clone(), reply)
        };
        let told = say(pod);
        let begin = |to| containers::pod(cluster, pod, to);
        tasks.spawn(forward(post, begin, move |events| told(ContainersReply::Pod(events))));
        let told = say(pod);
        let (to, relayed) = relay(post, move |heard| {
            told(match heard {
                Heard::Usage(usage) => ContainersReply::Usage(usage),
                Heard::Freshness(fresh) => ContainersReply::NoUsage(fresh),
            })
        });
        tasks.spawn(relayed);
        tasks.spawn(containers::usage(cluster.clone(), pod.clone(), to));
    }
}

/// Reads Secrets that the operator asked to see. Nothing of them is kept here, or logged.
async fn reveal(cluster: Cluster, post: Post, pod: Name, secrets: Vec<Clean>) {
    for secret in secrets {
        let values = containers::reveal(&cluster, &pod.namespace, &secret).await;
        let reply = ContainersReply::Secret(secret, values.map_err(|error| words(&error)));
        if !post.send(Message::Containers(pod.clone(), reply)).await {
            return;
        }
    }
}
