//! Files against a container that is made up.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use rolldeck_core::{
    kept::Name,
    logs::{Begin, Ended, Gap, Kind, PickedFile, Source, SourceState, Told, Why, time},
    shell::{End, FileEntry, FilePattern, From, Listing, Place, Refused},
    text::Clean,
};
use tokio::{sync::mpsc, task::JoinSet, time::timeout};

use super::{
    super::outlet::Outlet,
    reach::{Events, Reach},
    run,
};
use crate::exec::FollowEvent;

const LOOK: Duration = Duration::from_millis(30);
const SECOND: i64 = 1_000_000_000;

/// What a container answers.
#[derive(Default)]
struct World {
    /// Its files, as a listing has them: path, text, when written (in seconds).
    files: Vec<(String, String, i64)>,
    refusal: Option<Refused>,
    /// What following says one after another, if not what the files have.
    scripts: VecDeque<Vec<FollowEvent>>,
    /// What was followed: paths, and from where on.
    followed: Vec<(Vec<String>, From)>,
}

#[derive(Clone, Default)]
struct Fake(Arc<Mutex<World>>);

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

    fn write(&self, path: &str, text: &str, at: i64) {
        self.0.lock().unwrap().files.push((path.to_owned(), text.to_owned(), at));
    }

    fn script(&self, events: Vec<FollowEvent>) {
        self.0.lock().unwrap().scripts.push_back(events);
    }

    fn followed(&self) -> Vec<(Vec<String>, From)> {
        self.0.lock().unwrap().followed.clone()
    }
}

impl Reach for Fake {
    type Events = Said;

    async fn source(&self, pod: &Name, container: &Clean) -> Source {
        let (namespace, pod) = (pod.namespace.clone(), pod.name.clone());
        Source { namespace, pod, uid: "u".into(), container: container.clone(), ..Source::default() }
    }

    async fn list(&self, _: &Place, patterns: &[FilePattern]) -> Result<Listing, Refused> {
        let world = self.0.lock().unwrap();
        if let Some(refused) = &world.refusal {
            return Err(refused.clone());
        }
        let entry = |(path, text, at): &(String, String, i64)| FileEntry {
            path: path.clone(),
            size: Some(text.len() as u64),
            modified: Some(time(at * SECOND)),
            mode: None,
            link: false,
        };
        let files = world.files.iter().filter(|file| patterns.iter().any(|pattern| pattern.matches(&file.0)));
        Ok(Listing { files: files.map(entry).collect(), ..Listing::default() })
    }

