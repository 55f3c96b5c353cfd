//! Which columns fit, and how wide each is: a function of the width and of the widest text that each column has had to
//! show. What a column needs only grows while a screen stands, so that nothing jumps to and fro while rows change.

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
pub(super) const COLUMNS: [(Column, usize, usize); 11] = [
    (Column::Name, 16, 36),
    (Column::Namespace, 9, 18),
    (Column::Kind, 6, 6),
    (Column::Ready, 5, 7),
    (Column::Version, 14, 34),
    (Column::Cpu, 9, 10),
    (Column::Memory, 10, 10),
    (Column::Hpa, 22, 32),
    (Column::Restarts, 9, 16),
    (Column::Status, 28, 54),
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

/// The widest text that each column has had to show, in the order of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs([usize; COLUMNS.len()]);

impl Needs {
    /// Takes note of a text of so many columns.
    pub(super) fn widen(&mut self, column: Column, width: usize) {
        let need = &mut self.0[column as usize];
        *need = width.max(*need);
    }

    /// The widest that a column has to be: its texts, its title with the sign of the order, and no more than it may.
    fn wish(&self, column: Column, most: usize) -> usize {
        let title = column.title().len() + usize::from(column.sort().is_some());
        self.0[column as usize].max(title).min(most.max(title))
    }
}

/// The columns that fit into `width`, in the order of the screen, with their widths; one blank between two. The more
/// important column is taken first, at the least width that it can do with; what is left goes to those that need more.
pub(super) fn layout(width: usize, with_namespace: bool, needs: &Needs) -> Vec<(Column, usize)> {
    let mut left = width.saturating_sub(GUTTER);
    let mut taken = Vec::new();
    for column in IMPORTANCE {
        let (_, least, most) = COLUMNS[column as usize];
        let (wish, shown) = (needs.wish(column, most), column != Column::Namespace || with_namespace);
        let cost = wish.min(least) + 1;
        if shown && (cost <= left || taken.is_empty()) {
            left = left.saturating_sub(cost);
            taken.push((column, cost - 1, wish));
        }
    }
    while left > 0 && taken.iter().any(|(_, now, wish)| now < wish) {
        for (_, now, wish) in &mut taken {
            if left > 0 && now < wish {
                (*now, left) = (*now + 1, left - 1);
            }
        }
    }
    taken.sort_by_key(|(column, ..)| *column as usize);
    taken.into_iter().map(|(column, now, _)| (column, now)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(columns: &[(Column, usize)]) -> usize {
        GUTTER + columns.iter().map(|(_, width)| width + 1).sum::<usize>()
    }

    fn needs(each: usize) -> Needs {
        let mut needs = Needs::default();
        COLUMNS.iter().for_each(|(column, ..)| needs.widen(*column, each));
        needs
    }

    #[test]
    fn the_table_of_columns_stands_in_their_order() {
        assert!(COLUMNS.iter().enumerate().all(|(n, (column, ..))| *column as usize == n));
    }

    #[test]
    fn no_width_is_overrun() {
        for width in 30..300 {
            for each in [0, 5, 12, 60] {
                for with_namespace in [false, true] {
                    assert!(total(&layout(width, with_namespace, &needs(each))) <= width.max(40), "{width} {each}");
                }
            }
        }
    }

    #[test]
    fn eighty_columns_keep_the_important_ones_and_160_show_all() {
        let at = |width| layout(width, true, &needs(60)).into_iter().map(|(column, _)| column).collect::<Vec<_>>();
        assert_eq!(at(80), [Column::Name, Column::Namespace, Column::Ready, Column::Version, Column::Status],);
        assert_eq!(at(160).len(), COLUMNS.len());
    }

    #[test]
    fn short_texts_leave_room_for_more_columns() {
        let short = layout(80, true, &needs(8)).into_iter().map(|(column, _)| column).collect::<Vec<_>>();
        assert!(short.contains(&Column::Restarts) && short.contains(&Column::Cpu), "{short:?}");
    }
}
