//! Keys to containers and to the console, and what stands on the screen.

use std::sync::Arc;

use rolldeck_core::{
    act::PodId,
    batch::guard::{Glob, Guard, GuardRule, Guards},
    shell::{Access, Denied, End, Grid, Place, Refused, Rule, Size},
};
use rolldeck_emulator::Emulator;
use rstest::rstest;

use super::{Look, ShellAction, ShellEffect, ShellReply, Wanted, What};
use crate::{Click, Effect, LogsEffect, Message, testing::Stage};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

fn place(pod: &str) -> Place {
    let pod = PodId { namespace: "qa".into(), name: pod.into(), uid: "u".into() };
    Place { pod, container: "main".into() }
}

/// What a container's bytes look like in a terminal of the room's size.
fn drawn((columns, rows): (u16, u16), bytes: &str) -> Arc<Grid> {
    let mut emulator = Emulator::new(Size { cols: columns, rows: rows - 4 }, 100);
    emulator.feed(bytes.as_bytes());
    Arc::new(emulator.grid())
}

const PROMPT: &str = "\x1b[1;32mroot@gateway\x1b[0m:\x1b[34m/srv/日本語\x1b[0m# ls\r\n\x1b[38;5;208mlogs\x1b[0m  \x1b[7m資料.txt\x1b[0m  \
                      e\u{301}t\u{e9}\r\n\x1b]52;c;c2VjcmV0\x07\x1b]0;hostile \u{202e}title\x07root@gateway:/srv/日本語# ";

impl Stage {
    /// Asks for a session, without a room in between.
    fn wants(&mut self, what: What) -> &mut Self {
        self.keys("/").type_text("gateway").keys("enter enter").shows("Pods of qa/deploy/gateway");
        self.keys(match what {
            What::Attach { .. } => "a",
            _ => "s",
        })
    }

    fn told(&mut self, id: u64, reply: ShellReply) -> &mut Self {
        self.message(Message::Shell(id, reply))
    }

    /// The nth session is open, and shows a prompt.
    fn opened(&mut self, id: u64, pod: &str, size: (u16, u16)) -> &mut Self {
        let limits = "this container's own limits: CPU 500m, memory 256Mi, open files 1024".into();
        self.told(id, ShellReply::Opened { place: place(pod), limits, recorded: None });
        self.told(id, ShellReply::Screen(drawn(size, PROMPT), false))
    }

    /// What went to containers since the last time this was asked.
    fn sent(&mut self) -> String {
        let mut out = Vec::new();
        for effect in self.effects.drain(..) {
            if let Effect::Shell(ShellEffect::Input(_, bytes)) = effect {
                out.extend(bytes);
            }
        }
        String::from_utf8(out).expect("UTF-8")
    }

    fn asked_for(&self, hit: impl Fn(&ShellEffect) -> bool) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Shell(effect) if hit(effect))).count()
    }
}

fn shell(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.wants(What::Shell);
    stage.opened(1, "gateway-7d9f-00000", size);
    stage
}

fn denied() -> Denied {
    Denied {
        rule: Rule { verbs: vec!["get"], resource: "pods/exec" },
        namespace: "qa".into(),
        reason: "".into(),
        kubectl: Access::Exec.kubectl("qa-eu", &place("gateway-7d9f-00000")),
        create_alone: true,
    }
}

#[rstest]
fn the_room_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let mut stage = Stage::shop(size);
    stage.wants(What::Shell);
    insta::assert_snapshot!(name(size, "opening"), stage.text());
    stage.told(1, ShellReply::Denied(denied()));
    insta::assert_snapshot!(name(size, "denied"), stage.text());
    stage.told(
        1,
        ShellReply::Refused(Refused::NotRunning(
            "qa/gateway-7d9f-00000 [main]".into(),
            "waiting: CrashLoopBackOff".into(),
        )),
    );
    insta::assert_snapshot!(name(size, "refused"), stage.text());
    stage.told(1, ShellReply::Ended(End::NoShell(vec!["sh".into(), "bash".into(), "ash".into()])));
    insta::assert_snapshot!(name(size, "no-shell"), stage.text());

    let mut stage = shell(size);
    insta::assert_snapshot!(name(size, "normal"), stage.text());
    stage.keys("ctrl-]");
    insta::assert_snapshot!(name(size, "prefix"), stage.text());
    stage.keys("x");
    insta::assert_snapshot!(name(size, "closing"), stage.text());
    stage.keys("esc");
    let end = End::Container { reason: "OOMKilled".into(), code: Some(137), restarted: true };
    stage.told(1, ShellReply::Ended(end));
    insta::assert_snapshot!(name(size, "ended"), stage.text());
}

