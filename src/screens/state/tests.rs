//! Behaviour of the whole: keys in, screen out.

use std::collections::BTreeSet;

use rolldeck_core::{fleet::Freshness, text::Clean};

use crate::{
    Command, Effect, Message, Room,
    testing::{Stage, ago, keymap, states},
};

const SMALL: (u16, u16) = (80, 24);

fn scope(names: &[&str]) -> BTreeSet<Clean> {
    names.iter().map(|&name| Clean::new(name)).collect()
}

fn scopes(stage: &Stage) -> Vec<BTreeSet<Clean>> {
    let scopes = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Scope(scope) => Some(scope.clone()),
        _ => None,
    });
    scopes.collect()
}

#[test]
fn the_start_watches_the_namespaces_of_the_session_polls_metrics_and_looks_for_unfinished_batches() {
    let stage = Stage::new(SMALL, &["qa"]);
    assert!(matches!(
        stage.effects.as_slice(),
        [Effect::Scope(_), Effect::Metrics(true), Effect::Batch(_), Effect::Contexts(_)]
    ));
    assert_eq!(scopes(&stage), [scope(&["qa"])]);
}

#[test]
fn the_palette_goes_to_namespaces_and_screens() {
    let mut stage = Stage::shop(SMALL);
    stage.keys(": q a enter").shows("ns qa").shows("Loading deployments");
    stage.keys(":").type_text("ns a,b").keys("enter").shows("ns a,b");
    stage.keys(":").type_text("all").keys("enter").shows("all namespaces");
    assert_eq!(scopes(&stage), [scope(&[]), scope(&["qa"]), scope(&["a", "b"]), scope(&[])]);
    stage.keys(":").type_text("nonsense").keys("enter").shows("no screen, command, app or known namespace nonsense");
    stage.keys("esc").hides("nonsense");
    stage.keys(":").type_text("help").keys("enter").shows("Help: Fleet");
    stage.keys("esc").shows(" Fleet ");
}

#[test]
fn an_event_that_changes_nothing_in_sight_draws_nothing() {
    let mut stage = Stage::shop(SMALL);
    stage.state.drawn();
    stage.apply(crate::testing::shop());
    assert!(!stage.state.dirty(), "the same objects again");
    let mut more = crate::testing::app("qa", "gateway", "v1.2.0", 3);
    more.generation = 4;
    more.observed = 4;
    stage.apply(vec![rolldeck_core::fleet::Object::App(more.into())]);
    assert!(!stage.state.dirty(), "a generation is not on the screen");
    let mut gateway = crate::testing::app("qa", "gateway", "v1.2.0", 3);
    gateway.counts.ready = 2;
    stage.apply(vec![rolldeck_core::fleet::Object::App(gateway.into())]);
    assert!(stage.state.dirty(), "a count is");
}

#[test]
fn an_idle_screen_wakes_once_a_minute_at_most() {
    let mut stage = Stage::shop((160, 50));
    stage.state.drawn();
    let wake = stage.state.wake_at().expect("ages are in sight");
    assert!(wake > ago(0) && wake.timestamp() % 60 == 0, "{wake}");
    stage.at((wake - ago(0)).num_seconds() - 1);
    assert!(!stage.state.dirty());
    stage.at((wake - ago(0)).num_seconds());
    assert!(stage.state.dirty());
}

#[test]
fn the_palette_learns_namespaces_that_were_never_in_view() {
    let mut stage = Stage::shop(SMALL);
    stage.keys(":").type_text("wareh").hides("warehouse");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Namespaces)));
    stage.message(Message::Namespaces(vec!["warehouse".into()])).shows("warehouse");
    stage.keys("tab enter").shows("ns warehouse");
}

#[test]
fn a_note_goes_by_itself_and_an_error_stays_until_the_next_key() {
    let mut stage = Stage::shop(SMALL);
    stage.message(Message::Note(false, "copied".into())).shows("copied");
    assert!(stage.state.wake_at().is_some_and(|at| at <= ago(-8)));
    stage.at(9).hides("copied");
    stage.message(Message::Note(true, "refused".into())).at(60).shows("✗ refused");
    stage.keys("j").hides("refused");
}

