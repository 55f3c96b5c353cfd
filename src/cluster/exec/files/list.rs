//! Files below directories.

use std::{collections::BTreeMap, time::Duration};

use rolldeck_core::{
    shell::{FileEntry, FilePattern, Listing, Opening, Place, Refused},
    text::Clean,
};

use super::{FOLDERS, LIST, script};
use crate::{
    exec::{
        channels::Closed,
        place, request,
        run::{Kept, carried},
        shells::is_missing,
    },
    writer::{Way, Writer},
};

/// How long a directory may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of names.
const KEEP: usize = 4 << 20;
/// Directories of one call.
const ROOTS: usize = 64;
/// GNU's find tells all by itself, without a shell.
const PRINT: &str = "%y %m %s %T@\\0%p\\0";

impl Writer {
    /// The files that match these patterns, with what the image has: GNU's find, or find and stat, or a shell by itself.
    /// Directories are not entered through links.
    ///
    /// # Errors
    /// Why nothing could be read: [`Refused::Missing`] where the image has neither find nor a shell.
    pub async fn list_files(&self, place: &Place, patterns: &[FilePattern]) -> Result<Listing, Refused> {
        let way = self.way(Opening::Files, &place.pod.namespace).await?;
        place::running(&place::pod(&way, place).await?, place)?;
        let mut by_depth: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for pattern in patterns {
            let roots = by_depth.entry(pattern.depth()).or_default();
            if !roots.contains(&pattern.root) {
                roots.push(pattern.root.clone());
            }
        }
        let mut listing = Listing::default();
        for (depth, roots) in by_depth {
            for roots in roots.chunks(ROOTS) {
                let said = below(&way, place, depth, roots).await?;
                listing.cut |= said.stdout_cut > 0;
                listing.files.extend(
                    entries(&said.stdout)
                        .into_iter()
                        .filter(|file| patterns.iter().any(|pattern| pattern.matches(&file.path))),
                );
                let complaints = String::from_utf8_lossy(&said.stderr);
                listing.complaints.extend(complaints.lines().take(20).map(Clean::new));
            }
        }
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        listing.files.dedup_by(|a, b| a.path == b.path);
        Ok(listing)
    }
}

/// What is below a path, or is that path.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The files, by path.
    pub files: Vec<FileEntry>,
    /// The directories, that path among them, by path; and the permissions of each, where they could be read.
    pub folders: Vec<(String, Option<u32>)>,
    /// There is more than could be listed.
    pub cut: bool,
}

/// All files below a path, or that one, and whether there are more.
pub(super) async fn files(
    way: &Way,
    place: &Place,
    depth: usize,
    path: &str,
) -> Result<(Vec<FileEntry>, bool), Refused> {
    let said = below(way, place, depth, &[path.to_owned()]).await?;
    let mut files = entries(&said.stdout);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((files, said.stdout_cut > 0))
}

/// All that is below a path.
pub(super) async fn tree(way: &Way, place: &Place, depth: usize, path: &str) -> Result<Tree, Refused> {
    let (files, cut) = files(way, place, depth, path).await?;
    let arguments = [depth.to_string(), path.to_owned()];
    let (folders, _) = ask(way, place, &script(FOLDERS, arguments)).await?;
    let cut = cut || folders.stdout_cut > 0;
    let mut folders: Vec<_> = pairs(&folders.stdout).map(|(mode, path)| (path, permissions(&mode))).collect();
    folders.sort();
    Ok(Tree { files, folders, cut })
}

/// The permissions of a mode in hexadecimal.
fn permissions(mode: &str) -> Option<u32> {
    Some(u32::from_str_radix(mode, 16).ok()? & 0o7777)
}

type Said = rolldeck_core::shell::RunOutput;

