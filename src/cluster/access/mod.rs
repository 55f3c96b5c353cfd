//! What the user may do, and the layer that refuses writes where nothing may be written.