#[test]
fn stale_names_the_time_and_comes_back_to_live_without_a_key() {
    let mut stage = Stage::shop(SMALL);
    stage.all(Freshness::Stale { since: ago(10), why: "connection refused".into() });
    stage.shows("STALE since 14:04:52: connection refused").shows("gateway");
    stage.all(Freshness::Live).shows(" live").hides("STALE");
}

#[test]
fn an_expired_login_names_the_key_that_logs_in() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("ctrl-l");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Login)));
    stage.all(Freshness::Unauthorized("token expired".into())).shows("LOGIN EXPIRED (ctrl-l logs in): token expired");
    stage.keys("ctrl-l");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Login)));
}

#[test]
fn after_a_login_as_someone_else_the_header_names_them() {
    let mut stage = Stage::shop(SMALL);
    stage.message(Message::LoggedIn("robin".into())).shows("logged in as robin");
    let screen = stage.text();
    assert!(screen.lines().take(2).any(|line| line.contains("robin")), "{screen}");
}

#[test]
fn read_only_is_said_at_any_width() {
    let mut session = crate::testing::session(&["a-very-long-namespace-of-someone", "another-one-that-is-long"]);
    session.readonly = true;
    session.context = "an-arn-that-is-as-long-as-those-of-clouds-tend-to-be/cluster".into();
    let state = crate::State::new(session, keymap(), crate::Theme::plain(), crate::testing::clock(), (60, 24));
    let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(60, 24)).expect("a backend");
    terminal.draw(|frame| crate::draw(&state, frame)).expect("a frame");
    assert!(terminal.backend().to_string().contains("READONLY"));
}

#[test]
fn a_key_that_writes_on_one_screen_is_not_harmless_on_another() {
    let writes = |command| {
        use Command::{Confirm, Release, Restart, Revert, Rollback, Upload};
        matches!(command, Release | Rollback | Restart | Confirm | Revert | Upload)
    };
    let keymap = keymap();
    for row in keymap.rows.iter().filter(|row| writes(row.run)) {
        for key in &row.keys {
            for other in keymap.rows.iter().filter(|other| other.keys.contains(key) && other.run != row.run) {
                // On a plan it goes to the last question, which is answered apart; in logs it saves, as in k9s.
                if (row.run, other.run) == (Command::Confirm, Command::Download) {
                    continue;
                }
                assert!(
                    writes(other.run),
                    "{key} is {:?} on {:?} and {:?} on {:?}",
                    row.run,
                    row.on,
                    other.run,
                    other.on
                );
            }
        }
    }
    assert_eq!(keymap.command(Room::Fleet, "ctrl-d".parse().expect("a key")), None);
}

#[test]
fn the_last_question_comes_before_leaving_with_a_batch_in_flight() {
    let mut stage = Stage::shop(SMALL);
    stage.message(Message::Run(run(rolldeck_core::batch::Phase::Running).into())).shows("batch release 1/2");
    let quits = |stage: &Stage| stage.effects.iter().filter(|effect| matches!(effect, Effect::Quit)).count();
    stage.keys("ctrl-c").shows("Pause and leave?").shows("▸[Stay]");
    stage.keys("enter").hides("Pause and leave?");
    stage.keys("ctrl-c esc ctrl-c ctrl-c");
    assert_eq!(quits(&stage), 0);
    stage.keys("tab enter");
    assert_eq!(quits(&stage), 1);
    stage.message(Message::Run(run(rolldeck_core::batch::Phase::Done).into())).keys("ctrl-c");
    assert_eq!(quits(&stage), 2);
}

