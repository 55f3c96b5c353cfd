//! Which known name a mistyped one is most like.

/// The name of `known` that takes the fewest edits from `word`, if it takes no more than a third of its letters and one.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (edits, name) = known.into_iter().map(|name| (distance(word, name), name)).min_by_key(|(edits, _)| *edits)?;
    (edits <= word.chars().count() / 3 + 1).then_some(name)
}

/// Letters to insert, delete or change (Levenshtein).
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name_and_nonsense_finds_none() {
        let known = ["release", "restart", "rollback", "up"];
        assert_eq!(nearest("relase", known), Some("release"));
        assert_eq!(nearest("roll-back", known), Some("rollback"));
        assert_eq!(nearest("quux-bar-baz", known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
