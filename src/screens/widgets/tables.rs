//! The tables whose columns can be chosen by config.

use super::Column;

/// Every table by the name that `columns.NAME` of config.toml has for it, and all its columns.
pub fn tables() -> [(&'static str, &'static [Column]); 7] {
    [
        ("fleet", &crate::fleet::COLUMNS),
        ("pods", &crate::pods::COLUMNS),
        ("nodes", &crate::nodes::COLUMNS),
        ("node-pods", &crate::nodes::POD_COLUMNS),
        ("events", &crate::events::COLUMNS),
        ("namespaces", &crate::namespaces::COLUMNS),
        ("batches", &crate::batches::COLUMNS),
    ]
}

/// The tables that columns of the user's own can be added to: what those show is kept of every app and pod as it is read.
pub const GROWING: [&str; 2] = ["fleet", "pods"];
