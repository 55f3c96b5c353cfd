//! Who writes in a directory: one program at a time.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

/// Its name.
const NAME: &str = "MANIFEST.lock";

/// A directory that only we write in, for as long as this lives.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// None where the file system knows no locks.
    file: Option<File>,
}

impl Lock {
    /// Takes it; `None` where another program has it. It ends with the program, however that ends.
    pub(super) fn take(directory: &Path) -> Option<Self> {
        let path = directory.join(NAME);
        let Ok(file) = File::options().create(true).truncate(false).write(true).open(&path) else {
            // Nothing can be written here: whoever writes first says so better.
            return Some(Self { path, file: None });
        };
        match file.try_lock() {
            Ok(()) => Some(Self { path, file: Some(file) }),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(_)) => Some(Self { path, file: None }),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A file that stays here is taken over by the next one.
        drop(self.file.take());
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_written_by_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        assert!(Lock::take(folder.path()).is_none());
        drop(first);
        assert!(Lock::take(folder.path()).is_some());
    }
}