#[test]
fn colours_are_the_containers_and_what_is_hostile_is_gone() {
    insta::assert_snapshot!("styles", shell(SMALL).styles());
}

#[test]
fn keys_go_to_the_container_even_those_that_leave_the_console() {
    let mut stage = shell(SMALL);
    stage.sent();
    stage.type_text("ls -l日").keys("enter ctrl-c ctrl-d esc : ? q up f5 alt-b");
    assert_eq!(stage.sent(), "ls -l日\r\x03\x04\x1b:?q\x1b[A\x1b[15~\x1bb");
    stage.message(Message::Paste("a\nb".into()));
    assert_eq!(stage.sent(), "a\rb");
    assert_eq!(stage.effects.iter().filter(|effect| matches!(effect, Effect::Quit)).count(), 0);
}

#[test]
fn a_program_gets_keys_pastes_and_the_mouse_as_it_asked() {
    let mut stage = shell(SMALL);
    stage.told(1, ShellReply::Screen(drawn(SMALL, "\x1b[?1049h\x1b[?1h\x1b[?2004h\x1b[?1000h\x1b[?1006h"), false));
    stage.sent();
    stage.keys("up").message(Message::Paste("x".into()));
    stage.mouse(Click::Press, 4, 5).mouse(Click::Release, 4, 5).mouse(Click::WheelUp, 0, 3);
    assert_eq!(stage.sent(), "\x1bOA\x1b[200~x\x1b[201~\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<64;1;1M");
}

#[test]
fn the_prefix_makes_the_next_key_the_consoles_and_twice_goes_through() {
    let mut stage = shell(SMALL);
    stage.sent();
    stage.keys("ctrl-] ctrl-]");
    assert_eq!(stage.sent(), "\x1d");
    stage.keys("ctrl-] d").shows("Pods of qa/deploy/gateway").shows("1 shell open");
    stage.keys(":").type_text("shells").keys("enter").shows("root@gateway");
    stage.keys("ctrl-] ?").shows("Help: Shells");
    stage.keys("esc").shows("root@gateway");
    stage.keys("ctrl-] y").shows("copied");
    assert_eq!(stage.sent(), "");
}

#[test]
fn a_key_typed_into_a_shell_that_ended_within_the_last_second_never_reaches_the_console() {
    let mut stage = shell(SMALL);
    stage.at(10).told(1, ShellReply::Ended(End::Exit(0))).shows("The shell ended: exit code 0");
    stage.sent();
    stage.keys("enter x ctrl-c ctrl-] esc : q").shows("The shell ended: exit code 0").hides("Leave?");
    let begun = |stage: &Stage| stage.asked_for(|effect| matches!(effect, ShellEffect::Open(..)));
    assert_eq!((begun(&stage), stage.sent().as_str()), (0, ""));
    stage.at(11).keys("enter").shows("is on its way");
    assert_eq!(begun(&stage), 1);
}

#[test]
fn one_that_ended_is_opened_again_put_away_or_left() {
    let mut stage = shell(SMALL);
    stage.told(1, ShellReply::Ended(End::Network("reset".into()))).at(5).keys("esc").shows("Pods of qa");
    stage.keys(":").type_text("shells").keys("enter").shows("what ran may still run");
    stage.keys("x").shows("Pods of qa");
    stage.keys(":").type_text("shells").keys("enter").shows("no shell is open");
}

