//! Names of this machine for what comes from a cluster.

use rolldeck_core::text::Clean;

/// The longest name that every usual file system takes, less room for what is put behind it.
const LONGEST: usize = 200;

/// One part of a path: never a way up or elsewhere, nothing that moves a cursor.
pub(super) fn part(name: &str) -> String {
    let mut safe: String =
        Clean::new(name).chars().map(|c| if matches!(c, '/' | '\\' | ':' | '\0') { '_' } else { c }).collect();
    while safe.len() > LONGEST {
        safe.pop();
    }
    if safe.is_empty() || safe.chars().all(|c| c == '.') {
        return format!("_{safe}");
    }
    safe
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("gateway-7d9f", "gateway-7d9f")]
    #[case("..", "_..")]
    #[case("", "_")]
    #[case("a/../b", "a_.._b")]
    #[case("a\u{1b}[2J", "a␛[2J")]
    fn a_part_of_a_path_stays_one(#[case] name: &str, #[case] safe: &str) {
        assert_eq!(part(name), safe);
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert!(part(&"界".repeat(400)).len() <= LONGEST);
    }
}
