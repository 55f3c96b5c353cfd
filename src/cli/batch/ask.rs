//! The question before anything is written.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, IsTerminal, Write},
};

use rolldeck_core::{
    batch::guard::{Guard, name_to_type},
    text::Clean,
};

use super::{Link, args::Answer, end::End, text};

/// What is asked about.
pub struct Question<'a> {
    /// `release`, `revert`, …
    pub verb: &'a str,
    /// How many apps it is about.
    pub apps: usize,
    /// Where they are.
    pub namespaces: &'a BTreeSet<Clean>,
}

/// Asks, unless the flags have answered.
///
/// # Errors
/// [`End::Refused`]: nothing may be written there, the name is not confirmed, nobody is there to ask, or the answer is no.
pub async fn ask(link: &Link, answer: &Answer, question: &Question<'_>) -> Result<(), End> {
    if let Some(why) = link.readonly() {
        return Err(End::refused(why));
    }
    let (guard, rule) = link.guard(question.namespaces).await;
    let name = name_to_type(&link.cluster.context, question.namespaces);
    match (guard, &answer.confirm) {
        (Guard::ReadOnly, _) => return Err(End::refused(format!("nothing may be written there: {rule}"))),
        (_, Some(typed)) if *typed == *name => return Ok(()),
        (_, Some(typed)) => {
            return Err(End::refused(format!("--confirm {}: the name of the place is {name}", Clean::new(typed))));
        }
        (Guard::Type, None) if !terminal() => {
            return Err(End::refused(format!("the name has to be typed there ({rule}): say --confirm {name}")));
        }
        (Guard::None | Guard::Confirm, None) if answer.yes => return Ok(()),
        (_, None) => {}
    }
    if !terminal() {
        return Err(End::refused("there is no terminal to ask on: say --yes, or look first with --dry-run"));
    }
    let wanted = match guard {
        Guard::Type => name.to_string(),
        Guard::None if question.apps == 1 => "yes".to_owned(),
        _ => question.apps.to_string(),
    };
    if !rule.is_empty() {
        eprintln!("{rule}");
    }
    let places: Vec<&str> = question.namespaces.iter().map(Clean::as_str).take(5).collect();
    let more = question.namespaces.len().saturating_sub(places.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let Question { verb, apps, .. } = question;
    eprint!(
        "{verb} {} in {}{more} of {}? Type {wanted} to go on: ",
        text::apps(*apps),
        places.join(", "),
        link.cluster.context
    );
    let typed = tokio::task::spawn_blocking(line).await.ok().flatten().unwrap_or_default();
    if typed.trim() == wanted { Ok(()) } else { Err(End::refused("not confirmed: nothing was written")) }
}

fn terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// A line from the terminal.
pub fn line() -> Option<String> {
    io::stderr().flush().ok()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).ok()?;
    Some(line)
}
