//! The columns of the fleet.

use rolldeck_core::fleet::SortKey;

use crate::{Command, widgets::Column};

/// The columns, in the order of the screen.
pub static COLUMNS: [Column; 11] = [
    Column::new("name", "NAME", 16, 36, 0).name().sorts(Command::SortName),
    Column::new("namespace", "NAMESPACE", 9, 18, 4).sorts(Command::SortNamespace),
    Column::new("kind", "KIND", 6, 6, 10),
    Column::new("ready", "READY", 5, 7, 1).right(),
    Column::new("version", "VERSION", 14, 34, 2),
    Column::new("cpu", "CPU", 9, 10, 6).right().sorts(Command::SortCpu),
    Column::new("memory", "MEMORY", 10, 10, 7).right().sorts(Command::SortMemory),
    Column::new("hpa", "HPA", 22, 32, 9),
    Column::new("restarts", "RESTARTS", 9, 16, 5).sorts(Command::SortRestarts),
    Column::new("status", "STATUS", 28, 54, 3).sorts(Command::SortHealth),
    Column::new("age", "AGE", 4, 4, 8).right().sorts(Command::SortAge),
];

/// The order that a command asks for.
pub(super) fn sort_key(command: Command) -> Option<SortKey> {
    Some(match command {
        Command::SortName => SortKey::Name,
        Command::SortNamespace => SortKey::Namespace,
        Command::SortHealth => SortKey::Health,
        Command::SortCpu => SortKey::Cpu,
        Command::SortMemory => SortKey::Memory,
        Command::SortRestarts => SortKey::Restarts,
        Command::SortAge => SortKey::Age,
        _ => return None,
    })
}

/// The order that a column stands for.
pub(super) fn order_of(column: &Column) -> Option<SortKey> {
    column.added.map(SortKey::Added).or_else(|| sort_key(column.sort?))
}
