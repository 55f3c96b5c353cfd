//! The program in a terminal of its own, as a person would use it: keys in, screen out.
//!
//! `demo` runs on a demo cluster in another process; `replay` meets a small server of its own and needs nothing; `real` needs a Kubernetes, see `tests/cluster/README.md`.

mod conformance;
mod demo;
#[path = "../hand/mod.rs"]
mod hand;
#[path = "../hand/load.rs"]
mod load;
mod real;
mod replay;
mod seeds;
mod support;
