//! The runner of the rooms that show one object: reads, streams, and files.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use rolldeck_cluster::{
    connect::Cluster,
    follow::{Following, follow},
    object,
};
use rolldeck_core::{
    batch::PortError,
    fleet::FeedEvent,
    kept::KeptEvent,
    model::{Event, ObjectRef},
    text::Clean,
};
use rolldeck_screens::{Message, ObjectEffect, ObjectReply, Saved, Viewer};
use serde_json::Value;
use tokio::{sync::mpsc, task::JoinSet};

use super::{page::words, post::Post};

/// Batches of a stream that may wait.
const WAITING: usize = 4;
/// Only the user may read what is saved: it may hold a Secret.
const PRIVATE: u32 = 0o600;

/// The objects that are looked at now.
#[derive(Default)]
pub struct Objects {
    /// How many rooms look, and what is done for them.
    open: HashMap<(Viewer, ObjectRef), (usize, JoinSet<()>)>,
}

impl Objects {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: ObjectEffect) {
        match effect {
            ObjectEffect::Follow(viewer, object) => {
                let mut tasks = JoinSet::new();
                let room = Room { viewer, object: object.clone(), post: post.clone() };
                if viewer == Viewer::Describe {
                    tasks.spawn(room.clone().events(cluster.clone()));
                }
                tasks.spawn(room.look(cluster.clone()));
                let open = self.open.entry((viewer, object)).or_default();
                *open = (open.0 + 1, tasks);
            }
            ObjectEffect::Leave(viewer, object) => {
                let key = (viewer, object);
                if let Some(open) = self.open.get_mut(&key) {
                    open.0 = open.0.saturating_sub(1);
                    if open.0 == 0 {
                        self.open.remove(&key);
                    }
                }
            }
            ObjectEffect::Save { object, path, text, over } => {
                let post = post.clone();
                tokio::spawn(async move {
                    let saved = tokio::task::spawn_blocking(move || save(&path, &text, over)).await;
                    let saved = saved.unwrap_or_else(|error| Saved::Failed(error.to_string().into()));
                    post.send(Message::Object(Viewer::Yaml, object, ObjectReply::Saved(saved))).await
                });
            }
        }
    }
}

/// A room, and the way to it.
#[derive(Clone)]
struct Room {
    viewer: Viewer,
    object: ObjectRef,
    post: Post,
}

impl Room {
    async fn say(&self, reply: ObjectReply) -> bool {
        self.post.send(Message::Object(self.viewer, self.object.clone(), reply)).await
    }

    /// Reads the object, then follows it: a user who may read it and not watch it sees it all the same.
    async fn look(self, cluster: Cluster) {
        let mut seen = None;
        match object::object(&cluster, &self.object).await {
            Ok(value) => {
                seen = version(&value);
                self.say(ObjectReply::Read(Arc::new(value))).await;
            }
            Err(PortError::NotFound(_)) => drop(self.say(ObjectReply::Gone).await),
            Err(error) => drop(self.say(ObjectReply::Failed(words(&error))).await),
        }
        let (to, mut from) = mpsc::channel(WAITING);
        let decode = |value: &Value| Some(Arc::new(value.clone()));
        let _following: Following = follow(&cluster, object::followed(&self.object), decode, to);
        let mut told = Told { seen, named: false };
        while let Some(batch) = from.recv().await {
            for event in batch {
                if let Some(reply) = told.reply(event)
                    && !self.say(reply).await
                {
                    return;
                }
            }
        }
    }

    async fn events(self, cluster: Cluster) {
        let (to, mut from) = mpsc::channel::<Vec<KeptEvent<Event>>>(WAITING);
        let _following = follow(&cluster, object::events_about(&self.object), object::event, to);
        while let Some(batch) = from.recv().await {
            if !self.say(ObjectReply::Events(batch)).await {
                return;
            }
        }
    }
}

/// What the room was told of the object.
struct Told {
    /// The version that it has.
    seen: Option<String>,
    /// The list under way has named it.
    named: bool,
}

