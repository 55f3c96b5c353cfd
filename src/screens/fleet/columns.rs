//! Which columns fit, and how wide each is: a function of the width alone, so that nothing jumps while rows change.

use rolldeck_core::fleet::SortKey;

/// A column of the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Namespace,
    Kind,
    Ready,
    Version,
    Cpu,
    Memory,
    Hpa,
    Restarts,
    Status,
    Age,
}

/// A column, the narrowest and the widest that it may be; in the order of the screen.
const COLUMNS: [(Column, usize, usize); 11] = [
    (Column::Name, 16, 36),
    (Column::Namespace, 9, 18),
    (Column::Kind, 6, 6),
    (Column::Ready, 5, 7),
    (Column::Version, 14, 34),
    (Column::Cpu, 9, 10),
    (Column::Memory, 10, 10),
    (Column::Hpa, 22, 32),
    (Column::Restarts, 9, 16),
    (Column::Status, 28, 40),
    (Column::Age, 4, 4),
];

/// The most important columns first: the others go where there is no room.
const IMPORTANCE: [Column; 11] = [
    Column::Name,
    Column::Ready,
    Column::Version,
    Column::Status,
    Column::Namespace,
    Column::Restarts,
    Column::Cpu,
    Column::Memory,
    Column::Age,
    Column::Hpa,
    Column::Kind,
];

/// Columns before the first: the cursor and the mark.
pub(super) const GUTTER: usize = 3;

impl Column {
    /// What stands over it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::Namespace => "NAMESPACE",
            Self::Kind => "KIND",
            Self::Ready => "READY",
            Self::Version => "VERSION",
            Self::Cpu => "CPU",
            Self::Memory => "MEMORY",
            Self::Hpa => "HPA",
            Self::Restarts => "RESTARTS",
            Self::Status => "STATUS",
            Self::Age => "AGE",
        }
    }

    /// The order that it stands for.
    pub(super) fn sort(self) -> Option<SortKey> {
        Some(match self {
            Self::Name => SortKey::Name,
            Self::Namespace => SortKey::Namespace,
            Self::Status => SortKey::Health,
            Self::Cpu => SortKey::Cpu,
            Self::Memory => SortKey::Memory,
            Self::Restarts => SortKey::Restarts,
            Self::Age => SortKey::Age,
            Self::Kind | Self::Ready | Self::Version | Self::Hpa => return None,
        })
    }

    /// Numbers stand at the right.
    pub(super) fn at_right(self) -> bool {
        matches!(self, Self::Ready | Self::Cpu | Self::Memory | Self::Age)
    }
}

/// The columns that fit into `width`, in the order of the screen, with their widths; one blank between two.
pub(super) fn layout(width: usize, with_namespace: bool) -> Vec<(Column, usize)> {
    let mut left = width.saturating_sub(GUTTER);
    let mut taken = Vec::new();
    for column in IMPORTANCE {
        let least = COLUMNS.iter().find(|(c, ..)| *c == column).map_or(0, |(_, least, _)| *least) + 1;
        let shown = column != Column::Namespace || with_namespace;
        if shown && (least <= left || taken.is_empty()) {
            left = left.saturating_sub(least);
            taken.push(column);
        }
    }
    let mut out: Vec<(Column, usize, usize)> = COLUMNS.into_iter().filter(|(c, ..)| taken.contains(c)).collect();
    while left > 0 && out.iter().any(|(_, now, most)| now < most) {
        for (_, now, most) in &mut out {
            if left > 0 && now < most {
                (*now, left) = (*now + 1, left - 1);
            }
        }
    }
    out.into_iter().map(|(column, now, _)| (column, now)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(columns: &[(Column, usize)]) -> usize {
        GUTTER + columns.iter().map(|(_, width)| width + 1).sum::<usize>()
    }

    #[test]
    fn no_width_is_overrun() {
        for width in 30..300 {
            for with_namespace in [false, true] {
                assert!(total(&layout(width, with_namespace)) <= width.max(40), "{width}");
            }
        }
    }

    #[test]
    fn eighty_columns_keep_the_important_ones_and_160_show_all() {
        let at = |width| layout(width, true).into_iter().map(|(column, _)| column).collect::<Vec<_>>();
        assert_eq!(at(80), [Column::Name, Column::Namespace, Column::Ready, Column::Version, Column::Status],);
        assert_eq!(at(160).len(), COLUMNS.len());
    }
}
