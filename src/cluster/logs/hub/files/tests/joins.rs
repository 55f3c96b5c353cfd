//! Pods that come while files are followed.

use super::*;

fn waits(state: Option<&SourceState>, why: &str) -> bool {
    matches!(state, Some(SourceState::Waiting(said)) if said.contains(why))
}

#[tokio::test]
async fn a_new_pod_of_the_app_is_followed_from_the_start_of_its_files() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    let mut room = Room::of(&fake, &["/l/*.log"], Begin::Tail(1));
    room.until(|room| room.texts() == ["one"]).await;
    fake.write_in("web-2", "/l/a.log", "first\nsecond\n", 2);
    fake.there("web-2", runs("1"), true);
    room.until(|room| room.texts() == ["one", "first", "second"]).await;
    let places: Vec<String> = room.sources().into_values().map(|(pod, path)| format!("{pod} {path}")).collect();
    assert_eq!(places, ["web-1 /l/a.log", "web-2 /l/a.log"]);
    assert_eq!(fake.followed()[1], (vec!["/l/a.log".to_owned()], From::Start));
    fake.tell(Pods::Gone("uid of web-2".into()));
    room.until(|room| matches!(room.state("web-2", "/l/a.log"), Some(SourceState::Ended(_, Ended::PodGone)))).await;
    assert_eq!(room.texts().len(), 3, "its lines stay");
    assert_eq!(room.state("web-1", "/l/a.log"), Some(&SourceState::Live));
}

#[tokio::test]
async fn a_new_pod_says_that_it_waits_until_it_runs_and_until_a_file_matches() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    let mut room = Room::of(&fake, &["/l/*.log"], Begin::Head);
    fake.there("web-2", Status::NotStarted("ContainerCreating".into()), true);
    room.until(|room| waits(room.state("web-2", "/l/*.log"), "ContainerCreating")).await;
    fake.there("web-2", runs("1"), true);
    room.until(|room| waits(room.state("web-2", "/l/*.log"), "no file matches yet")).await;
    fake.write_in("web-2", "/l/b.log", "two\n", 2);
    room.until(|room| room.texts() == ["one", "two"]).await;
    let found = |room: &Room| matches!(room.state("web-2", "/l/*.log"), Some(SourceState::Ended(_, Ended::Found)));
    room.until(found).await;
    assert_eq!(room.state("web-2", "/l/b.log"), Some(&SourceState::Live));
}

#[tokio::test]
async fn a_new_pod_that_cannot_be_looked_into_says_why_and_the_others_go_on() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    fake.refuse("web-2", Refused::Missing("qa/web-2 [main]".into(), "find, sh".into()));
    fake.refuse("web-3", Refused::Forbidden("create pods/exec in namespace qa".into()));
    let mut room = Room::of(&fake, &["/l/*.log", "/l/x"], Begin::Head);
    fake.there("web-2", runs("1"), true);
    fake.there("web-3", runs("1"), true);
    for path in ["/l/*.log", "/l/x"] {
        let ended = |room: &Room| match room.state("web-2", path) {
            Some(SourceState::Ended(_, Ended::Refused(why))) => why.ends_with("has none of find, sh"),
            _ => false,
        };
        room.until(ended).await;
        room.until(|room| matches!(room.state("web-3", path), Some(SourceState::Forbidden(_)))).await;
    }
    assert_eq!(room.state("web-1", "/l/a.log"), Some(&SourceState::Live));
}

#[tokio::test]
async fn a_pod_without_the_container_says_that_it_has_none_of_its_name() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    let mut room = Room::of(&fake, &["/l/a.log"], Begin::Head);
    let mut pod = subject::nothing("uid of web-2".into());
    pod.app = Some((AppKind::Deployment, "web".into()));
    pod.containers = vec![subject::Container::of("server".into(), runs("1"))];
    fake.tell(Pods::There { name: name("web-2"), pod, later: true });
    let ended = |room: &Room| match room.state("web-2", "/l/a.log") {
        Some(SourceState::Ended(_, Ended::Refused(why))) => why.starts_with("its pod has no container of this name"),
        _ => false,
    };
    room.until(ended).await;
}

#[tokio::test]
async fn pods_that_came_before_the_reading_join_unless_they_were_seen_and_left_out() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    for pod in ["web-0", "web-2"] {
        fake.write_in(pod, "/l/a.log", pod, 2);
        fake.write_in(pod, "/l/a.log.not", "picked\n", 2);
        fake.there(pod, runs("1"), false);
    }
    fake.tell(Pods::There { name: name("db-1"), pod: subject::nothing("uid of db-1".into()), later: false });
    let mut room = Room::of(&fake, &["/l/a.log"], Begin::Head);
    room.until(|room| room.sources().len() == 2).await;
    // Whatever happens to it later.
    fake.there("web-0", runs("2"), true);
    fake.there("web-4", runs("1"), true);
    room.until(|room| waits(room.state("web-4", "/l/a.log"), "there is no such file")).await;
    let pods: Vec<String> = room.sources().into_values().map(|(pod, _)| pod).collect();
    assert_eq!(pods, ["web-1", "web-2", "web-4"]);
}

#[tokio::test]
async fn a_reading_that_is_begun_after_its_pods_have_gone_goes_on_with_those_that_replaced_them() {
    let fake = Fake::default();
    fake.write_in("web-7", "/l/a.log", "seven\n", 1);
    fake.there("web-7", runs("1"), false);
    fake.live();
    let mut room = Room::new(&fake, &["/l/a.log"], Begin::Head);
    room.until(|room| room.texts() == ["seven"]).await;
    assert!(matches!(room.state("web-1", "/l/a.log"), Some(SourceState::Ended(_, Ended::PodGone))));
}

#[tokio::test]
async fn revisions_of_new_pods_have_their_numbers_whichever_comes_first() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    let mut room = Room::of(&fake, &["/l/a.log"], Begin::Head);
    room.until(|room| room.texts() == ["one"]).await;
    let mut pod = subject::nothing("u".into());
    pod.app = Some((AppKind::Deployment, "web".into()));
    pod.hash = "5d9f".into();
    let key = Key::of(&name("web-2"), &pod).unwrap();
    fake.tell(Pods::Numbered(key, 4));
    fake.there("web-2", runs("1"), true);
    let numbers = |room: &Room| -> BTreeMap<String, Option<u64>> {
        let of = |told: &Told| if let Told::Sources(sources) = told { sources.clone() } else { Vec::new() };
        let all = room.all.iter().flat_map(of);
        all.map(|(_, source)| (source.pod.to_string(), source.revision.number)).collect()
    };
    room.until(|room| numbers(room).len() == 2).await;
    assert!(numbers(&room).values().all(|number| *number == Some(4)), "{:?}", numbers(&room));
}

#[tokio::test]
async fn where_pods_may_not_be_listed_what_was_picked_is_tried_all_the_same() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    fake.tell(Pods::Fresh(Freshness::Forbidden("list pods in namespace qa".into())));
    let mut room = Room::new(&fake, &["/l/a.log"], Begin::Head);
    room.until(|room| room.texts() == ["one"]).await;
    assert!(room.all.iter().any(|told| matches!(told, Told::Pods(Freshness::Forbidden(_)))));
}
