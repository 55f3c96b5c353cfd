//! The API server over a real socket.

mod client;
mod faults;
mod fleet;
mod reads;
mod watches;
mod writes;
