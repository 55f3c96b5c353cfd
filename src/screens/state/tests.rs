//! Behaviour of the whole: keys in, screen out.
