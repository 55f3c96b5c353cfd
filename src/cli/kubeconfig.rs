//! Writing a kubeconfig where the operator wants it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// A kubeconfig could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the kubeconfig {}: {source}\nName a file in a folder that exists and is yours with --kubeconfig-out.", .path.display())]
pub struct KubeconfigError {
    path: PathBuf,
    source: io::Error,
}

/// Writes `text` to `path`, readable for its owner alone. Whoever reads the file meanwhile sees the old one or the new one,
/// never a part.
///
/// # Errors
/// When the folder does not take it. What was there before stays.
pub fn write(path: &Path, text: &str) -> Result<(), KubeconfigError> {
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let written = fill(&beside, text).and_then(|()| fs::rename(&beside, path));
    written.map_err(|source| {
        let _ = fs::remove_file(&beside);
        KubeconfigError { path: path.to_owned(), source }
    })
}

fn fill(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_kubeconfig_is_for_its_owner_alone_and_replaces_the_one_before() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("config");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        write(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_folder_that_does_not_exist_is_named() {
        let place = tempfile::tempdir().unwrap();
        let error = write(&place.path().join("no/config"), "x").unwrap_err().to_string();
        assert!(error.contains("no/config") && error.contains("--kubeconfig-out"), "{error}");
    }
}