impl Told {
    fn reply(&mut self, event: KeptEvent<Arc<Value>>) -> Option<ObjectReply> {
        match event {
            FeedEvent::Listing => {
                self.named = false;
                None
            }
            FeedEvent::Applied(item) => {
                self.named = true;
                let version = version(&item.value);
                let known = version.is_some() && version == self.seen;
                self.seen = version;
                (!known).then_some(ObjectReply::Read(item.value))
            }
            FeedEvent::Deleted { .. } => {
                self.seen = None;
                Some(ObjectReply::Gone)
            }
            FeedEvent::Listed if !self.named => {
                self.seen = None;
                Some(ObjectReply::Gone)
            }
            FeedEvent::Fresh(fresh) => Some(ObjectReply::Fresh(fresh)),
            FeedEvent::Listed | FeedEvent::Unreadable(_) => None,
        }
    }
}

fn version(object: &Value) -> Option<String> {
    object["metadata"]["resourceVersion"].as_str().map(str::to_owned)
}

/// Writes a file that only the user may read; replaces one only where `over` says so.
pub fn save(path: &str, text: &str, over: bool) -> Saved {
    let place = at_home(path);
    match write(&place, text, over) {
        Ok(()) => Saved::Done(place.display().to_string().into()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !place.is_dir() => Saved::Exists,
        Err(error) => {
            let hint = match error.kind() {
                io::ErrorKind::NotFound => "there is no such directory: make it, or name another",
                io::ErrorKind::PermissionDenied => "you may not write there: name another place",
                _ if place.is_dir() => "it is a directory: name a file in it",
                _ => "name another place",
            };
            Saved::Failed(Clean::from(format!("failed to save {}: {error}; {hint}", place.display())))
        }
    }
}

fn write(place: &Path, text: &str, over: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).mode(PRIVATE);
    let mut file: File = match over {
        true => options.create(true).truncate(true).open(place)?,
        false => options.create_new(true).open(place)?,
    };
    file.set_permissions(Permissions::from_mode(PRIVATE))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// `~/` is the home directory.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use rolldeck_core::{
        fleet::Freshness,
        kept::{Item, Name},
    };
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_is_private_and_never_replaced_unasked() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("pod.yaml");
        let path = place.to_str().unwrap();
        assert_eq!(save(path, "a: 1\n", false), Saved::Done(path.into()));
        assert_eq!(place.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(save(path, "a: 2\n", false), Saved::Exists);
        assert_eq!(std::fs::read_to_string(&place).unwrap(), "a: 1\n");
        std::fs::set_permissions(&place, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(save(path, "b", true), Saved::Done(path.into()));
        assert_eq!(std::fs::read_to_string(&place).unwrap(), "b");
        assert_eq!(place.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_failure_names_the_place_and_the_way_out() {
        let home = tempfile::tempdir().unwrap();
        let within = home.path().join("none/pod.yaml");
        let Saved::Failed(why) = save(within.to_str().unwrap(), "", false) else { panic!("it was saved") };
        assert!(why.contains("none/pod.yaml") && why.contains("make it"), "{why}");
        let Saved::Failed(why) = save(home.path().to_str().unwrap(), "", false) else { panic!("it was saved") };
        assert!(why.contains("it is a directory"), "{why}");
    }

    fn applied(version: &str) -> KeptEvent<Arc<Value>> {
        let value = Arc::new(json!({ "metadata": { "resourceVersion": version } }));
        FeedEvent::Applied(Item { name: Name::default(), value })
    }

    #[test]
    fn a_version_is_told_once_and_a_list_without_the_object_says_that_it_is_gone() {
        let mut told = Told { seen: Some("7".to_owned()), named: false };
        assert!(told.reply(FeedEvent::Listing).is_none());
        assert!(told.reply(applied("7")).is_none());
        assert!(told.reply(FeedEvent::Listed).is_none());
        assert!(matches!(told.reply(applied("8")), Some(ObjectReply::Read(_))));
        assert!(matches!(told.reply(FeedEvent::Fresh(Freshness::Live)), Some(ObjectReply::Fresh(_))));
        told.reply(FeedEvent::Listing);
        assert!(matches!(told.reply(FeedEvent::Listed), Some(ObjectReply::Gone)));
        assert!(matches!(told.reply(applied("8")), Some(ObjectReply::Read(_))));
    }
}
