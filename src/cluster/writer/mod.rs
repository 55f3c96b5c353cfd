//! The one door for writes.

/// The one door: built once by [`crate::connect::connect`], not cloneable, moved into the runtime. Implements
/// [`rolldeck_core::batch::Port`].
pub struct Writer {}