#[test]
fn several_stay_open_in_tabs() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] d j s").opened(2, "gateway-7d9f-00001", SMALL).shows("2 shells open");
    insta::assert_snapshot!("tabs", stage.text());
    stage.sent();
    stage.keys("ctrl-] 1").shows("Shell qa/gateway-7d9f-00000");
    stage.type_text("a");
    let first = stage.asked_for(|effect| matches!(effect, ShellEffect::Input(1, _)));
    stage.keys("ctrl-] n").shows("Shell qa/gateway-7d9f-00001");
    stage.keys("ctrl-] n").shows("Shell qa/gateway-7d9f-00000");
    stage.keys("ctrl-] p").shows("Shell qa/gateway-7d9f-00001");
    stage.keys("ctrl-] 7").shows("there is no session 7");
    stage.keys("ctrl-] x tab enter").shows("Shell qa/gateway-7d9f-00000").shows("1 shell open");
    assert_eq!((first, stage.asked_for(|effect| matches!(effect, ShellEffect::Close(2)))), (1, 1));
    stage.keys("ctrl-] x tab enter").shows("Pods of qa");
    assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Close(1))), 1);
}

#[test]
fn looking_back_and_searching_are_the_consoles_until_left() {
    let mut stage = shell(SMALL);
    stage.sent();
    stage.keys("ctrl-] [ k pgup g /").type_text("err").keys("enter n N q");
    let looked: Vec<Look> = stage
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Shell(ShellEffect::Look(1, look)) => Some(look.clone()),
            _ => None,
        })
        .collect();
    let search = |text: &str| Look::Search(text.to_owned());
    let wanted = [
        Look::Up(1),
        Look::Up(19),
        Look::Top,
        search("e"),
        search("er"),
        search("err"),
        Look::Older,
        Look::Newer,
        Look::Bottom,
        search(""),
    ];
    assert_eq!(looked, wanted);
    assert_eq!(stage.sent(), "");
    stage.type_text("x");
    assert_eq!(stage.sent(), "x");
}

#[test]
fn what_is_searched_for_is_counted_and_shown() {
    let mut stage = shell(SMALL);
    let mut emulator = Emulator::new(Size { cols: 80, rows: 20 }, 100);
    (0..40).for_each(|n| emulator.feed(format!("line {n} {}\r\n", if n % 9 == 0 { "Fehler" } else { "" }).as_bytes()));
    emulator.search("fehler");
    emulator.next_hit(true);
    stage.keys("ctrl-] /").type_text("fehler");
    stage.told(1, ShellReply::Screen(Arc::new(emulator.grid()), true));
    insta::assert_snapshot!("search", stage.text());
}

#[test]
fn a_size_reaches_every_session_that_is_open() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] d j s").opened(2, "gateway-7d9f-00001", SMALL);
    stage.message(Message::Resize(100, 30));
    let size = Size { cols: 100, rows: 26 };
    assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Resize(_, at) if *at == size)), 2);
}

#[test]
fn an_attachment_only_looks_on() {
    let mut stage = Stage::shop(SMALL);
    stage.wants(What::Attach { stdin: false });
    stage.opened(1, "gateway-7d9f-00000", SMALL).shows("Attached, looking on qa/gateway-7d9f-00000");
    stage.keys("x ctrl-c");
    assert_eq!(stage.sent(), "");
    stage.keys("ctrl-] a").shows("ctrl-c may end it");
    stage.keys("tab enter").shows("Attached, typing qa/gateway-7d9f-00000");
    stage.opened(2, "gateway-7d9f-00000", SMALL);
    stage.type_text("x");
    assert_eq!(stage.sent(), "x");
}

#[test]
fn a_recording_is_signed_while_it_runs_and_named_at_its_end() {
    let mut stage = Stage::shop(WIDE);
    stage.wants(What::Shell);
    let recorded = Some("/state/rolldeck/recordings/x.cast".into());
    stage.told(1, ShellReply::Opened { place: place("gateway-7d9f-00000"), limits: "".into(), recorded });
    stage.shows("● REC");
    stage.told(1, ShellReply::Ended(End::Exit(0))).hides("● REC");
    stage.shows("Recorded to /state/rolldeck/recordings/x.cast");
}

