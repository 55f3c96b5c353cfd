//! A driver that dies in mid-batch.

use super::{Cluster, Deck, Space, apps};

#[test]
fn after_sigkill_in_mid_batch_the_next_start_names_the_batch_and_reverts_it() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "killed");
    space.apply(&apps::six("v1.0.0"));
    let names = apps::SIX.map(|name| format!("deployment/{name}"));
    space.wait_rolled_out(&names.each_ref().map(String::as_str));
    let before = names.each_ref().map(|name| space.template(name));
    let mut deck = Deck::open(&cluster, &[&space]);
    deck.wait_rows(6, &["v1.0.0", "1/1"]);
    deck.mark_all(6);
    deck.plan_release("v1.1.0");
    deck.confirm(6);
    deck.console
        .wait_for("apps on their way, and others waiting", |screen| screen.has("rolling out") && screen.has("waiting"));
    deck.console.signal("KILL");
    deck.console.wait_end();
    assert_ne!(names.each_ref().map(|name| space.template(name)), before, "something was written");

    let mut deck = Deck::open(&cluster, &[&space]);
    deck.console.wait_for("the unfinished batch is named", |screen| {
        screen.lines.join("\n").to_lowercase().contains("unfinished")
    });
    deck.console.keys("b");
    deck.console.wait_for("it is listed", |screen| screen.has("release"));
    deck.console.key("ctrl-r");
    deck.console.wait_text("[ Cancel ]");
    let screen = deck.console.screen();
    let number: String = screen
        .row(&["Type "])
        .and_then(|row| row.split("Type ").nth(1))
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    match number.is_empty() {
        true => deck.console.key("tab"),
        false => deck.console.keys(&number),
    }
    deck.console.wait_for("the focus off Cancel", |screen| !screen.has("[ Cancel ]"));
    deck.console.key("enter");
    deck.wait_phase("Reverted");
    names.iter().for_each(|name| space.wait_tag(name, "v1.0.0"));
    assert_eq!(names.each_ref().map(|name| space.template(name)), before);
    deck.quit();
}
