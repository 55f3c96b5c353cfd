//! Keys in, fleet out.
