//! Palette.
