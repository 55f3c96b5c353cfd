//! Files against a container that is made up.

mod joins;
mod restarts;
mod rotations;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use rolldeck_core::{
    fleet::Freshness,
    kept::Name,
    logs::{Begin, Ended, Gap, Kind, LogsOf, Picked, PickedFile, Source, SourceId, SourceState, Told, Why, time},
    model::{AppKey, AppKind},
    shell::{End, FileEntry, FilePattern, From, Listing, Place, Refused},
    text::Clean,
};
use tokio::{sync::mpsc, task::JoinSet, time::timeout};

use super::{
    super::{outlet::Outlet, revisions::Key},
    pods::Pods,
    reach::{Events, Reach},
    run::Run,
};
use crate::{
    exec::FollowEvent,
    logs::subject::{self, Instance, Status},
};

const LOOK: Duration = Duration::from_millis(30);
const SECOND: i64 = 1_000_000_000;

/// What containers answer.
#[derive(Default)]
struct World {
    /// Their files, as a listing has them: pod, path, text, when written (in seconds).
    files: Vec<(String, String, String, i64)>,
    /// By the names of pods; of none: of all.
    refusals: BTreeMap<String, Refused>,
    /// What following says one after another, if not what the files have.
    scripts: VecDeque<Vec<FollowEvent>>,
    /// What was followed: paths, and from where on.
    followed: Vec<(Vec<String>, From)>,
    /// What becomes of pods.
    pods: Option<mpsc::UnboundedReceiver<Pods>>,
}

impl World {
    fn refused(&self, place: &Place) -> Option<Refused> {
        ["", &*place.pod.name].into_iter().find_map(|pod| self.refusals.get(pod)).cloned()
    }
}

#[derive(Clone)]
struct Fake(Arc<Mutex<World>>, mpsc::UnboundedSender<Pods>);

struct Said(VecDeque<FollowEvent>);

impl Events for Said {
    async fn next(&mut self) -> Option<FollowEvent> {
        match self.0.pop_front() {
            Some(event) => Some(event),
            None => std::future::pending().await,
        }
    }
}

impl Fake {
    fn of(files: &[(&str, &str, i64)]) -> Self {
        let fake = Self::default();
        files.iter().for_each(|(path, text, at)| fake.write(path, text, *at));
        fake
    }

    /// In pod web-1.
    fn write(&self, path: &str, text: &str, at: i64) {
        self.write_in("web-1", path, text, at);
    }

    fn write_in(&self, pod: &str, path: &str, text: &str, at: i64) {
        self.0.lock().unwrap().files.push((pod.to_owned(), path.to_owned(), text.to_owned(), at));
    }

    fn refuse(&self, pod: &str, refused: Refused) {
        self.0.lock().unwrap().refusals.insert(pod.to_owned(), refused);
    }

    fn tell(&self, pods: Pods) {
        self.1.send(pods).unwrap();
    }

    /// A pod of the app web is there, and its container `main` stands so.
    fn there(&self, pod: &str, status: Status, later: bool) {
        let mut there = subject::nothing(format!("uid of {pod}").into());
        there.app = Some((AppKind::Deployment, "web".into()));
        there.hash = "5d9f".into();
        there.containers = vec![subject::Container::of("main".into(), status)];
        self.tell(Pods::There { name: name(pod), pod: there, later });
    }

    fn live(&self) {
        self.tell(Pods::Fresh(Freshness::Live));
    }

    fn script(&self, events: Vec<FollowEvent>) {
        self.0.lock().unwrap().scripts.push_back(events);
    }

    fn followed(&self) -> Vec<(Vec<String>, From)> {
        self.0.lock().unwrap().followed.clone()
    }
}

impl Default for Fake {
    fn default() -> Self {
        let (tell, pods) = mpsc::unbounded_channel();
        Self(Arc::new(Mutex::new(World { pods: Some(pods), ..World::default() })), tell)
    }
}

