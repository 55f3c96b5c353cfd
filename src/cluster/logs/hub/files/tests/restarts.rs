//! Files of containers that end, and run again.

use super::*;

fn ended(code: i32) -> FollowEvent {
    FollowEvent::Ended(End::Container { reason: "Error".into(), code: Some(code), restarted: false })
}

fn is_exit(state: &&SourceState) -> bool {
    matches!(state, SourceState::Ended(_, Ended::Exited(Some(3))))
}

#[tokio::test]
async fn a_file_on_a_volume_is_read_on_where_it_was_and_nothing_is_missing() {
    let fake = Fake::of(&[("/l/a.log", "one\ntwo\n", 1)]);
    fake.script(vec![began(0, Some("7")), bytes(0, "one\n"), ended(3)]);
    fake.script(vec![began(0, Some("7")), bytes(0, "one\n"), bytes(4, "two\n")]);
    let mut room = Room::of(&fake, &["/l/a.log"], Begin::Head);
    room.until(|room| room.texts().len() == 2).await;
    assert_eq!(room.texts(), ["one", "two"]);
    assert_eq!(room.gaps(), [(Why::Restarted, Some(0))]);
    assert!(room.states().iter().any(is_exit));
    assert_eq!(room.states().last(), Some(&&SourceState::Live));
}

#[tokio::test]
async fn a_longer_file_of_the_same_name_in_a_container_made_anew_is_read_from_its_start() {
    for (inode, text) in [("8", "one\nnew 2\n"), ("7", "new 1\nnew 2\n")] {
        let fake = Fake::of(&[("/l/a.log", text, 1)]);
        fake.script(vec![began(0, Some("7")), bytes(0, "one\n"), ended(3)]);
        fake.script(vec![began(0, Some(inode)), bytes(0, &text[..2]), bytes(2, &text[2..])]);
        let mut room = Room::of(&fake, &["/l/a.log"], Begin::Head);
        room.until(|room| room.texts().len() == 3).await;
        let lines: Vec<&str> = std::iter::once("one").chain(text.lines()).collect();
        assert_eq!(room.texts(), lines, "another inode, or other first bytes");
        assert_eq!(room.gaps(), [(Why::Restarted, None)], "what was written last before is not known");
        let texts = room.lines(|line| Some(line.gap().is_some()));
        assert_eq!(texts, [false, true, false, false], "the mark stands between them");
    }
}