#[test]
fn nothing_is_opened_where_nothing_is_written() {
    let mut stage = Stage::read_only(SMALL);
    stage.wants(What::Shell).shows("This session is read-only: no shell is opened from here.");
    assert_eq!(stage.asked_for(|_| true), 0);
}

fn guarded(what: Guard) -> Stage {
    let rule = GuardRule { namespace: Glob::new("qa"), ..GuardRule::new(what, "config.toml, line 3") };
    Stage::guarded(SMALL, Guards::new(vec![rule]))
}

#[test]
fn a_guard_refuses_or_asks_for_the_name_first() {
    let mut stage = guarded(Guard::ReadOnly);
    stage.wants(What::Shell).shows("Nothing is opened here:");
    assert_eq!(stage.asked_for(|_| true), 0);
    let mut stage = guarded(Guard::Type);
    stage.wants(What::Shell).shows("Type qa to go on");
    stage.keys("tab enter");
    assert_eq!(stage.asked_for(|_| true), 0);
    stage.type_text("qa").keys("enter").shows("is on its way");
    assert_eq!(stage.asked_for(|effect| matches!(effect, ShellEffect::Open(..))), 1);
}

#[test]
fn without_a_shell_a_debug_container_is_offered_and_asked_about() {
    let mut stage = Stage::shop(SMALL);
    stage.wants(What::Shell).told(1, ShellReply::Ended(End::NoShell(vec!["sh".into()]))).at(2);
    stage.keys("!").shows("image busybox:1.37 is added to the pod");
    stage.keys("enter").shows("The shell ended: the image has no shell");
    stage.keys("! tab enter").shows("Debug container qa/gateway-7d9f-00000");
    let debug = |effect: &ShellEffect| matches!(effect, ShellEffect::Open(_, Wanted { what: What::Debug, .. }, _));
    assert_eq!(stage.asked_for(debug), 1);
    stage.told(2, ShellReply::Stage("starting a container of busybox:1.37".into())).shows("starting a container of");
}

#[test]
fn who_is_denied_copies_the_line_for_kubectl() {
    let mut stage = Stage::shop(SMALL);
    stage.wants(What::Shell).told(1, ShellReply::Denied(denied())).at(2).keys("c").shows("copied kubectl --context");
}

#[test]
fn an_app_asks_in_which_pod_the_healthiest_first() {
    let mut stage = Stage::shop(SMALL);
    stage.keys(":").type_text("shell orders").keys("enter").shows("Shell in which pod of orders?");
    insta::assert_snapshot!("choose", stage.text());
    stage.keys("enter").shows("Shell qa/orders-7d9f-00000");
}

#[test]
fn leaving_asks_while_a_shell_is_open() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] d ctrl-c").shows("1 shell is open: what runs in it is hung up");
    stage.keys("esc");
    stage.message(Message::Shell(1, ShellReply::Ended(End::Exit(0)))).keys("ctrl-c");
    assert_eq!(stage.effects.iter().filter(|effect| matches!(effect, Effect::Quit)).count(), 1);
}

#[test]
fn a_tab_that_is_closed_by_another_place_leaves_the_one_looked_at() {
    let mut shells = super::Shells::default();
    let now = crate::testing::ago(0);
    for pod in ["a", "b", "c"] {
        shells.act(ShellAction::Open(Wanted { place: place(pod), what: What::Shell }), now);
    }
    shells.act(ShellAction::Close(1), now);
    assert_eq!(shells.current().map(|tab| tab.id), Some(3));
    shells.act(ShellAction::Show(2), now);
    shells.act(ShellAction::Close(3), now);
    assert_eq!(shells.current().map(|tab| tab.id), Some(2));
}

/// The sizes that were told to containers.
fn sizes(stage: &Stage) -> Vec<(u16, u16)> {
    let sizes = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Shell(ShellEffect::Resize(_, size)) => Some((size.cols, size.rows)),
        _ => None,
    });
    sizes.collect()
}

