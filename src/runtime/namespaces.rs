//! The runner of the namespaces' room.

use rolldeck_cluster::{connect::Cluster, nodes};
use rolldeck_screens::{Message, NamespacesEffect};

use super::{
    post::Post,
    streams::{Streams, forward},
};

/// The stream under way.
#[derive(Default)]
pub struct Namespaces(Streams<()>);

impl Namespaces {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: NamespacesEffect) {
        match effect {
            NamespacesEffect::Follow => {
                let begin = |to| nodes::namespaces(cluster, to);
                self.0.begin(()).spawn(forward(post, begin, Message::NamespacesRoom));
            }
            NamespacesEffect::End => self.0.end(&()),
        }
    }
}
