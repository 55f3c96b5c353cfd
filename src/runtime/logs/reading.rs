//! What a reading tells, passed on to its room.

use rolldeck_core::{
    logs::{Sources, Told},
    text::Clean,
};
use rolldeck_screens::{LogsId, LogsReply, Message};
use tokio::sync::mpsc;

use super::{audit::Joining, keep::Keeper};
use crate::runtime::post::Post;

/// What a room asks of its reading.
pub enum Order {
    /// Keep what comes in a file, or no more.
    Keep(bool),
}

/// Passes on what a reading tells, for as long as anybody listens; holds `hub` meanwhile, which is the reading.
pub async fn relay<H>(
    id: LogsId,
    hub: H,
    mut told: mpsc::Receiver<Vec<Told>>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    (post, mut joining): (Post, Option<Joining>),
) {
    let _hub = hub;
    let mut sources = Sources::default();
    let mut keeper: Option<Keeper> = None;
    loop {
        tokio::select! {
            biased;
            Some(Order::Keep(on)) = orders.recv() => {
                let (now, reply) = if on { begin().await } else { (None, Ok(None)) };
                keeper = now;
                if !post.send(Message::Logs(id, LogsReply::Kept(reply))).await {
                    return;
                }
            }
            batch = told.recv() => {
                let Some(batch) = batch else { return };
                for one in batch {
                    if let Told::Sources(new) = &one {
                        for (_, source) in new {
                            // The reading tells itself where there are more than can be.
                            let _ = sources.add(source.clone());
                            if let Some(joining) = &mut joining {
                                joining.join(source);
                            }
                        }
                    }
                    if let (Told::Lines(blocks), Some(keep)) = (&one, &mut keeper)
                        && let Some(reply) = keep.take(blocks, &sources).await
                    {
                        if reply.is_err() {
                            keeper = None;
                        }
                        if !post.send(Message::Logs(id, LogsReply::Kept(reply.map(Some)))).await {
                            return;
                        }
                    }
                    let shown = !matches!(one, Told::Complete);
                    if shown && !post.send(Message::Logs(id, one.into())).await {
                        return;
                    }
                }
            }
        }
    }
}

/// What is kept from now on, and what is to be said of it.
async fn begin() -> (Option<Keeper>, Result<Option<rolldeck_screens::logs::KeptLog>, Clean>) {
    match Keeper::begin().await {
        Ok(keeper) => {
            let kept = keeper.kept();
            (Some(keeper), Ok(Some(kept)))
        }
        Err(why) => (None, Err(why)),
    }
}