async fn below(way: &Way, place: &Place, depth: usize, roots: &[String]) -> Result<Said, Refused> {
    let mut find = vec!["find".to_owned()];
    find.extend_from_slice(roots);
    let rest = ["-maxdepth", &depth.to_string(), "(", "-type", "f", "-o", "-xtype", "f", ")", "-printf", PRINT];
    find.extend(rest.map(str::to_owned));
    let (said, closed) = ask(way, place, &find).await?;
    // A directory that is missing, or closed to us, is a complaint about a part. A find without -printf says nothing at all.
    if matches!(closed, Some(Closed::Exit(_))) && (!said.stdout.is_empty() || closed == Some(Closed::Exit(0))) {
        return Ok(said);
    }
    let arguments = std::iter::once(depth.to_string()).chain(roots.iter().cloned());
    let (said, closed) = ask(way, place, &script(LIST, arguments)).await?;
    let at = || Clean::from(place.to_string());
    match closed {
        Some(Closed::Exit(_)) => Ok(said),
        Some(Closed::Failed(why)) if is_missing(&why) => Err(Refused::Missing(at(), "find, sh".into())),
        Some(Closed::Failed(why) | Closed::Cut(why)) => Err(Refused::Other(at(), why.into())),
        Some(Closed::Left) | None => {
            let why = format!("the files could not be listed within {} s", PATIENCE.as_secs());
            Err(Refused::Other(at(), why.into()))
        }
    }
}

async fn ask(way: &Way, place: &Place, argv: &[String]) -> Result<(Said, Option<Closed>), Refused> {
    let request = request::read_files(place, argv, false);
    let mut kept = Kept::new(KEEP);
    let closed = carried(way, place, request, PATIENCE, &mut kept).await?;
    Ok((kept.output(PATIENCE), closed))
}

/// Pairs of facts and path, each ended by NUL. What is cut off at the end is no pair.
fn pairs(said: &[u8]) -> impl Iterator<Item = (String, String)> {
    let mut parts = said.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned());
    std::iter::from_fn(move || Some((parts.next()?, parts.next()?))).filter(|(_, path)| path.starts_with('/'))
}

fn entries(said: &[u8]) -> Vec<FileEntry> {
    pairs(said).filter_map(|(facts, path)| entry(&facts, path)).collect()
}

fn entry(facts: &str, path: String) -> Option<FileEntry> {
    let words: Vec<&str> = facts.split_whitespace().collect();
    let time = |text: &str| {
        let (seconds, _) = text.split_once('.').unwrap_or((text, ""));
        chrono::DateTime::from_timestamp(seconds.parse().ok()?, 0)
    };
    let (link, mode, size, modified) = match words[..] {
        // GNU's find: the kind, permissions in octal, size, time.
        [kind @ ("f" | "l"), mode, size, modified] => (kind == "l", u32::from_str_radix(mode, 8).ok(), size, modified),
        // Ours: kind and permissions in one.
        [mode, size, modified] => {
            let mode = u32::from_str_radix(mode, 16).ok();
            (mode.is_some_and(|mode| mode & 0o170_000 == 0o120_000), permissions(words[0]), size, modified)
        }
        _ => return None,
    };
    let size = size.parse().ok().filter(|_| !link);
    Some(FileEntry { path, size, modified: time(modified), mode: mode.filter(|_| !link), link })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_are_read_and_names_may_hold_anything() {
        let said = b"f 644 12 1763884800.25\0/logs/a\nb \x1b.log\0l 777 3 1763884800.0\0/logs/now\081a4 7 1763884800\0/logs/c\0- - -\0/logs/d\0f 644 1 1.0\0/cut";
        let files = entries(said);
        assert_eq!(files.len(), 5);
        assert_eq!(
            (files[0].path.as_str(), files[0].size, files[0].mode),
            ("/logs/a\nb \u{1b}.log", Some(12), Some(0o644))
        );
        assert_eq!(files[0].modified.unwrap().timestamp(), 1_763_884_800);
        assert!(files[1].link && files[1].size.is_none());
        assert_eq!((files[2].mode, files[2].size), (Some(0o644), Some(7)));
        assert_eq!((files[3].mode, files[3].size, files[3].modified), (None, None, None));
    }
}
