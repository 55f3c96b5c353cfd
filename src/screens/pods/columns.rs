//! Which columns of the pods fit: a function of the width alone.

/// A column of the pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Ready,
    Status,
    Restarts,
    Cpu,
    Memory,
    Node,
    Age,
}

/// A column, its title, the narrowest and the widest that it may be; in the order of the screen.
const COLUMNS: [(Column, &str, usize, usize); 8] = [
    (Column::Name, "NAME", 24, 48),
    (Column::Ready, "READY", 5, 5),
    (Column::Status, "STATUS", 18, 28),
    (Column::Restarts, "RESTARTS", 16, 30),
    (Column::Cpu, "CPU", 6, 7),
    (Column::Memory, "MEMORY", 7, 8),
    (Column::Node, "NODE", 10, 30),
    (Column::Age, "AGE", 4, 5),
];

/// The most important columns first.
const IMPORTANCE: [Column; 8] = [
    Column::Name,
    Column::Ready,
    Column::Status,
    Column::Restarts,
    Column::Age,
    Column::Cpu,
    Column::Memory,
    Column::Node,
];

/// Columns before the first: the cursor.
pub(super) const GUTTER: usize = 2;

/// A column as laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Laid {
    pub column: Column,
    pub title: &'static str,
    pub width: usize,
}

impl Laid {
    /// Numbers stand at the right.
    pub(super) fn at_right(self) -> bool {
        matches!(self.column, Column::Ready | Column::Cpu | Column::Memory | Column::Age)
    }
}

/// The columns that fit into `width`; one blank between two.
pub(super) fn layout(width: usize) -> Vec<Laid> {
    let mut left = width.saturating_sub(GUTTER);
    let mut taken = Vec::new();
    for column in IMPORTANCE {
        let least = COLUMNS.iter().find(|(c, ..)| *c == column).map_or(0, |(_, _, least, _)| *least) + 1;
        if least <= left || taken.is_empty() {
            left = left.saturating_sub(least);
            taken.push(column);
        }
    }
    let mut out: Vec<_> = COLUMNS.into_iter().filter(|(column, ..)| taken.contains(column)).collect();
    while left > 0 && out.iter().any(|(_, _, now, most)| now < most) {
        for (_, _, now, most) in &mut out {
            if left > 0 && now < most {
                (*now, left) = (*now + 1, left - 1);
            }
        }
    }
    out.into_iter().map(|(column, title, width, _)| Laid { column, title, width }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_width_is_overrun_and_160_columns_show_all() {
        for width in 40..300 {
            assert!(GUTTER + layout(width).iter().map(|laid| laid.width + 1).sum::<usize>() <= width, "{width}");
        }
        assert_eq!(layout(160).len(), COLUMNS.len());
        assert!(layout(80).iter().any(|laid| laid.column == Column::Restarts));
    }
}
