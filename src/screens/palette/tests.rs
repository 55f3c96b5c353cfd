//! What is understood, what is offered, and how fast.

use rolldeck_core::{
    fleet::{Object, SourceEvent, Update},
    model::{AppKind, KubeContext},
    text::Clean,
};

use super::*;
use crate::{
    Command, Keymap, Session, Theme,
    testing::{app, clock, key, keymap, session},
};

fn contexts() -> Vec<KubeContext> {
    let named = |name: &str| KubeContext {
        name: name.into(),
        server: Clean::default(),
        user: Clean::default(),
        namespace: "default".into(),
        default: false,
    };
    vec![named("staging"), named("prod-eu")]
}

/// All that the palette looks at.
struct Rig {
    fleet: rolldeck_core::fleet::Fleet,
    session: Session,
    keymap: Keymap,
    theme: Theme,
    namespaces: Vec<Clean>,
    under: Option<AppKey>,
    history: History,
}

impl Rig {
    fn new(apps: &[(&str, &str, AppKind)]) -> Self {
        let sources = crate::sources(&Default::default());
        let mut fleet = rolldeck_core::fleet::Fleet::new(sources.clone());
        let updates = apps.iter().map(|(namespace, name, kind)| {
            let mut app = app(namespace, name, "v1", 1);
            app.key = key(namespace, name, *kind);
            let source = sources.iter().find(|source| source.resource.name() == kind.resource()).expect("one");
            Update { source: source.clone().into(), event: SourceEvent::Applied(Object::App(app.into())) }
        });
        fleet.apply(updates.collect());
        let namespaces = ["qa", "qa-2", "prod", "fleet-tools"].map(Clean::new).into();
        let history = History::default();
        Self {
            fleet,
            session: session(&[]),
            keymap: keymap(),
            theme: Theme::default(),
            namespaces,
            under: None,
            history,
        }
    }

    fn shop() -> Self {
        use AppKind::{Deployment, StatefulSet};
        Self::new(&[
            ("qa", "gateway", Deployment),
            ("prod", "gateway", Deployment),
            ("qa", "orders", Deployment),
            ("qa", "db", Deployment),
            ("qa", "db", StatefulSet),
        ])
    }

    fn with<T>(&self, act: impl FnOnce(&Place) -> T) -> T {
        let columns = Default::default();
        let ctx = Ctx {
            fleet: &self.fleet,
            session: &self.session,
            keymap: &self.keymap,
            theme: &self.theme,
            clock: clock(),
            run: None,
            found: &[],
            scope: &Default::default(),
            seen: &Default::default(),
            contexts: &contexts(),
            parked: &[],
            wide: false,
            filters: &[],
            columns: &columns,
            shells: &Default::default(),
            forwards: &Default::default(),
            downloads: &Default::default(),
            copies: &Default::default(),
        };
        let under = self.under.clone();
        act(&Place { ctx: &ctx, namespaces: &self.namespaces, room: Room::Fleet, under, history: &self.history })
    }

    /// What a line means, in words.
    fn read(&self, text: &str) -> String {
        match self.with(|place| goal::read(place, text)) {
            Ok(None) => "nothing".to_owned(),
            Ok(Some(Goal::Fleet(filter))) => format!("fleet {}", filter.unwrap_or_default()).trim().to_owned(),
            Ok(Some(Goal::View(view, args))) => format!("{} {args}", view.name).trim().to_owned(),
            Ok(Some(Goal::Command(command))) => format!("run {command}"),
            Ok(Some(Goal::Namespaces(names))) => {
                format!("ns {}", names.iter().map(|name| &**name).collect::<Vec<_>>().join(","))
            }
            Err(error) => format!("✗ {error}"),
        }
    }

    /// The first candidates for a line.
    fn offers(&self, text: &str) -> Vec<String> {
        self.with(|place| find::candidates(place, text)).list.into_iter().take(6).map(|found| found.text).collect()
    }
}

#[rstest::rstest]
#[case("", "nothing")]
#[case("fleet", "fleet")]
#[case("sts", "fleet kind:statefulset")]
#[case("po gateway", "pods gateway")]
#[case("app qa/gateway", "app qa/gateway")]
#[case("sort-cpu", "run sort-cpu")]
#[case("release", "run release")]
#[case("q", "run quit")]
#[case("q!", "run quit")]
#[case("batches", "batches")]
#[case("qa", "ns qa")]
#[case("all", "ns ")]
#[case("ns", "namespaces")]
#[case("namespace", "namespaces")]
#[case("ns all", "ns ")]
#[case("ns other", "ns other")]
#[case("ns a,b", "ns a,b")]
#[case("a,b", "ns a,b")]
#[case("orders", "app qa/deploy/orders")]
#[case("order", "app orders")]
#[case("ctx prod-eu", "contexts prod-eu")]
#[case("staging", "contexts staging")]
#[case("prod-", "contexts prod-eu")]
fn a_line_means(#[case] line: &str, #[case] meaning: &str) {
    assert_eq!(Rig::shop().read(line), meaning);
}

