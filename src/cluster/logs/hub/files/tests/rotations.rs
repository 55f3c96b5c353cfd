//! Files that are renamed while they are followed.

use super::*;

#[tokio::test]
async fn what_a_rotation_renames_is_not_read_a_second_time() {
    let fake = Fake::of(&[("/l/a.log", "one\n", 1)]);
    fake.script(vec![
        began(0, None),
        bytes(0, "one\n"),
        FollowEvent::Rotated { file: 0, whole: true },
        began(0, None),
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
        began(1, None),
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
