//! Which names come nearest to a mistyped one.

use rolldeck_core::text::{Clean, nearest::distance};

/// The names, those with the fewest edits away from `wanted` first, else in alphabetical order.
pub(super) fn nearest(wanted: &str, known: impl IntoIterator<Item = String>) -> Vec<Clean> {
    let mut names: Vec<String> = known.into_iter().collect();
    names.sort_by_cached_key(|name| (rank(wanted, name), name.clone()));
    names.iter().map(|name| Clean::new(name)).collect()
}

/// A name that holds what was typed comes before any that has to be edited.
fn rank(wanted: &str, name: &str) -> usize {
    if !wanted.is_empty() && name.contains(wanted) { 0 } else { 1 + distance(wanted, name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_with_one_letter_wrong_comes_first() {
        let known = ["staging", "production", "prodution-eu"].map(String::from);
        assert_eq!(nearest("prodction", known)[0].as_str(), "production");
    }

    #[test]
    fn a_part_of_a_name_finds_it() {
        let known = ["a", "arn:aws:eks:eu-1:123:cluster/shop-qa"].map(String::from);
        assert_eq!(nearest("shop-qa", known)[0].as_str(), "arn:aws:eks:eu-1:123:cluster/shop-qa");
    }
}
