//! Names from a container, as names of this machine.

use std::path::PathBuf;

use rolldeck_core::text::Clean;

/// Where `path`, which lies below `root`, goes below a directory of this machine: relative, and never out of it. What would move a
/// cursor is shown instead.
///
/// # Errors
/// Why it can be no name.
pub(super) fn local(root: &str, path: &str) -> Result<PathBuf, &'static str> {
    let root = root.trim_end_matches('/');
    let rest = match path.strip_prefix(root) {
        Some("") => path.rsplit('/').next().unwrap_or_default(),
        Some(rest) if rest.starts_with('/') => &rest[1..],
        _ => return Err("it is not below what was asked for"),
    };
    let mut name = PathBuf::new();
    for part in rest.split('/') {
        if matches!(part, "" | "." | "..") {
            return Err("its path climbs");
        }
        name.push(Clean::new(part).replace(['/', '\\'], "_"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/data/logs", "/data/logs/web/app.log", Some("web/app.log"))]
    #[case("/data/logs/app.log", "/data/logs/app.log", Some("app.log"))]
    #[case("/", "/etc/passwd", Some("etc/passwd"))]
    #[case("/data", "/data/../etc/passwd", None)]
    #[case("/data", "/database/x", None)]
    #[case("/data", "/data//x", None)]
    #[case("/data", "/data/a\u{1b}[2J", Some("a␛[2J"))]
    fn a_name_stays_below_the_directory(#[case] root: &str, #[case] path: &str, #[case] name: Option<&str>) {
        assert_eq!(local(root, path).ok().as_deref(), name.map(Path::new));
    }
}
