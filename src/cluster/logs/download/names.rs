//! Names of this machine for what comes from a cluster.

use std::collections::BTreeMap;

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

/// An absolute path of a container, below a directory of this machine.
pub(super) fn below(path: &str) -> String {
    let parts: Vec<String> = path.split('/').filter(|name| !name.is_empty()).map(part).collect();
    if parts.is_empty() { part("") } else { parts.join("/") }
}

/// Names that were given in one directory, as a file system sees them that knows no case; whether they are directories.
#[derive(Debug, Default)]
pub(super) struct Taken(BTreeMap<String, bool>);

impl Taken {
    /// A name that no other file has, and that is no directory of another one: `name` with the suffix, or with a number before.
    pub(super) fn name(&mut self, name: &str, suffix: &str) -> String {
        let mut wanted = format!("{name}{suffix}");
        let mut n = 1;
        while !self.is_free(&wanted) {
            n += 1;
            wanted = format!("{name}~{n}{suffix}");
            if name.split('/').count() > 1 && n > 2 {
                // A directory of it may be what is taken.
                wanted = format!("{}~{n}{suffix}", name.replace('/', "_"));
            }
        }
        let known = wanted.to_lowercase();
        for (at, _) in known.match_indices('/') {
            self.0.insert(known[..at].to_owned(), true);
        }
        self.0.insert(known, false);
        wanted
    }

    fn is_free(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let above = name.match_indices('/').all(|(at, _)| self.0.get(&name[..at]) != Some(&false));
        above && !self.0.contains_key(&name)
    }
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

    #[rstest]
    #[case("/var/log/app.log", "var/log/app.log")]
    #[case("//data/../x", "data/_../x")]
    #[case("/", "_")]
    fn a_path_of_a_container_stays_below(#[case] path: &str, #[case] name: &str) {
        assert_eq!(below(path), name);
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert!(part(&"界".repeat(400)).len() <= LONGEST);
    }

    #[test]
    fn each_file_has_a_name_of_its_own() {
        let mut taken = Taken::default();
        let mut name = |path: &str, suffix| taken.name(&below(path), suffix);
        assert_eq!(name("/a/b.log", ""), "a/b.log");
        assert_eq!(name("/a_b.log", ""), "a_b.log");
        assert_eq!(name("/A/b.log", ""), "A/b.log~2");
        assert_eq!(name("/x:y", ""), "x_y");
        assert_eq!(name("/x_y", ""), "x_y~2");
        assert_eq!(name("/p", ".gz"), "p.gz");
        assert_eq!(name("/p.gz/q", ".gz"), "p.gz_q~3.gz");
    }
}
