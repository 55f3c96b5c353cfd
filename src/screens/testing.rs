//! What tests of screens share: a fleet made of updates, keys from a script, and the screen as text.
