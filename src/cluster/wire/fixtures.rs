//! Recorded objects, in both encodings.