fn name(pod: &str) -> Name {
    Name { namespace: "qa".into(), name: pod.into() }
}

fn runs(id: &str) -> Status {
    Status::There(Instance { id: id.to_owned(), ..Instance::default() })
}

impl Reach for Fake {
    type Events = Said;

    async fn pods(&self, _: Vec<LogsOf>, to: mpsc::Sender<Pods>) {
        let pods = self.0.lock().unwrap().pods.take();
        let mut pods = pods.expect("pods are followed once");
        while let Some(news) = pods.recv().await {
            if to.send(news).await.is_err() {
                return;
            }
        }
    }

    async fn list(&self, place: &Place, patterns: &[FilePattern]) -> Result<Listing, Refused> {
        let world = self.0.lock().unwrap();
        if let Some(refused) = world.refused(place) {
            return Err(refused);
        }
        let entry = |(_, path, text, at): &(String, String, String, i64)| FileEntry {
            path: path.clone(),
            size: Some(text.len() as u64),
            modified: Some(time(at * SECOND)),
            mode: None,
            link: false,
        };
        let matches = |path: &str| patterns.iter().any(|pattern| pattern.matches(path));
        let files = world.files.iter().filter(|file| file.0 == *place.pod.name && matches(&file.1));
        Ok(Listing { files: files.map(entry).collect(), ..Listing::default() })
    }

    async fn follow(&self, place: &Place, paths: &[String], from: From) -> Result<Said, Refused> {
        let mut world = self.0.lock().unwrap();
        world.followed.push((paths.to_vec(), from));
        if let Some(refused) = world.refused(place) {
            return Err(refused);
        }
        if let Some(script) = world.scripts.pop_front() {
            return Ok(Said(script.into()));
        }
        let mut events = VecDeque::new();
        for (file, path) in paths.iter().enumerate() {
            let is_it = |known: &&(String, String, String, i64)| known.0 == *place.pod.name && known.1 == *path;
            let Some((_, _, text, _)) = world.files.iter().find(is_it) else {
                events.push_back(FollowEvent::Missing { file });
                continue;
            };
            let back = match from {
                From::Bytes(back) => back.min(text.len() as u64),
                From::Start | From::Lines(_) => text.len() as u64,
            };
            let offset = text.len() as u64 - back;
            events.push_back(FollowEvent::Began { file, offset, inode: None });
            let bytes = Bytes::copy_from_slice(&text.as_bytes()[offset as usize..]);
            if !bytes.is_empty() {
                events.push_back(FollowEvent::Bytes { file, offset: Some(offset), bytes });
            }
        }
        Ok(Said(events))
    }
}

/// A reading of files, and what it told.
struct Room {
    _task: JoinSet<()>,
    told: mpsc::Receiver<Vec<Told>>,
    all: Vec<Told>,
}

impl Room {
    /// Of pod web-1, which runs.
    fn of(fake: &Fake, paths: &[&str], begin: Begin) -> Self {
        fake.there("web-1", runs("1"), false);
        fake.live();
        Self::new(fake, paths, begin)
    }

    /// Picked in pod web-1 of the app web, where web-0 was passed over.
    fn new(fake: &Fake, paths: &[&str], begin: Begin) -> Self {
        let pick = |path: &&str| PickedFile { pod: name("web-1"), container: "main".into(), path: (*path).into() };
        let picked = Picked { files: paths.iter().map(pick).collect(), passed: vec![name("web-0")] };
        let app = AppKey { namespace: "qa".into(), name: "web".into(), kind: AppKind::Deployment };
        let (to, told) = mpsc::channel(1);
        let run = Run::new(fake.clone(), (vec![LogsOf::App(app)], picked), (begin, LOOK), Outlet::new(to));
        let mut task = JoinSet::new();
        task.spawn(async move {
            let _ = run.forever().await;
        });
        Self { _task: task, told, all: Vec::new() }
    }

