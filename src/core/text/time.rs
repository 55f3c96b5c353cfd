//! Ages and times of day in few characters.
