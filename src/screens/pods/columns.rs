//! The columns of the pods, and the orders that they stand for.

use std::cmp::{Ordering, Reverse};

use rolldeck_core::{
    fleet::{Fleet, PodRow},
    health::{pod_status, trouble},
};

use crate::{Command, widgets::Column};

/// The columns, in the order of the screen.
pub static COLUMNS: [Column; 8] = [
    Column::new("name", "NAME", 24, 48, 0).name().sorts(Command::SortName),
    Column::new("ready", "READY", 5, 7, 1).right(),
    Column::new("status", "STATUS", 18, 28, 2).sorts(Command::SortHealth),
    Column::new("restarts", "RESTARTS", 16, 30, 3).sorts(Command::SortRestarts),
    Column::new("cpu", "CPU", 6, 7, 5).right().sorts(Command::SortCpu),
    Column::new("memory", "MEMORY", 7, 8, 6).right().sorts(Command::SortMemory),
    Column::new("node", "NODE", 10, 30, 7),
    Column::new("age", "AGE", 4, 5, 4).right().sorts(Command::SortAge),
];

/// An order of pods. By name at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    pub by: By,
    pub reverse: bool,
}

/// What pods are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum By {
    #[default]
    Name,
    /// Those in trouble first.
    Health,
    Cpu,
    Memory,
    Restarts,
    /// The newest first.
    Age,
    /// The text of the nth added column; pods without one last.
    Added(usize),
}

/// The order that a command asks for.
pub(super) fn by(command: Command) -> Option<By> {
    Some(match command {
        Command::SortName => By::Name,
        Command::SortHealth => By::Health,
        Command::SortCpu => By::Cpu,
        Command::SortMemory => By::Memory,
        Command::SortRestarts => By::Restarts,
        Command::SortAge => By::Age,
        _ => return None,
    })
}

/// The order that a column stands for.
pub(super) fn by_column(column: &Column) -> Option<By> {
    column.added.map(By::Added).or_else(|| by(column.sort?))
}

impl Order {
    /// Compares two pods; those that are equal are in the order of their names.
    pub(super) fn compare(self, fleet: &Fleet, a: &PodRow, b: &PodRow) -> Ordering {
        let by = match self.by {
            By::Name => Ordering::Equal,
            By::Health => {
                let worst = |row: &PodRow| (trouble(row.pod).is_none(), row.pod.ready, pod_status(row.pod));
                worst(a).cmp(&worst(b))
            }
            By::Cpu => most(a, b, |row| row.usage.map(|usage| usage.cpu_milli)),
            By::Memory => most(a, b, |row| row.usage.map(|usage| usage.memory)),
            By::Restarts => most(a, b, |row| row.pod.containers.iter().map(|one| u64::from(one.restarts)).sum::<u64>()),
            By::Age => most(a, b, |row| row.pod.created),
            By::Added(n) => {
                let added = fleet.added().pods.get(n);
                let text = |row: &PodRow| added.and_then(|added| added.text(&row.pod.labels, &row.pod.extras).cloned());
                let (a, b) = (text(a), text(b));
                a.is_none().cmp(&b.is_none()).then_with(|| a.cmp(&b))
            }
        };
        let by = by.then_with(|| a.pod.name.cmp(&b.pod.name));
        if self.reverse { by.reverse() } else { by }
    }
}

fn most<T: Ord>(a: &PodRow, b: &PodRow, of: impl Fn(&PodRow) -> T) -> Ordering {
    Reverse(of(a)).cmp(&Reverse(of(b)))
}
