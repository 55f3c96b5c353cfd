//! What is asked before a batch is taken back, and when.

use super::*;

#[test]
fn a_revert_asks_for_the_number_of_touched_apps() {
    let mut bench = show(failed());
    bench.press("u enter u tab tab enter esc u 6 enter esc");
    assert!(bench.reverts().is_empty());
    bench.press("u 3 enter");
    assert_eq!(bench.reverts(), [ID]);
    assert!(bench.screen(80, 24).contains("The revert was asked for"));
}

#[test]
fn one_touched_app_takes_a_move_to_the_button() {
    let mut bench = show(batch(Phase::Running, vec![(deploy("qa", "gateway"), StepState::Applying)]));
    bench.press("u enter");
    assert!(bench.reverts().is_empty());
    bench.press("u tab enter");
    assert_eq!(bench.reverts(), [ID]);
}

#[test]
fn what_cannot_be_reverted_says_why() {
    for (run, why) in [
        (shop(Phase::Recording, std::array::from_fn(|_| StepState::Waiting)), "No app is touched yet"),
        (shop(Phase::Reverting, std::array::from_fn(|_| StepState::Reverting)), "It is being taken back already"),
        (shop(Phase::Reverted, std::array::from_fn(|_| StepState::Reverted)), "is back already"),
        (shop(Phase::Failed, std::array::from_fn(|_| StepState::NotStarted)), "touched no app"),
    ] {
        let mut bench = show(run);
        bench.press("u");
        assert!(bench.said.contains(why) && !bench.room.typing(), "{why}: {}", bench.said);
    }
    let mut bench = show(failed());
    bench.session.readonly = true;
    bench.press("u");
    assert!(bench.said.contains("read-only") && !bench.room.typing());
}

#[test]
fn a_revert_is_offered_only_where_something_is_to_be_taken_back() {
    let ends = [
        (shop(Phase::Reverted, std::array::from_fn(|_| StepState::Reverted)), false),
        (shop(Phase::Reverting, std::array::from_fn(|_| StepState::Reverting)), false),
        (shop(Phase::Failed, std::array::from_fn(|_| StepState::NotStarted)), false),
        (shop(Phase::Done, std::array::from_fn(|_| StepState::Healthy)), true),
        (failed(), true),
    ];
    for (run, offered) in ends {
        let mut bench = show(run);
        assert_eq!(bench.hints().contains(&(Command::Revert, "take all back")), offered);
        assert!(offered || !bench.screen(160, 47).contains("takes back"));
    }
}

#[test]
fn a_question_about_what_is_back_meanwhile_goes_away() {
    let mut bench = show(failed());
    bench.press("u");
    bench.hear(Message::Run(Arc::new(shop(Phase::Reverting, std::array::from_fn(|_| StepState::Reverting)))));
    assert!(!bench.room.typing());
}

#[test]
fn an_incident_is_reverted_all_at_once() {
    let mut bench = show(failed());
    bench.press("u space");
    assert!(bench.screen(80, 21).contains("(•) all at once"));
    bench.press("3 enter");
    assert_eq!(orders(&bench), [&Order::Revert { at_once: true, only: Vec::new() }]);
}
