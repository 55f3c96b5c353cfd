//! Which log files there are in containers.

use std::{sync::Arc, time::Duration};

use rolldeck_cluster::{
    connect::Cluster,
    exec,
    logs::{self, FilePlace},
    writer::Writer,
};
use rolldeck_core::{
    kept::Name,
    logs::{LogsOf, Told, nanos},
    shell::{Access, DebugMount, DebugWanted, FileEntry, FilePattern, Opening, Place, Refused, Right, seen_at},
    text::Clean,
};
use rolldeck_screens::{
    LogsId, LogsReply, Message,
    logs::{FilesOf, LogFile, NoFiles},
};

use super::audit::Audit;
use crate::runtime::post::Post;

/// How long a debug container may take to start: its image is pulled, mostly.
const PATIENCE: Duration = Duration::from_secs(90);

/// Debug containers, as they are set.
#[derive(Clone, Debug)]
pub struct Debug {
    /// Their image.
    pub image: String,
    /// How long one lives.
    pub life: Duration,
}

/// Looks for files, for one room.
pub struct Lister {
    pub writer: Arc<Writer>,
    pub cluster: Cluster,
    pub post: Post,
    pub id: LogsId,
    pub audit: Audit,
    pub debug: Debug,
}

impl Lister {
    /// Lists the files of each container, one after another, and tells of each as it comes. `debug`: the operator agreed to a debug
    /// container where one does not run.
    pub async fn list(self, of: Vec<LogsOf>, wanted: Vec<String>, debug: bool) {
        let places = match logs::places(&self.cluster, &of).await {
            Ok(places) => places,
            Err(error) => {
                let failed = Told::Failed(error.to_string().into());
                self.post.send(Message::Logs(self.id, failed.into())).await;
                return;
            }
        };
        for FilePlace { place, mounts } in places {
            let patterns: Vec<String> = wanted.iter().cloned().chain(mounts).collect();
            let files = match self.files(&place, &patterns).await {
                Err(Refused::NotRunning(..)) if debug => match self.through(&place, &wanted).await {
                    Ok(through) => Err(NoFiles::Through(through)),
                    Err(why) => Err(why),
                },
                Err(refused) => Err(why(refused)),
                Ok(files) => Ok(files),
            };
            if !self.say(vec![of_place(&place, patterns, files)], false).await {
                return;
            }
        }
        self.say(Vec::new(), true).await;
    }

    async fn say(&self, of: Vec<FilesOf>, complete: bool) -> bool {
        self.post.send(Message::Logs(self.id, LogsReply::Files { of, complete })).await
    }

    async fn files(&self, place: &Place, wanted: &[String]) -> Result<Vec<LogFile>, Refused> {
        let mut patterns = Vec::with_capacity(wanted.len());
        for text in wanted {
            let bad = || format!("{} is no absolute path: write /var/log or /srv/*.log", Clean::new(text));
            let pattern = FilePattern::new(text);
            patterns.push(pattern.ok_or_else(|| Refused::Other(place.to_string().into(), bad().into()))?);
        }
        let listing = self.writer.list_files(place, &patterns).await.map_err(lagging)?;
        let file = |entry: FileEntry| LogFile {
            path: entry.path.into(),
            bytes: entry.size.unwrap_or_default(),
            written: entry.modified.map(nanos),
        };
        Ok(listing.files.into_iter().map(file).collect())
    }

    /// Starts a debug container with the mounts of a container that does not run, and lists what is in them. Returns its name.
    async fn through(&self, place: &Place, wanted: &[String]) -> Result<Clean, NoFiles> {
        for access in [Access::Debug, Access::Exec] {
            match exec::rights(&self.cluster, access, place).await {
                Right::Allowed => {}
                Right::Denied(denied) => {
                    self.audit.note(Opening::Debug, place, "refused", &denied.words());
                    return Err(NoFiles::Forbidden(denied.words()));
                }
                Right::Unknown(why) => tracing::info!(%why, "a right could not be asked for"),
            }
        }
        let (image, life) = (self.debug.image.clone(), self.debug.life);
        let wants = DebugWanted { image, files: true, processes: false, life, patience: PATIENCE };
        let debugger = match self.writer.debug(place, &wants).await {
            Ok(debugger) => debugger,
            Err(refused) => {
                self.audit.note(Opening::Debug, place, "not opened", &refused.to_string());
                return Err(match refused {
                    // It is not the container that was asked about.
                    Refused::NotRunning(..) => NoFiles::Failed(refused.to_string().into()),
                    refused => why(refused),
                });
            }
        };
        self.audit.note(Opening::Debug, place, "opened", &debugger.place.container);
        let patterns = below(&debugger.mounts, wanted);
        let files = match patterns.is_empty() {
            true => Err(NoFiles::Failed("the container mounts no volume: its own files are gone with it".into())),
            false => self.files(&debugger.place, &patterns).await.map_err(why),
        };
        self.say(vec![of_place(&debugger.place, patterns, files)], false).await;
        Ok(debugger.place.container)
    }
}

fn of_place(place: &Place, places: Vec<String>, files: Result<Vec<LogFile>, NoFiles>) -> FilesOf {
    let pod = Name { namespace: place.pod.namespace.clone(), name: place.pod.name.clone() };
    FilesOf { pod, container: place.container.clone(), places, files }
}

/// Where a debug container has what is looked for: all mounts, and what lies deeper in them than a directory is searched.
fn below(mounts: &[DebugMount], wanted: &[String]) -> Vec<String> {
    let mut places: Vec<String> = mounts.iter().map(|mount| mount.path.clone()).collect();
    for text in wanted {
        let within = |mount: &DebugMount| {
            let rest = text.strip_prefix(mount.path.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let seen = seen_at(mounts, text);
        if mounts.iter().any(within) && !places.contains(&seen) {
            places.push(seen);
        }
    }
    places
}

/// A container that crashes again and again may run by its status and not by its kubelet (`container not found ("main")`).
fn lagging(refused: Refused) -> Refused {
    match refused {
        Refused::Other(at, why) if why.starts_with("container not found") => Refused::NotRunning(at, why),
        other => other,
    }
}

fn why(refused: Refused) -> NoFiles {
    match refused {
        Refused::ReadOnly(..) => NoFiles::ReadOnly,
        Refused::Forbidden(what) => NoFiles::Forbidden(what),
        Refused::NotRunning(..) => NoFiles::NotRunning,
        other => NoFiles::Failed(other.to_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_container_is_searched_where_it_has_the_volumes() {
        let mount = |path: &str, part: &str| DebugMount { path: path.into(), part: part.into() };
        let mounts = [mount("/data", ""), mount("/logs/", "web")];
        let wanted = ["/var/log", "/data/a/b/c/d/e/*.log", "/logs/x/*.log", "/database"].map(str::to_owned);
        assert_eq!(below(&mounts, &wanted), ["/data", "/logs/", "/data/a/b/c/d/e/*.log", "/logs/web/x/*.log"]);
    }

    #[test]
    fn a_debug_container_that_does_not_start_is_no_reason_to_ask_for_one_again_in_read_only_mode() {
        let at = || Clean::from("qa/web-1 [main]");
        assert_eq!(why(Refused::ReadOnly(Opening::Debug, at())), NoFiles::ReadOnly);
        assert_eq!(why(Refused::NotRunning(at(), "waiting".into())), NoFiles::NotRunning);
        let late = Refused::Other(at(), "container not found (\"main\")".into());
        assert_eq!(why(lagging(late)), NoFiles::NotRunning);
        assert_eq!(why(Refused::Gone(at())), NoFiles::Failed("qa/web-1 [main] is gone".into()));
    }
}
