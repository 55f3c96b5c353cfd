//! Keys and replies in, containers out.

use rolldeck_core::{
    fleet::Freshness,
    kept::{Item, KeptEvent, Name},
    model::{ContainerDetail, ContainerUsage, Doing, Ended, EnvValue, EnvVar, Hidden, PodDetail, Role},
};
use rstest::rstest;

use super::{Containers, ContainersEffect, ContainersReply};
use crate::{
    Click, Effect, LogsEffect, Message,
    testing::{Stage, ago},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn pod() -> Name {
    Name { namespace: "qa".into(), name: "orders-7d9f-00001".into() }
}

fn variable(name: &str, value: EnvValue) -> EnvVar {
    EnvVar { name: name.into(), value }
}

fn main_container() -> ContainerDetail {
    ContainerDetail {
        name: "main".into(),
        image: "registry.local/qa/orders:v1.2.0".into(),
        digest: format!("sha256:{:064x}", 77).into(),
        restarts: 7,
        state: Doing::Waiting("CrashLoopBackOff".into(), "back-off 40s restarting".into()),
        last: Some(Ended {
            reason: "OOMKilled".into(),
            code: 137,
            message: "fatal: \u{1b}[31mheap 满了 🚀".into(),
            started: Some(ago(400)),
            finished: Some(ago(190)),
            ..Ended::default()
        }),
        probes: [("liveness".into(), "http GET :8080/healthz every 10s, 3 failures, timeout 1s".into())].into(),
        requests: (Some(250), Some(256 << 20)),
        limits: (None, Some(256 << 20)),
        ports: ["http 8080/TCP".into(), "metrics 9090/TCP".into()].into(),
        mounts: ["/etc/app ← configmap app-config (read only)".into(), "/tmp ← emptyDir".into()].into(),
        env: [
            variable("MODE", EnvValue::Plain("li\u{7}ve".into())),
            variable("PASSWORD", EnvValue::Secret("db-password".into(), "password".into())),
            variable("", EnvValue::Secrets("all".into(), "DB_".into())),
            variable("IP", EnvValue::Reference("fieldRef status.podIP".into())),
        ]
        .into(),
        ..ContainerDetail::default()
    }
}

fn sample() -> PodDetail {
    let init = ContainerDetail {
        name: "migrate".into(),
        role: Role::Init,
        image: "registry.local/qa/migrate:v1".into(),
        state: Doing::Ended(Ended { reason: "Completed".into(), finished: Some(ago(3600)), ..Ended::default() }),
        ..ContainerDetail::default()
    };
    let mesh = ContainerDetail {
        name: "mesh".into(),
        role: Role::Sidecar,
        image: "registry.local/mesh:v9".into(),
        ready: true,
        state: Doing::Running(Some(ago(3600))),
        ..ContainerDetail::default()
    };
    PodDetail {
        phase: "Running".into(),
        node: "node-a".into(),
        ip: "10.0.0.7".into(),
        account: "orders".into(),
        qos: "Burstable".into(),
        troubles: ["not Ready: ContainersNotReady: containers with unready status: [main]".into()].into(),
        created: Some(ago(3700)),
        containers: [init, mesh, main_container()].into(),
        ..PodDetail::default()
    }
}

fn tell(stage: &mut Stage, reply: ContainersReply) {
    stage.message(Message::Containers(pod(), reply));
}

fn told(stage: &mut Stage, detail: Option<PodDetail>) {
    let applied = detail.map(|value| KeptEvent::Applied(Item { name: pod(), value }));
    let events = std::iter::once(KeptEvent::Listing).chain(applied);
    let events = events.chain([KeptEvent::Listed, KeptEvent::Fresh(Freshness::Live)]);
    tell(stage, ContainersReply::Pod(events.collect()));
}

fn room(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(Box::new(Containers::new(pod())));
    told(&mut stage, Some(sample()));
    let usage = |name: &str, cpu_milli, memory| ContainerUsage { name: name.into(), cpu_milli, memory };
    tell(&mut stage, ContainersReply::Usage(vec![usage("main", 120, 250 << 20), usage("mesh", 5, 30 << 20)]));
    stage
}

#[rstest]
fn the_containers_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), room(size).text());

    let mut stage = Stage::shop(size);
    stage.open(Box::new(Containers::new(pod()))).at(0);
    insta::assert_snapshot!(name("loading"), stage.text());
    let forbidden = Freshness::Forbidden("list pods in namespace qa".into());
    tell(&mut stage, ContainersReply::Pod(vec![KeptEvent::Fresh(forbidden)]));
    insta::assert_snapshot!(name("forbidden"), stage.text());
    told(&mut stage, None);
    insta::assert_snapshot!(name("empty"), stage.text());

    let mut stage = room(size);
    let stale = Freshness::Stale { since: ago(20), why: "no answer".into() };
    tell(&mut stage, ContainersReply::Pod(vec![KeptEvent::Fresh(stale)]));
    insta::assert_snapshot!(name("stale"), stage.text());
}

#[test]
fn a_container_that_crashed_tells_how_and_with_what_last_words() {
    let mut stage = room(WIDE);
    stage.keys("n n").shows("✗ CrashLoopBackOff: back-off 40s restarting").shows("7 restarts");
    stage.shows("OOMKilled, exit code 137 (SIGKILL), 3m ago").shows("fatal: ␛[31mheap 满了");
    stage.shows("used 250Mi (97% of request, 97% of limit)").shows("used 120m (48% of request)").shows("no limit");
}

