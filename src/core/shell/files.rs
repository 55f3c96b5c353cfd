//! Files inside containers: what is listed and followed.

use crate::{Time, batch::guard::Glob, text::Clean};

/// A file in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Its path, as it is: any bytes but NUL, here as far as they are UTF-8.
    pub path: String,
    /// Its size in bytes, where it could be read; of a link it is not known before it is opened.
    pub size: Option<u64>,
    /// When it was last written.
    pub modified: Option<Time>,
    /// Its permissions: `0o644`.
    pub mode: Option<u32>,
    /// It is a symbolic link to a file.
    pub link: bool,
}

impl FileEntry {
    /// Its path for the screen.
    pub fn shown(&self) -> Clean {
        Clean::new(&self.path)
    }
}

/// Files, and how much is not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, by path.
    pub files: Vec<FileEntry>,
    /// There are more than were read.
    pub cut: bool,
    /// What could not be read, in the words of the container.
    pub complaints: Vec<Clean>,
}

/// Paths to look for: a directory with all below it, or a path with `*` and `?` in any part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePattern {
    /// The longest part without a pattern: a directory, or a file.
    pub root: String,
    parts: Vec<Glob>,
}

/// How deep a directory without a pattern is searched.
const DEPTH: usize = 4;

impl FilePattern {
    /// A pattern; `None` where it is no absolute path.
    pub fn new(pattern: &str) -> Option<Self> {
        let rest = pattern.strip_prefix('/')?;
        let all: Vec<&str> = rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if all.contains(&"..") {
            return None;
        }
        let plain = all.iter().take_while(|part| !part.contains(['*', '?'])).count();
        let root = format!("/{}", all[..plain].join("/"));
        Some(Self { root, parts: all[plain..].iter().filter_map(|part| Glob::new(part)).collect() })
    }

    /// How deep below the root files are to be looked for.
    pub fn depth(&self) -> usize {
        if self.parts.is_empty() { DEPTH } else { self.parts.len() }
    }

    /// Whether a path is meant. As in a shell, `*` at the beginning of a part leaves hidden files out.
    pub fn matches(&self, path: &str) -> bool {
        if path == self.root {
            return self.parts.is_empty();
        }
        let prefix = if self.root == "/" { "/".to_owned() } else { format!("{}/", self.root) };
        let Some(rest) = path.strip_prefix(&prefix) else { return false };
        if self.parts.is_empty() {
            return true;
        }
        let parts: Vec<&str> = rest.split('/').collect();
        let shown = |glob: &Glob, part: &str| !part.starts_with('.') || glob.to_string().starts_with('.');
        parts.len() == self.parts.len()
            && self.parts.iter().zip(parts).all(|(glob, part)| shown(glob, part) && glob.matches(part))
    }
}

/// Where following begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// With the first byte.
    Start,
    /// So many bytes before the end: mostly within a line.
    Bytes(u64),
    /// So many lines before the end.
    Lines(u64),
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/data/logs", "/data/logs", "/data/logs/a/b.log", true)]
    #[case("/data/logs/", "/data/logs", "/data/logs2/b.log", false)]
    #[case("/data/*/app.log", "/data", "/data/web/app.log", true)]
    #[case("/data/*/app.log", "/data", "/data/web/deep/app.log", false)]
    #[case("/data/logs/*.log", "/data/logs", "/data/logs/.hidden.log", false)]
    #[case("/data/logs/app.log", "/data/logs/app.log", "/data/logs/app.log", true)]
    #[case("/*.log", "/", "/x.log", true)]
    fn a_pattern_is_taken_apart_and_matches_as_a_shell_does(
        #[case] pattern: &str,
        #[case] root: &str,
        #[case] path: &str,
        #[case] matches: bool,
    ) {
        let pattern = FilePattern::new(pattern).unwrap();
        assert_eq!((&*pattern.root, pattern.matches(path)), (root, matches));
    }

    #[test]
    fn what_is_not_absolute_or_climbs_is_no_pattern() {
        assert_eq!(FilePattern::new("logs/*.log"), None);
        assert_eq!(FilePattern::new("/data/../etc"), None);
    }
}