    async fn until(&mut self, holds: impl Fn(&Self) -> bool) {
        let listen = async {
            while !holds(self) {
                let batch = self.told.recv().await.expect("the reading ended");
                self.all.extend(batch);
            }
        };
        let heard = timeout(Duration::from_secs(20), listen).await;
        assert!(heard.is_ok(), "not so: {:?}, {:?}, {:?}", self.texts(), self.states(), self.notes());
    }

    /// The lines that are no gaps.
    fn texts(&self) -> Vec<String> {
        let lines = self.lines(|line| line.gap().is_none().then(|| String::from_utf8_lossy(line.text).into_owned()));
        lines.into_iter().map(|line| line.split_once("Z ").map_or(line.clone(), |(_, text)| text.to_owned())).collect()
    }

    fn gaps(&self) -> Vec<(Why, Option<u64>)> {
        self.lines(|line| line.gap().map(|Gap { why, count, .. }| (why, count)))
    }

    fn lines<T>(&self, of: impl Fn(rolldeck_core::logs::Line<'_>) -> Option<T>) -> Vec<T> {
        let blocks =
            self.all.iter().filter_map(|told| if let Told::Lines(blocks) = told { Some(blocks) } else { None });
        blocks.flatten().flat_map(|block| block.lines().collect::<Vec<_>>()).filter_map(of).collect()
    }

    fn states(&self) -> Vec<&SourceState> {
        self.all.iter().filter_map(|told| if let Told::State(_, state) = told { Some(state) } else { None }).collect()
    }

    fn notes(&self) -> Vec<&str> {
        self.all
            .iter()
            .filter_map(|told| if let Told::Note(note) = told { Some(note.as_str()) } else { None })
            .collect()
    }

    /// The paths of the sources, in order.
    fn paths(&self) -> Vec<String> {
        self.sources().into_values().map(|(_, path)| path).collect()
    }

    /// Pods and paths of sources.
    fn sources(&self) -> BTreeMap<SourceId, (String, String)> {
        let of = |told: &Told| if let Told::Sources(sources) = told { sources.clone() } else { Vec::new() };
        let path = |kind| if let Kind::File(path) = kind { path.to_string() } else { panic!("{kind:?} is no file") };
        let place = |source: Source| (source.pod.to_string(), path(source.kind));
        self.all.iter().flat_map(of).map(|(id, source)| (id, place(source))).collect()
    }

    /// How the source of a pod stands that has this path.
    fn state(&self, pod: &str, path: &str) -> Option<&SourceState> {
        let is_it = |(_, place): &(SourceId, (String, String))| place.0 == pod && place.1 == path;
        let (id, _) = self.sources().into_iter().find(is_it)?;
        let of_it = |told: &'_ Told| matches!(told, Told::State(of, _) if *of == id);
        self.all
            .iter()
            .rfind(|told| of_it(told))
            .and_then(|told| if let Told::State(_, state) = told { Some(state) } else { None })
    }
}

/// It begins at its start.
fn began(file: usize, inode: Option<&str>) -> FollowEvent {
    FollowEvent::Began { file, offset: 0, inode: inode.map(Into::into) }
}

fn stamped(seconds: std::ops::Range<i64>) -> String {
    seconds.map(|second| format!("{} line {second}\n", rolldeck_core::logs::rfc3339(second * SECOND))).collect()
}

fn bytes(offset: u64, text: &str) -> FollowEvent {
    FollowEvent::Bytes { file: 0, offset: Some(offset), bytes: Bytes::copy_from_slice(text.as_bytes()) }
}

#[tokio::test]
async fn a_pattern_is_all_that_matches_and_what_comes_joins_without_a_word() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1), ("/l/old.log.gz", "x", 1), ("/l/note.txt", "no", 1)]);
    let mut room = Room::of(&fake, &["/l/*.log*"], Begin::Head);
    room.until(|room| room.texts() == ["one"]).await;
    assert_eq!(room.notes(), ["1 packed files of qa/web-1 [main] are not read: download them"]);
    fake.write("/l/b.log", "two\n", 2);
    room.until(|room| room.texts() == ["one", "two"]).await;
    assert_eq!(room.paths(), ["/l/a.log", "/l/b.log"]);
    assert_eq!(fake.followed()[1], (vec!["/l/b.log".to_owned()], From::Start), "from its first line on");
}

