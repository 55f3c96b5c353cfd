//! A batch of several apps, killed at every boundary between its driver and the cluster, and finished by another process.
//!
//! The cluster is the demo's, in this process. The driver is this program once more (see `child`): a counting run numbers the
//! boundaries, and then one run after another is killed with SIGKILL at each of them. What comes after has to bring the apps to
//! where they belong, and the record of all writes has to show that the rules of a batch were kept throughout.

mod child;
#[path = "../hand/mod.rs"]
mod hand;
mod http;
mod killed;
mod port;
mod record;
mod stage;
mod twice;
