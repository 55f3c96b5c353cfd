//! Columns that a text takes on a terminal, and cutting it to fit.
