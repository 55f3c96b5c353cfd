//! `tail -f`: files that grow, are renamed and truncated.

use std::time::Duration;

use super::run::Shell;
use crate::pods::userland::commands::{Followed, Following};

/// How long it waits between two looks.
const LOOK: Duration = Duration::from_millis(500);

impl Shell {
    /// Writes what files get, until it is ended.
    pub(super) async fn follow(&mut self, following: Following) -> i32 {
        let Following { first, mut files, by_name } = following;
        self.write(1, &first).await;
        let clock = self.disk.host.clock.clone();
        let many = files.len() > 1;
        let mut last = files.len().saturating_sub(1);
        while self.flow.is_none() {
            clock.sleep(LOOK).await;
            for (at, file) in files.iter_mut().enumerate() {
                let (news, said) = self.news(file, by_name);
                if let Some(said) = said {
                    self.complain(&format!("tail: {}{said}", file.name), 0).await;
                }
                if news.is_empty() {
                    continue;
                }
                if many && std::mem::replace(&mut last, at) != at {
                    self.write(1, format!("\n==> {} <==\n", file.name).as_bytes()).await;
                }
                if !self.write(1, &news).await {
                    return 1;
                }
            }
        }
        0
    }

    /// What a file got since the last look, and what is said of it.
    fn news(&self, file: &mut Followed, by_name: bool) -> (Vec<u8>, Option<&'static str>) {
        let rest = |path: &str, from: u64| -> Vec<u8> {
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            self.disk.read(path).ok().and_then(|bytes| bytes.get(from..).map(<[u8]>::to_vec)).unwrap_or_default()
        };
        let now = self.disk.stat(&file.path);
        let inode = now.as_ref().map(|stat| stat.inode);
        if let (Some(was), true) = (file.inode, inode != file.inode) {
            // The rest of the old file, wherever it is by now.
            let folder = file.path.rsplit_once('/').map_or("/", |(folder, _)| folder);
            let names = self.disk.list(folder).unwrap_or_default();
            let old = names.into_iter().map(|name| format!("{folder}/{name}"));
            let old = old.into_iter().find(|path| self.disk.stat(path).is_some_and(|stat| stat.inode == was));
            let mut news = old.map(|path| rest(&path, file.offset)).unwrap_or_default();
            file.offset += news.len() as u64;
            if !by_name {
                return (news, None);
            }
            (file.inode, file.offset) = (inode, 0);
            let said = match inode {
                Some(_) => " has been replaced; following new file",
                None => " has become inaccessible: No such file or directory",
            };
            news.extend(rest(&file.path, 0));
            file.offset = now.map_or(0, |stat| stat.size);
            return (news, Some(said));
        }
        let Some(now) = now else { return (Vec::new(), None) };
        if file.inode.is_none() {
            if !by_name {
                return (Vec::new(), None);
            }
            (file.inode, file.offset) = (Some(now.inode), now.size);
            return (rest(&file.path, 0), Some(" has appeared; following new file"));
        }
        let said = (now.size < file.offset).then_some(": file truncated");
        if said.is_some() {
            file.offset = 0;
        }
        let news = rest(&file.path, file.offset);
        file.offset += news.len() as u64;
        (news, said)
    }
}
