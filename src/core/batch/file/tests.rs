//! What a batch file may say, and what is told of its mistakes.

use rstest::rstest;

use super::*;

const RELEASE: &str = "\
apiVersion: rolldeck.dev/v1
kind: Release
metadata:
  name: november
spec:
  reason: the fix of the cart
  onFailure: revert
  width: 2
  soak: 30s
  apps:
    - namespace: shop
      kind: Deployment
      name: web
      images:
        web: registry.example/web:1.4.0
    - { namespace: shop, selector: \"app.kubernetes.io/part-of=shop\", tag: \"1.20\" }
";

fn wrong(text: &str) -> Vec<String> {
    read(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_release_is_read_whole() {
    let file = read(RELEASE).unwrap();
    assert_eq!((file.intent, &*file.name, &*file.reason), (Intent::Release, "november", "the fix of the cart"));
    assert_eq!((file.on_failure, file.width, file.soak), (Some(OnFailure::Revert), Some(2), Some(30)));
    let [web, all] = &file.apps[..] else { panic!("{:?}", file.apps) };
    assert_eq!(web.images[&Clean::new("web")], Clean::new("registry.example/web:1.4.0"));
    let key = AppKey { namespace: "shop".into(), name: "web".into(), kind: AppKind::Deployment };
    assert_eq!((web.line, &web.whom), (11, &Whom::App(key)));
    let selector = Clean::new("app.kubernetes.io/part-of=shop");
    assert_eq!(all.whom, Whom::Selected { namespace: "shop".into(), kind: None, selector });
    assert_eq!(all.tag, Some("1.20".into()), "a tag in quotes loses nothing");
}

#[test]
fn json_is_read_as_well() {
    let file = read(&read(RELEASE).unwrap().to_json().to_string()).unwrap();
    assert_eq!(file.to_json(), read(RELEASE).unwrap().to_json());
}

#[rstest]
#[case::a_release(
    RELEASE,
    "      images:\n        web: registry.example/web:1.4.0\n",
    "",
    "line 11: spec.apps[0].images: it is missing: expected images by container, or a tag"
)]
#[case::a_typo(
    RELEASE,
    "onFailure",
    "onfailure",
    "line 7: spec.onfailure: there is no such field: did you mean \"onFailure\"?"
)]
#[case::a_choice(RELEASE, "revert", "revrt", "line 7: spec.onFailure: there is no \"revrt\": did you mean \"revert\"?")]
#[case::a_kind(
    RELEASE,
    "kind: Deployment",
    "kind: Pod",
    "line 12: spec.apps[0].kind: there is no \"Pod\": expected Deployment, StatefulSet, DaemonSet"
)]
#[case::a_number(
    RELEASE,
    "\"1.20\"",
    "1.20",
    "line 16: spec.apps[1].tag: this is a number: expected text, so put it in quotes"
)]
#[case::of_another_kind(
    RELEASE,
    "      name: web\n",
    "      name: web\n      replicas: 3\n",
    "line 14: spec.apps[0].replicas: it belongs to Scale only"
)]
#[case::the_version(
    RELEASE,
    "rolldeck.dev/v1",
    "rolldeck.dev/v2",
    "line 1: apiVersion: there is no \"rolldeck.dev/v2\": did you mean \"rolldeck.dev/v1\"?"
)]
#[case::no_app(
    RELEASE,
    "name: web\n",
    "nme: web\n",
    "line 11: spec.apps[0].name: it is missing: expected the name of an app, or a selector"
)]
#[case::a_time(RELEASE, "30s", "soon", "line 9: spec.soak: this is text: expected a time up to a day")]
#[case::a_width(
    RELEASE,
    "width: 2",
    "width: 0",
    "line 8: spec.width: this is a number: expected a whole number from 1 to 10000"
)]
fn a_mistake_is_told_with_line_field_and_what_was_expected(
    #[case] text: &str,
    #[case] from: &str,
    #[case] to: &str,
    #[case] told: &str,
) {
    let errors = wrong(&text.replacen(from, to, 1));
    assert!(errors.iter().any(|error| error.starts_with(told)), "{errors:#?}");
}

#[rstest]
#[case("kind: Scale", "", "spec.apps[0].replicas: it is missing")]
#[case("kind: Scale", "replicas: lots", "spec.apps[0].replicas: \"lots\" is no number of replicas")]
#[case("kind: Scale", "replicas: -1", "spec.apps[0].replicas: this is a number: expected 5")]
#[case("kind: Bounds", "minReplicas: 5, maxReplicas: 2", "spec.apps[0].minReplicas: 5 is more than")]
#[case("kind: Bounds", "", "spec.apps[0].minReplicas: it is missing")]
#[case("kind: Rollback", "toRevision: 3, toTime: '14:05'", "spec.apps[0].toTime: there is a toRevision, too")]
#[case("kind: Pause", "resume: true", "spec.apps[0].resume: it belongs to Release, Rollback and Restart only")]
#[case("kind: Restart", "selector: a=b", "spec.apps[0].selector: there is a name, too")]
#[case("kind: Undo", "", "kind: there is no \"Undo\": expected Release, Rollback")]
fn each_kind_asks_for_its_own(#[case] kind: &str, #[case] app: &str, #[case] told: &str) {
    let text = format!(
        "apiVersion: rolldeck.dev/v1\n{kind}\nspec: {{ apps: [ {{ namespace: a, kind: Deployment, name: b, {app} }} ] }}"
    );
    let errors = wrong(&text);
    assert!(errors.iter().any(|error| error.contains(told)), "{errors:#?}");
}

#[test]
fn every_mistake_is_told_at_once_in_the_order_of_the_lines() {
    let text = RELEASE.replace("revert", "x").replace("30s", "x").replace("apiVersion: rolldeck.dev/v1\n", "");
    let errors = wrong(&text);
    assert_eq!(errors.len(), 3, "{errors:#?}");
    assert!(errors[0].starts_with("line 1: apiVersion") && errors[2].starts_with("line 8: spec.soak"), "{errors:#?}");
}

#[rstest]
#[case("", 1)]
#[case("just text", 1)]
#[case("apiVersion: rolldeck.dev/v1\nkind: [", 2)]
#[case("kind: Release\nkind: Scale\n", 2)]
fn what_is_no_document_is_told_with_its_line(#[case] text: &str, #[case] line: usize) {
    let errors = read(text).unwrap_err();
    assert_eq!(errors[0].line, line, "{errors:#?}");
    assert!(!errors[0].what.contains('\n'), "{errors:#?}");
}

#[test]
fn hostile_text_reaches_no_terminal() {
    let errors = wrong("apiVersion: \"a\\e[2J\"\n\"ki\\end\": x\nspec: 1\n");
    assert!(errors.iter().all(|error| !error.contains('\u{1b}')), "{errors:?}");
}
