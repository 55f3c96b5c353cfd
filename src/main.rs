//! rolldeck
fn main() {}
