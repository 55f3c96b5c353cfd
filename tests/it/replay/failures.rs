//! No connection: a message on stderr that says what to do, and exit code 1.

use std::net::TcpListener;

use super::server::{Answer, Request, Server, tls_file};
use crate::support::{Home, Launch};

/// Runs the program to its end, which is a failure whose message has all of `parts`.
fn assert_fails(launch: Launch, parts: &[&str]) {
    let ended = launch.start().wait_end();
    assert_eq!(ended.status.exit_code(), 1, "{}", ended.stderr);
    for part in parts {
        assert!(ended.stderr.contains(part), "\"{part}\" is missing in: {}", ended.stderr);
    }
    assert!(ended.stderr.trim_end().lines().count() <= 4, "more than a person reads: {}", ended.stderr);
    assert!(!ended.stderr.contains('\x1b'), "escape sequences: {:?}", ended.stderr);
    ended.assert_restored();
    assert!(ended.screen.lines.iter().all(String::is_empty), "something was drawn\n{}", ended.screen);
}

#[test]
fn no_kubeconfig_anywhere() {
    let home = Home::new();
    assert_fails(Launch::new(&home), &["no kubeconfig found", ".kube/config", "--kubeconfig"]);
}

#[test]
fn a_kubeconfig_that_does_not_exist() {
    let home = Home::new();
    let file = home.path().join("absent");
    assert_fails(Launch::new(&home).kubeconfig(&file), &["absent does not exist"]);
}

#[test]
fn yaml_that_is_wrong_in_its_fourth_line() {
    let home = Home::new();
    let file = home.file("broken.yaml", "apiVersion: v1\nkind: Config\nclusters:\n- name: [\nusers: []\n");
    let ended = Launch::new(&home).kubeconfig(&file).start().wait_end();
    assert_eq!(ended.status.exit_code(), 1);
    let at = |line: u32| ended.stderr.contains(&format!("broken.yaml:{line}:"));
    assert!(at(4) || at(5), "the line of the mistake, or the one on which it shows: {}", ended.stderr);
}

#[test]
fn an_unknown_context_with_those_that_there_are() {
    let home = Home::new();
    let file = home.kubeconfig("server: \"https://127.0.0.1:1\"", "token: t");
    let launch = Launch::new(&home).kubeconfig(&file).args(["--context", "tset"]);
    assert_fails(launch, &["there is no context", "tset", "--context: test"]);
}

#[test]
fn a_port_on_which_nobody_listens() {
    let home = Home::new();
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let file = home.kubeconfig(&format!("server: \"https://{address}\""), "token: t");
    assert_fails(Launch::new(&home).kubeconfig(&file), &["refuses the connection", &address.to_string()]);
}

fn tls(certificate: &str, authority: &str, parts: &[&str]) {
    let (server, home) = (Server::tls(certificate), Home::new());
    let cluster = format!("{}, certificate-authority: \"{}\"", server.cluster(), tls_file(authority));
    let file = home.kubeconfig(&cluster, "token: t");
    assert_fails(Launch::new(&home).kubeconfig(&file), parts);
}

#[test]
fn a_certificate_of_an_authority_that_is_not_trusted() {
    tls("server", "other-ca.pem", &["is signed by an authority that the kubeconfig does not trust"]);
}

#[test]
fn a_certificate_for_another_name() {
    tls("elsewhere", "ca.pem", &["is for other names", "elsewhere.test"]);
}

#[test]
fn a_certificate_that_expired() {
    tls("expired", "ca.pem", &["expired", "2020"]);
}

#[test]
fn a_trusted_certificate_connects() {
    let (server, home) = (Server::tls("server"), Home::new());
    let cluster = format!("{}, certificate-authority: \"{}\"", server.cluster(), tls_file("ca.pem"));
    let file = home.kubeconfig(&cluster, "token: t");
    let mut console = Launch::new(&home).kubeconfig(&file).args(["-A"]).start();
    super::wait_fleet(&mut console);
    console.quit();
}

fn refused(code: u16, reason: &'static str, parts: &[&str]) {
    let rule = move |_: &Request| Answer::Status(code, reason, format!("{reason} for the test"));
    let (server, home) = (Server::new(rule), Home::new());
    let file = home.kubeconfig(&server.cluster(), "token: t");
    assert_fails(Launch::new(&home).kubeconfig(&file), parts);
}

#[test]
fn credentials_that_the_server_does_not_accept() {
    refused(401, "Unauthorized", &["does not accept the credentials", "(401)"]);
}

#[test]
fn a_user_who_may_do_nothing() {
    refused(403, "Forbidden", &["refuses everything", "(403)"]);
}

#[test]
fn a_server_that_never_answers() {
    let (server, home) = (Server::new(|_| Answer::Silence), Home::new());
    let file = home.kubeconfig(&server.cluster(), "token: t");
    let launch = Launch::new(&home).kubeconfig(&file).args(["--request-timeout", "2s"]);
    assert_fails(launch, &["answer within 2 s"]);
}

#[test]
fn something_that_is_no_kubernetes() {
    let page = || Answer::Whole(200, "text/html", b"<html>hello</html>".to_vec());
    let (server, home) = (Server::new(move |_| page()), Home::new());
    let file = home.kubeconfig(&server.cluster(), "token: t");
    assert_fails(Launch::new(&home).kubeconfig(&file), &["not as a Kubernetes API server"]);
}

#[test]
fn a_client_certificate_that_expired() {
    let (server, home) = (Server::tls("server"), Home::new());
    server.answer(|_| Answer::Status(401, "Unauthorized", "Unauthorized".to_owned()));
    let cluster = format!("{}, certificate-authority: \"{}\"", server.cluster(), tls_file("ca.pem"));
    let user =
        format!("client-certificate: \"{}\", client-key: \"{}\"", tls_file("expired.pem"), tls_file("expired.key"));
    let file = home.kubeconfig(&cluster, &user);
    assert_fails(Launch::new(&home).kubeconfig(&file), &["client certificate", "expired 2020"]);
}
