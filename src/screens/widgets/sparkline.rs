//! A curve in a line of text.

/// Heights, lowest first.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The values as a curve of at most `columns` columns, from the least of them (lowest) to the most; the most of what falls into one
/// column is shown. What is not known is a blank; where all are equal the curve is flat, in the middle.
pub fn sparkline(values: &[Option<u64>], columns: usize) -> String {
    let (Some(least), Some(most)) = (values.iter().flatten().min(), values.iter().flatten().max()) else {
        return String::new();
    };
    let columns = columns.clamp(1, values.len());
    let bar = |column: usize| {
        let (from, to) = (column * values.len() / columns, (column + 1) * values.len() / columns);
        let Some(value) = values[from..to.max(from + 1)].iter().flatten().max() else { return ' ' };
        match most - least {
            0 => BARS[3],
            span => BARS[usize::try_from(u128::from(value - least) * 7 / u128::from(span)).unwrap_or(7)],
        }
    };
    (0..columns).map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(values: &[u64]) -> Vec<Option<u64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn the_least_is_lowest_the_most_highest_and_a_gap_is_blank() {
        assert_eq!(sparkline(&known(&[0, 7, 3]), 10), "▁█▄");
        assert_eq!(sparkline(&[Some(1), None, Some(2)], 10), "▁ █");
        assert_eq!(sparkline(&known(&[5, 5]), 10), "▄▄");
        assert_eq!(sparkline(&[None], 10), "");
    }

    #[test]
    fn more_values_than_columns_keep_their_peaks() {
        let mut values = vec![Some(1); 120];
        values[61] = Some(9);
        let curve = sparkline(&values, 20);
        assert_eq!(curve.chars().count(), 20);
        assert_eq!(curve.chars().filter(|c| *c == '█').count(), 1);
        assert_eq!(sparkline(&known(&[0, u64::MAX]), 2), "▁█");
    }
}
