//! What whoever started a batch holds of it.

use std::sync::Arc;

use rolldeck_core::batch::{BatchId, Order, Run};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// A batch's driver. Dropping the handle interrupts the batch in good order; await [`Self::leave`] before the program ends.
pub struct Handle {
    id: BatchId,
    orders: mpsc::Sender<Order>,
    runs: watch::Receiver<Arc<Run>>,
    task: JoinHandle<()>,
}

impl Handle {
    pub(crate) fn new(
        id: BatchId,
        orders: mpsc::Sender<Order>,
        runs: watch::Receiver<Arc<Run>>,
        task: JoinHandle<()>,
    ) -> Self {
        Self { id, orders, runs, task }
    }

    /// The batch.
    pub fn id(&self) -> &BatchId {
        &self.id
    }

    /// How the batch stands, at each change.
    pub fn runs(&self) -> watch::Receiver<Arc<Run>> {
        self.runs.clone()
    }

    /// Whether its driver is gone and takes no more orders: the batch could not begin, or it was told to leave.
    pub fn has_left(&self) -> bool {
        self.orders.is_closed()
    }

    /// Gives its driver an order. One to take back or to try again is taken after the batch's end, too.
    pub async fn order(&self, order: Order) {
        // A driver that has left says so in its last run.
        let _ = self.orders.send(order).await;
    }

    /// Takes back everything that the batch touched: in reverse order, or all at once. Also after its end.
    pub async fn revert(&self, at_once: bool) {
        self.order(Order::Revert { at_once, only: Vec::new() }).await;
    }

    /// Interrupts the batch and waits until its driver has left: at most the time of a write and a few seconds.
    pub async fn leave(self) {
        let _ = self.orders.send(Order::Interrupt).await;
        let _ = self.task.await;
    }

    /// Ends the driver as a crash would: nothing more is sent or recorded.
    #[cfg(test)]
    pub(crate) fn kill(self) {
        self.task.abort();
    }
}