#[rstest::rstest]
#[case("f", "✗ f may be fleet, forwards, ns fleet-tools, filter")]
#[case("podz", "✗ no screen, command, app or known namespace podz: did you mean pods?")]
#[case("ordres", "✗ no screen, command, app or known namespace ordres: did you mean orders?")]
#[case("elsewhere-far", "\"ns elsewhere-far\" goes to a namespace all the same")]
#[case("cm", "✗ cm is no screen: ConfigMaps and Secrets of an app stand on its page, \":app NAME\"")]
#[case("confirm", "✗ confirm means nothing on this screen, but on: Plan")]
#[case("gateway", "✗ gateway may be")]
#[case("ns ../x", "✗ ../x cannot be a namespace")]
#[case("ns ,", "✗ which namespace?")]
#[case("release v2", "✗ release takes no argument")]
#[case("podz qa/x", "did you mean pods?")]
fn what_is_not_understood_says_what_would_be(#[case] line: &str, #[case] error: &str) {
    let said = Rig::shop().read(line);
    assert!(said.starts_with('✗') && said.contains(error), "{said}");
}

#[test]
fn a_view_of_an_app_takes_the_one_under_the_cursor_when_none_is_named() {
    let mut rig = Rig::shop();
    assert_eq!(rig.read("pods"), "pods");
    rig.under = Some(key("qa", "orders", AppKind::Deployment));
    assert_eq!(rig.read("pods"), "pods qa/deploy/orders");
    assert_eq!(rig.read("pods gateway"), "pods gateway");
}

#[test]
fn apps_are_offered_as_short_as_they_can_be_told_apart() {
    let rig = Rig::shop();
    assert_eq!(rig.offers("pods ord"), ["pods orders"]);
    assert_eq!(rig.offers("pods gat"), ["pods prod/gateway", "pods qa/gateway"]);
    assert_eq!(rig.offers("app d"), ["app qa/deploy/db", "app qa/sts/db", "app orders"]);
    assert_eq!(rig.offers("pods qa/o"), ["pods orders"]);
    let all = rig.offers("pods ").into_iter().map(|text| text["pods ".len()..].to_owned());
    for name in all {
        assert!(rig.with(|place| crate::views::app(place.ctx, "pods", &name)).is_ok(), "{name}");
    }
}

#[test]
fn completion_offers_every_sort_of_thing_best_first() {
    let rig = Rig::shop();
    assert_eq!(rig.offers("ns qa,p"), ["ns qa,prod"]);
    assert_eq!(rig.offers("q"), ["ns qa", "ns qa-2", "quit"]);
    assert_eq!(rig.offers("ord")[0], "app orders");
    assert_eq!(rig.offers("sort-c")[0], "sort-cpu");
    assert!(rig.offers("rel").contains(&"release".to_owned()));
    assert!(rig.offers("").len() == 6 && rig.offers("")[0] == "fleet");
    assert!(rig.offers("nonsense-of-a-name").is_empty());
}

#[test]
fn a_command_is_offered_with_its_key_and_only_where_it_means_something() {
    let rig = Rig::shop();
    let found = rig.with(|place| find::candidates(place, "restart")).list;
    assert_eq!((found[0].text.as_str(), found[0].key), ("restart", Some("r".parse().expect("a key"))));
    assert!(rig.with(|place| find::candidates(place, "confirm")).list.is_empty());
    let here: Vec<Command> = rig.with(|place| find::commands(place).map(|row| row.run).collect());
    assert!(here.contains(&Command::Quit) && !here.contains(&Command::Down) && !here.contains(&Command::Confirm));
}

#[test]
fn of_fifty_thousand_apps_the_best_are_offered_and_the_rest_is_counted() {
    let names: Vec<(String, String)> =
        (0..50_000).map(|n| (format!("team-{}", n % 400), format!("app-{n:05}-gateway"))).collect();
    let apps: Vec<_> = names.iter().map(|(ns, name)| (ns.as_str(), name.as_str(), AppKind::Deployment)).collect();
    let rig = Rig::new(&apps);
    for line in ["a", "gtw", "pods app-4999", "pods team-7/app-0"] {
        let found = rig.with(|place| find::candidates(place, line));
        assert!(found.list.len() <= 200 && found.total >= found.list.len(), "{line}");
        assert!(!found.list.is_empty(), "{line}");
    }
}
