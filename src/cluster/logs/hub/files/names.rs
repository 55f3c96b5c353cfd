//! What names of files tell.

/// Endings of what is packed: no lines.
const PACKED: [&str; 8] = [".gz", ".zst", ".xz", ".bz2", ".lz4", ".zip", ".tgz", ".Z"];

/// Whether a file of this name is packed.
pub(super) fn is_packed(path: &str) -> bool {
    PACKED.iter().any(|ending| path.ends_with(ending))
}

/// Whether by its name `path` is what `now` was before a rotation: `app.log.1`, `app.log-20261123` and `app-20261123.log` of
/// `app.log` (logrotate, log4j, logback).
pub(super) fn is_past(path: &str, now: &str) -> bool {
    let dated = |rest: &str| rest.starts_with(['.', '-', '_']) && rest.bytes().any(|byte| byte.is_ascii_digit());
    if let Some(rest) = path.strip_prefix(now) {
        return dated(rest) || rest == ".old";
    }
    let split = |path: &'_ str| path.rfind('/').map(|slash| slash + 1).unwrap_or_default();
    let (folder, name) = now.split_at(split(now));
    let Some((stem, ending)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else { return false };
    let rest = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix(stem));
    let middle = rest.and_then(|rest| rest.strip_suffix(ending)?.strip_suffix('.'));
    middle.is_some_and(|middle| !middle.contains('/') && dated(middle))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/l/app.log.1", "/l/app.log", true)]
    #[case("/l/app.log-20261123", "/l/app.log", true)]
    #[case("/l/app.log.old", "/l/app.log", true)]
    #[case("/l/app-2026-11-23.0.log", "/l/app.log", true)]
    #[case("/l/app.2026-11-23.log", "/l/app.log", true)]
    #[case("/l/app.log", "/l/app.log.1", false)]
    #[case("/l/app-error.log", "/l/app.log", false)]
    #[case("/l/deep/app.1.log", "/l/app.log", false)]
    #[case("/l/app.log", "/l/app.log", false)]
    fn the_past_of_a_file_is_known_by_its_name(#[case] path: &str, #[case] now: &str, #[case] past: bool) {
        assert_eq!(is_past(path, now), past);
    }
}