#[test]
fn nothing_secret_is_asked_for_until_the_operator_asks_and_nothing_is_kept_after() {
    let asked = |stage: &Stage| {
        let reveals = stage.effects.iter().filter_map(|effect| match effect {
            Effect::Containers(ContainersEffect::Reveal(_, names)) => Some(names.clone()),
            _ => None,
        });
        reveals.collect::<Vec<_>>()
    };
    let value = |key: &str, value: &str| Ok([(key.into(), Hidden::new(value.into()))].into());
    let mut stage = room(WIDE);
    stage.keys("G").shows("secretKeyRef db-password/password").shows("all keys of secret all, with DB_ before each");
    assert!(asked(&stage).is_empty());
    stage.keys("x");
    assert_eq!(asked(&stage), [["all".into(), "db-password".into()]]);
    tell(&mut stage, ContainersReply::Secret("db-password".into(), value("password", "hunter2")));
    tell(&mut stage, ContainersReply::Secret("all".into(), value("HOST", "db.\u{1b}[2Jlocal")));
    stage.shows("PASSWORD =   hunter2").shows("DB_HOST =   db.␛[2Jlocal");
    stage.keys("g").shows("2 Secrets shown until you leave this page: all, db-password");
    stage.keys("x G").hides("hunter2").shows("secretKeyRef db-password/password");
    tell(&mut stage, ContainersReply::Secret("db-password".into(), value("password", "hunter2")));
    stage.hides("hunter2");
}

#[test]
fn a_secret_that_may_not_be_read_says_so_in_its_place() {
    let mut stage = room(WIDE);
    stage.keys("G x");
    let why = "User \"dana\" cannot get resource \"secrets\"";
    tell(&mut stage, ContainersReply::Secret("db-password".into(), Err(why.into())));
    stage.shows(why);
}

#[test]
fn a_pod_that_goes_stays_to_be_read_and_is_said_to_be_gone() {
    let mut stage = room(WIDE);
    let Name { namespace, name } = pod();
    tell(&mut stage, ContainersReply::Pod(vec![KeptEvent::Deleted { namespace, name }]));
    stage.shows("This pod is gone; it was thus when it was last seen:").shows("OOMKilled");
}

#[test]
fn enter_on_a_pod_opens_its_containers_and_leaving_ends_its_streams() {
    let mut stage = Stage::shop(WIDE);
    stage.keys("/").type_text("orders").keys("enter enter j enter").shows("Pod qa/orders-7d9f-00001");
    assert!(
        stage.effects.iter().any(|e| matches!(e, Effect::Containers(ContainersEffect::Follow(name)) if *name == pod()))
    );
    stage.keys("esc").shows("Pods of");
    assert!(
        stage.effects.iter().any(|e| matches!(e, Effect::Containers(ContainersEffect::End(name)) if *name == pod()))
    );
}

#[test]
fn a_page_that_was_read_to_its_end_moves_by_containers_and_lines() {
    let mut stage = room(SMALL);
    stage.keys("n").hides("not Ready");
    stage.keys("N g").shows("not Ready");
}

#[test]
fn the_pod_whose_containers_are_shown_can_be_ended_after_a_question_and_one_that_is_gone_cannot() {
    let mut stage = Stage::shop(WIDE);
    stage.keys("/").type_text("orders").keys("enter enter j enter ctrl-k").shows("orders-7d9f-00001").shows("Cancel");
    let asked = |stage: &Stage| stage.effects.iter().any(|e| matches!(e, Effect::Act(crate::ActEffect::Ask(_))));
    assert!(asked(&stage));

    let mut stage = Stage::shop(WIDE);
    let gone = Name { name: "orders-gone".into(), ..pod() };
    stage.open(Box::new(Containers::new(gone))).keys("ctrl-k").shows("not among those in view");
    assert!(!asked(&stage));
}

/// Of what the logs were opened last.
fn read(stage: &Stage) -> Vec<String> {
    let opened = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Logs(LogsEffect::Open { of, .. }) => Some(of.iter().map(ToString::to_string).collect()),
        _ => None,
    });
    opened.unwrap_or_default()
}

#[test]
fn keys_act_on_the_container_under_the_cursor_and_above_all_of_them_on_the_pod() {
    let mut stage = room(WIDE);
    stage.keys("l");
    assert_eq!(read(&stage), ["pod qa/orders-7d9f-00001"]);
    stage.keys("esc n n l");
    assert_eq!(read(&stage), ["mesh in pod qa/orders-7d9f-00001"]);
    stage.keys("esc j p").shows("Previous logs");
    assert_eq!(read(&stage), ["mesh in pod qa/orders-7d9f-00001"]);
    stage.keys("esc n s").shows("main");
}

#[test]
fn the_logs_of_marked_containers_are_one_view() {
    let mut stage = room(WIDE);
    stage.keys("space").shows("no container is under the cursor");
    stage.keys("n space n space").shows("3 containers, 2 marked").shows("● migrate").shows("● main");
    stage.keys("l");
    assert_eq!(read(&stage), ["main in pod qa/orders-7d9f-00001", "migrate in pod qa/orders-7d9f-00001"]);
    stage.keys("esc ctrl-\\").hides("marked");
    stage.keys("*").shows("3 marked");
}

#[test]
fn a_click_puts_the_cursor_on_a_container() {
    let mut stage = room(WIDE);
    stage.mouse(Click::Press, 20, stage.row("mesh   sidecar")).keys("l");
    assert_eq!(read(&stage), ["mesh in pod qa/orders-7d9f-00001"]);
}
