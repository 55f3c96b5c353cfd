//! The runner of the events' rooms.

use rolldeck_cluster::{connect::Cluster, events};
use rolldeck_screens::{EventsEffect, EventsOf, EventsReply, Message};

use super::{
    post::Post,
    streams::{Streams, forward},
};

/// The streams under way.
#[derive(Default)]
pub struct Events(Streams<EventsOf>);

impl Events {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: EventsEffect) {
        let of = match effect {
            EventsEffect::Follow(of) => of,
            EventsEffect::End(of) => return self.0.end(&of),
        };
        let tasks = self.0.begin(of.clone());
        let begin = |to| events::events(cluster, &of.namespace, of.about.as_ref(), to);
        let told = of.clone();
        tasks.spawn(forward(post, begin, move |events| Message::Events(EventsReply { of: told.clone(), events })));
    }
}
