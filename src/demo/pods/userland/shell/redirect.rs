//! Redirections.

use std::sync::Arc;

use super::{
    io::{Fd, Feed, Sink},
    run::Shell,
    syntax::{Redirect, To},
};
use crate::pods::userland::Disk;

impl Shell {
    /// Leads descriptors where a command's redirections say.
    ///
    /// # Errors
    /// The exit code, where one cannot be opened: that was told.
    pub(super) async fn redirect(&mut self, redirects: &[Redirect]) -> Result<(), i32> {
        for Redirect { of, to } in redirects {
            let opened = match to {
                To::From(word) => {
                    let path = self.text(word).await;
                    self.open(&path).map(Some).map_err(|why| format!("sh: can't open {path}: {why}"))
                }
                To::File(word, append) => {
                    let path = self.text(word).await;
                    self.create(&path, *append).map(Some).map_err(|why| format!("sh: can't create {path}: {why}"))
                }
                To::Same(word) => {
                    let text = self.text(word).await;
                    match text.as_str() {
                        "-" => Ok(None),
                        text => self.same(text).map(Some).ok_or_else(|| format!("sh: {text}: Bad file descriptor")),
                    }
                }
            };
            match opened {
                Ok(Some(fd)) => drop(self.fds.insert(*of, fd)),
                Ok(None) => drop(self.fds.remove(of)),
                Err(why) => {
                    self.status = self.complain(&why, 1).await;
                    return Err(1);
                }
            }
        }
        Ok(())
    }

    fn same(&self, number: &str) -> Option<Fd> {
        self.fds.get(&number.parse().ok()?).cloned()
    }

    fn open(&self, path: &str) -> Result<Fd, &'static str> {
        let path = Disk::absolute(&self.folder, path);
        if path == "/dev/stdin" {
            return self.same("0").ok_or("No such device");
        }
        Ok(Fd::In(Feed::file(self.disk.read(&path)?)))
    }

    fn create(&self, path: &str, append: bool) -> Result<Fd, &'static str> {
        let path = Disk::absolute(&self.folder, path);
        match path.as_str() {
            "/dev/null" => return Ok(Fd::Out(Sink::Null)),
            "/dev/stdout" | "/dev/tty" => return self.same("1").ok_or("No such device"),
            "/dev/stderr" => return self.same("2").ok_or("No such device"),
            _ => {}
        }
        self.disk.write(&path, b"", append)?;
        Ok(Fd::Out(Sink::File(Arc::from(path))))
    }
}