    async fn follow(&self, _: &Place, paths: &[String], from: From) -> Result<Said, Refused> {
        let mut world = self.0.lock().unwrap();
        world.followed.push((paths.to_vec(), from));
        if let Some(refused) = &world.refusal {
            return Err(refused.clone());
        }
        if let Some(script) = world.scripts.pop_front() {
            return Ok(Said(script.into()));
        }
        let mut events = VecDeque::new();
        for (file, path) in paths.iter().enumerate() {
            let Some((_, text, _)) = world.files.iter().find(|known| known.0 == *path) else {
                events.push_back(FollowEvent::Missing { file });
                continue;
            };
            let back = match from {
                From::Bytes(back) => back.min(text.len() as u64),
                From::Start | From::Lines(_) => text.len() as u64,
            };
            let offset = text.len() as u64 - back;
            events.push_back(FollowEvent::Began { file, offset });
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
    fn of(fake: &Fake, paths: &[&str], begin: Begin) -> Self {
        let pick = |path: &&str| PickedFile {
            pod: Name { namespace: "qa".into(), name: "web-1".into() },
            container: "main".into(),
            path: (*path).into(),
        };
        let (files, fake) = (paths.iter().map(pick).collect(), fake.clone());
        let (to, told) = mpsc::channel(1);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let _ = run(fake, files, (begin, LOOK), Outlet::new(to)).await;
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
        let of = |told: &Told| match told {
            Told::Sources(sources) => sources.iter().map(|(_, source)| source.kind.clone()).collect(),
            _ => Vec::new(),
        };
        let path = |kind| if let Kind::File(path) = kind { path.to_string() } else { panic!("{kind:?} is no file") };
        self.all.iter().flat_map(of).map(path).collect()
    }
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
async fn what_a_rotation_renames_is_not_read_a_second_time() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    fake.script(vec![
        FollowEvent::Began { file: 0, offset: 0 },
        bytes(0, "one\n"),
        FollowEvent::Rotated { file: 0, whole: true },
        FollowEvent::Began { file: 0, offset: 0 },
        bytes(0, "two\n"),
    ]);
    let mut room = Room::of(&fake, &["/l/"], Begin::Head);
    room.until(|room| room.texts() == ["one", "two"]).await;
    fake.write("/l/a.log.1", "one\n", 1);
    fake.write("/l/c.log", "three\n", 1);
    room.until(|room| room.texts() == ["one", "two", "three"]).await;
    assert_eq!(room.gaps(), [(Why::Rotated, Some(0))]);
    assert_eq!(room.paths(), ["/l/a.log", "/l/c.log"]);
}

#[tokio::test]
async fn the_past_of_a_followed_file_ends_when_it_is_rotated_and_is_not_doubled() {
    let fake = Fake::of(&[("/l/a.log", "", 1), ("/l/a.log.1", "", 1)]);
    let data = |file, offset, text: &'static str| FollowEvent::Bytes {
        file,
        offset: Some(offset),
        bytes: Bytes::from_static(text.as_bytes()),
    };
    fake.script(vec![
        data(0, 0, "new\n"),
        data(1, 0, "old\n"),
        FollowEvent::Rotated { file: 0, whole: true },
        FollowEvent::Rotated { file: 1, whole: true },
        FollowEvent::Began { file: 1, offset: 0 },
        data(1, 0, "new\n"),
        data(0, 0, "newer\n"),
    ]);
    let mut room = Room::of(&fake, &["/l/a.log", "/l/a.log.1"], Begin::Head);
    room.until(|room| room.texts().contains(&"newer".to_owned())).await;
    let mut texts = room.texts();
    texts.sort();
    assert_eq!(texts, ["new", "newer", "old"]);
    assert!(room.states().iter().any(|state| matches!(state, SourceState::Ended(_, Ended::Complete))));
}

#[tokio::test]
async fn a_broken_link_is_taken_up_within_a_line_without_a_loss_or_a_double() {
    let fake = Fake::default();
    fake.script(vec![
        FollowEvent::Began { file: 0, offset: 0 },
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
async fn a_container_that_runs_again_is_read_on_where_its_volume_was() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    let end = End::Container { reason: "Error".into(), code: Some(3), restarted: false };
    fake.script(vec![FollowEvent::Began { file: 0, offset: 0 }, bytes(0, "one\n"), FollowEvent::Ended(end)]);
    fake.script(vec![FollowEvent::Began { file: 0, offset: 0 }, bytes(0, "one\n"), bytes(4, "two\n")]);
    let mut room = Room::of(&fake, &["/l/a.log"], Begin::Head);
    room.until(|room| room.texts().len() == 2).await;
    assert_eq!(room.texts(), ["one", "two"]);
    assert_eq!(room.gaps(), [(Why::Restarted, None)], "what it wrote meanwhile is not known");
    assert!(room.states().iter().any(|state| matches!(state, SourceState::Ended(_, Ended::Exited(Some(3))))));
    assert_eq!(room.states().last(), Some(&&SourceState::Live));
}

#[tokio::test]
async fn what_may_not_be_read_says_so_by_every_source() {
    let fake = Fake::default();
    fake.0.lock().unwrap().refusal = Some(Refused::Forbidden("create pods/exec".into()));
    let mut room = Room::of(&fake, &["/l/*.log", "/l/a"], Begin::Head);
    room.until(|room| room.states().iter().filter(|state| matches!(state, SourceState::Forbidden(_))).count() == 2)
        .await;
    assert_eq!(room.paths(), ["/l/a", "/l"]);
    let fake = Fake::default();
    let at = Clean::from("qa/web-1 [main]");
    fake.0.lock().unwrap().refusal = Some(Refused::ReadOnly(rolldeck_core::shell::Opening::Files, at));
    let mut room = Room::of(&fake, &["/l/a"], Begin::Head);
    room.until(|room| matches!(room.states().last(), Some(SourceState::Ended(_, Ended::Refused(_))))).await;
    let Some(SourceState::Ended(_, Ended::Refused(why))) = room.states().last().copied() else { panic!("it ended") };
    assert!(why.ends_with("logs.files-when-read-only allows it"), "{why}");
}