fn reads_logs(stage: &Stage) -> (usize, usize) {
    let count = |hit: fn(&LogsEffect) -> bool| {
        stage.effects.iter().filter(|effect| matches!(effect, Effect::Logs(effect) if hit(effect))).count()
    };
    (count(|effect| matches!(effect, LogsEffect::Open { .. })), count(|effect| matches!(effect, LogsEffect::Close(_))))
}

#[rstest]
#[case(SMALL, (80, 10), (80, 20))]
#[case(WIDE, (80, 46), (160, 46))]
fn logs_stand_beside_a_shell_whose_container_is_told_its_new_size(
    #[case] size: (u16, u16),
    #[case] split: (u16, u16),
    #[case] whole: (u16, u16),
) {
    let mut stage = shell(size);
    stage.keys("ctrl-] v").shows("logs of qa/gateway-7d9f-00000");
    assert_eq!((sizes(&stage), reads_logs(&stage)), (vec![split], (1, 0)));
    insta::assert_snapshot!(name(size, "split"), stage.text());
    stage.keys("ctrl-] tab");
    insta::assert_snapshot!(name(size, "split-logs"), stage.text());
    stage.keys("ctrl-] v").hides("logs of qa/gateway-7d9f-00000").shows("Shell qa/gateway");
    assert_eq!((sizes(&stage), reads_logs(&stage)), (vec![split, whole], (1, 1)));
}

#[test]
fn beside_each_other_keys_go_to_the_part_that_has_them() {
    let mut stage = shell(SMALL);
    stage.sent();
    stage.keys("ctrl-] v a");
    assert_eq!(stage.sent(), "a");
    stage.keys("ctrl-] tab").shows("to the shell");
    stage.keys("w / x").type_text("ab");
    assert_eq!(stage.sent(), "", "these are the logs'");
    stage.keys("esc esc").hides("to the shell");
    stage.keys("b");
    assert_eq!(stage.sent(), "b");
    stage.keys("ctrl-] tab ?").shows("Help");
    stage.keys("esc ctrl-] /").shows("search: ");
    stage.keys("esc q c");
    assert_eq!(stage.sent(), "c", "a command of the shells brings the keys to them");
}

#[test]
fn a_click_brings_the_keys_to_the_part_that_it_hits() {
    let mut stage = shell(WIDE);
    stage.keys("ctrl-] v");
    stage.sent();
    stage.mouse(Click::Press, 120, 20).shows("to the shell");
    stage.keys("w");
    assert_eq!(stage.sent(), "");
    stage.mouse(Click::Press, 10, 20).hides("to the shell");
    stage.keys("w");
    assert_eq!(stage.sent(), "w");
}

#[test]
fn what_stands_beside_is_read_only_while_the_room_is_open_and_goes_with_the_last_session() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] v ctrl-] d").shows("Pods of");
    assert_eq!(reads_logs(&stage), (1, 1));
    stage.keys(":").type_text("shells").keys("enter").shows("logs of qa/gateway-7d9f-00000");
    assert_eq!(reads_logs(&stage), (2, 1));
    stage.keys("ctrl-] x tab enter").shows("Pods of");
    assert_eq!(reads_logs(&stage), (2, 2));
    stage.keys("s").hides("logs of qa/gateway-7d9f-00000");
}

#[test]
fn files_are_copied_from_and_to_the_container_of_the_session() {
    let mut stage = shell(SMALL);
    stage.keys("ctrl-] g").shows("Download from qa/gateway-7d9f-00000 [main]");
    stage.keys("esc");
    stage.keys("ctrl-] u").shows("Upload to qa/gateway-7d9f-00000 [main]");
    stage.keys("esc").shows("Shell qa/gateway");
}

#[test]
fn of_a_pod_that_is_gone_another_one_of_its_app_is_offered() {
    let mut stage = shell(SMALL);
    stage
        .told(1, ShellReply::Ended(End::PodGone))
        .shows("the pod was deleted")
        .shows("enter chooses another pod of gateway");
    stage.at(2);
    stage.keys("enter").shows("Shell in which pod of gateway?");
}
