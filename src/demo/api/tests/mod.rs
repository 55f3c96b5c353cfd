//! The API server over a real socket.

mod client;
mod faults;
mod reads;
mod watches;
mod writes;
