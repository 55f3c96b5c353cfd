//! Where the configuration and the credentials come from.

use super::{
    open,
    server::{Answer, Request, Server},
    wait_fleet,
};
use crate::support::{Home, Launch};

/// Lets in who shows this token.
fn behind(token: &'static str) -> impl Fn(&Request) -> Answer + Send + Sync + 'static {
    move |request| match request.authorization == format!("Bearer {token}") {
        true => Answer::Recorded,
        false => Answer::Status(401, "Unauthorized", "Unauthorized".to_owned()),
    }
}

#[test]
fn the_variable_kubeconfig_joins_several_files() {
    let (server, home) = (Server::new(behind("of-the-second")), Home::new());
    let clusters = home.file(
        "clusters",
        &format!("apiVersion: v1\nkind: Config\nclusters: [{{name: c, cluster: {{{}}}}}]\n", server.cluster()),
    );
    let users = home.file(
        "users",
        "apiVersion: v1\nkind: Config\nusers: [{name: u, user: {token: of-the-second}}]\n\
         contexts: [{name: joined, context: {cluster: c, user: u}}]\ncurrent-context: joined\n",
    );
    let both = format!("{}:{}", clusters.display(), users.display());
    let mut console = Launch::new(&home).env("KUBECONFIG", &both).args(["-A"]).start();
    wait_fleet(&mut console);
    console.wait_text("joined");
    console.quit();
}

#[test]
fn a_credential_plugin_is_run_for_the_token() {
    let (server, home) = (Server::new(behind("of-the-plugin")), Home::new());
    let credential = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"of-the-plugin"}}"#;
    let script = home.file("plugin.sh", &format!("echo '{credential}'\n"));
    let user = format!(
        "exec: {{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: /bin/sh, args: [\"{}\"]}}",
        script.display()
    );
    let file = home.kubeconfig(&server.cluster(), &user);
    let mut console = Launch::new(&home).kubeconfig(&file).args(["-A"]).start();
    wait_fleet(&mut console);
    console.quit();
}

#[test]
fn credentials_that_expire_in_mid_session_say_so_and_keep_the_rows() {
    let (server, home) = (Server::recorded(), Home::new());
    let mut console = open(&server, &home);
    wait_fleet(&mut console);
    server.answer(|_| Answer::Status(401, "Unauthorized", "Unauthorized".to_owned()));
    server.cut();
    console.wait_for("the login, and the rows still there", |screen| {
        screen.lines.join(" ").to_lowercase().contains("login expired") && screen.row(&["web", "v1.1.0"]).is_some()
    });
    console.quit();
}