/// A batch of two apps, one of them done.
fn run(phase: rolldeck_core::batch::Phase) -> rolldeck_core::batch::Run {
    use rolldeck_core::{
        batch::{BatchId, Intent, Run, RunStep, StepState},
        model::AppKind,
    };
    let step = |name, state| RunStep {
        key: crate::testing::key("qa", name, AppKind::Deployment),
        before: "v1.2.0".into(),
        after: "v1.3.0".into(),
        state,
        since: ago(30),
        began: Some(ago(30)),
        expected: None,
        soaks: None,
        retries: false,
    };
    Run {
        id: BatchId("20261122-140432-k3x9".into()),
        intent: Intent::Release,
        phase,
        steps: vec![step("gateway", StepState::Healthy), step("orders", StepState::RollingOut(1, 2, Clean::default()))],
        started: ago(30),
        ended: None,
        by: "dana".into(),
        claimed: "".into(),
        reason: "".into(),
        options: rolldeck_core::batch::Options::new(Intent::Release, 2),
        notes: Vec::new(),
    }
}

#[rstest::rstest]
fn the_help_and_the_palette_look_like_this(#[values(SMALL, (160, 50))] size: (u16, u16)) {
    for (what, mut stage) in states(size) {
        stage.keys("?");
        insta::assert_snapshot!(format!("help-{what}-{}x{}", size.0, size.1), stage.text());
        stage.keys("esc :");
        insta::assert_snapshot!(format!("palette-{what}-{}x{}", size.0, size.1), stage.text());
    }
    let mut stage = Stage::shop(size);
    stage.keys(":").type_text("xyz").keys("enter");
    insta::assert_snapshot!(format!("palette-nothing-{}x{}", size.0, size.1), stage.text());
}

#[test]
fn the_help_reaches_every_key_at_80_by_24() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("?");
    let mut seen = stage.text();
    for _ in 0..30 {
        seen += &stage.keys("ctrl-f").text();
    }
    for row in &keymap().rows {
        assert!(seen.contains(&row.desc), "{:?} is not in the help", row.desc);
    }
    stage.keys("?").shows("Fleet: 6 apps");
}

#[test]
fn metrics_are_polled_while_they_are_shown() {
    let mut stage = Stage::shop(SMALL);
    let polls = |stage: &Stage| {
        let polls = stage.effects.iter().filter_map(|effect| match effect {
            Effect::Metrics(on) => Some(*on),
            _ => None,
        });
        polls.collect::<Vec<_>>()
    };
    stage.keys("enter ? esc esc");
    assert_eq!(polls(&stage), [true]);
    stage.keys("i").keys("?").keys("esc esc");
    assert_eq!(polls(&stage), [true, false, true]);
}

#[test]
fn what_is_typed_within_a_second_of_the_terminals_return_reaches_nothing() {
    let mut stage = Stage::shop(SMALL);
    stage.at(10).message(Message::Restored);
    stage.keys("ctrl-c").message(Message::Paste("i".into())).keys("i enter").shows("Fleet: 6 apps");
    stage.at(10).keys("i").shows("Fleet: 6 apps");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
    stage.at(11).keys("i").hides("Fleet: 6 apps");
}

#[test]
fn unfinished_batches_are_named_at_the_start_once_and_not_while_someone_drives_them() {
    use rolldeck_core::batch::{BatchId, Found, Holder, Intent};
    let found = |holder| Found {
        id: BatchId("20261122-140432-k3x9".into()),
        intent: Intent::Release,
        by: "kim".into(),
        claimed: "".into(),
        reason: "".into(),
        started: ago(900),
        ended: None,
        phase: rolldeck_core::batch::journal::RecordPhase::Running,
        unfinished: true,
        log: Vec::new(),
        steps: Vec::new(),
        holder,
    };
    let mut stage = Stage::shop(SMALL);
    stage.message(Message::Found(vec![found(Holder::Alive("kim@host".into()))])).shows("Fleet: 6 apps");
    stage.shows("kim@host runs a release 0/0");
    stage.message(Message::Found(vec![found(Holder::Gone)])).shows("1 unfinished batch");
    stage.message(Message::Found(vec![found(Holder::Gone)])).hides("Fleet: 6 apps").shows("20261122-140432-k3x9");
    stage.keys("esc").message(Message::Found(vec![found(Holder::Gone)])).shows("Fleet: 6 apps");
}
