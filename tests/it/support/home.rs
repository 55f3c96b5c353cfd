//! A home folder of the test's own, and kubeconfigs in it.

use std::path::{Path, PathBuf};

/// A temporary home: nothing of the machine's own configuration reaches the program, and nothing stays.
pub struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder") }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file, and returns where it is.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&path, text).expect("the file is written");
        path
    }

    /// A kubeconfig with one context, `test`: `cluster` and `user` are the insides of their YAML flow maps.
    pub fn kubeconfig(&self, cluster: &str, user: &str) -> PathBuf {
        self.file(
            "kubeconfig",
            &format!(
                "apiVersion: v1\nkind: Config\nclusters: [{{name: c, cluster: {{{cluster}}}}}]\nusers: [{{name: u, user: {{{user}}}}}]\n\
                 contexts: [{{name: test, context: {{cluster: c, user: u}}}}]\ncurrent-context: test\n"
            ),
        )
    }
}