#[tokio::test]
async fn a_broken_link_is_taken_up_within_a_line_without_a_loss_or_a_double() {
    let fake = Fake::default();
    fake.script(vec![
        began(0, None),
        bytes(0, "one\ntw"),
        FollowEvent::Interrupted("the link broke".into()),
        FollowEvent::Interrupted("the link broke again".into()),
        FollowEvent::Resumed,
        bytes(6, "o\nthree\n"),
    ]);
    let mut room = Room::of(&fake, &["/l/a.log"], Begin::Head);
    room.until(|room| room.texts().len() == 3).await;
    assert_eq!(room.texts(), ["one", "two", "three"]);
    assert_eq!(room.gaps(), []);
    let since: Vec<i64> = room
        .states()
        .iter()
        .filter_map(|state| if let SourceState::Reconnecting(since, _) = state { Some(*since) } else { None })
        .collect();
    assert_eq!(since.len(), 2);
    assert_eq!(since[0], since[1], "it is lost since the first break");
    assert_eq!(room.states().last(), Some(&&SourceState::Live));
}

#[tokio::test]
async fn from_a_moment_on_lines_pass_by_their_own_time_and_old_files_not_at_all() {
    // Longer than what is looked at first, so that the second look goes farther back.
    let long = stamped(0..20_000);
    let fake =
        Fake::of(&[("/l/a.log", &long, 20_000), ("/l/old.log", "long ago\n", 5), ("/l/plain.log", "x\ny\n", 19_000)]);
    let mut room = Room::of(&fake, &["/l/"], Begin::At(10_000 * SECOND));
    room.until(|room| room.texts().len() >= 10_002).await;
    let mut texts = room.texts();
    texts.retain(|text| text.starts_with("line "));
    assert_eq!((texts.len(), &*texts[0], &*texts[9_999]), (10_000, "line 10000", "line 19999"));
    assert!(!room.texts().contains(&"long ago".to_owned()));
    assert_eq!(room.notes().len(), 1);
    assert!(room.notes()[0].starts_with("1 file of qa/web-1 [main] tell no time in their lines"), "{:?}", room.notes());
    let back: Vec<From> = fake.followed().into_iter().map(|(_, from)| from).collect();
    assert_eq!(back, [From::Bytes(256 << 10), From::Bytes(4 << 20)]);
}

#[tokio::test]
async fn what_may_not_be_read_says_so_by_every_source() {
    let fake = Fake::default();
    fake.refuse("", Refused::Forbidden("create pods/exec".into()));
    let mut room = Room::of(&fake, &["/l/*.log", "/l/a"], Begin::Head);
    room.until(|room| room.states().iter().filter(|state| matches!(state, SourceState::Forbidden(_))).count() == 2)
        .await;
    assert_eq!(room.paths(), ["/l/a", "/l/*.log"]);
    let fake = Fake::default();
    let at = Clean::from("qa/web-1 [main]");
    fake.refuse("", Refused::ReadOnly(rolldeck_core::shell::Opening::Files, at));
    let mut room = Room::of(&fake, &["/l/a"], Begin::Head);
    room.until(|room| matches!(room.states().last(), Some(SourceState::Ended(_, Ended::Refused(_))))).await;
    let Some(SourceState::Ended(_, Ended::Refused(why))) = room.states().last().copied() else { panic!("it ended") };
    assert!(why.ends_with("logs.files-when-read-only allows it"), "{why}");
}
