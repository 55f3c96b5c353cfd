//! Keys in, pods out.
