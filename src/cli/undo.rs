//! `rolldeck undo`: apps back to how they were, as one batch.

use std::process::ExitCode;

use clap::Args;
use rolldeck_cluster::history;
use rolldeck_core::{
    batch::{
        Intent,
        file::{BatchFile, FileApp, Placed, Whom},
    },
    model::AppKey,
    text::Clean,
};

use super::{
    Failure,
    batch::{End, Go, Link, carry_out, is_kind},
};

const EXAMPLES: &str = "\
Examples:
  rolldeck undo --to 14:05 -n shop               every app of the namespace, as it was then
  rolldeck undo --to '20 minutes ago' -n shop web search
  rolldeck undo --to 'before the last batch' -n shop --dry-run
  rolldeck undo -n shop web                      the newest earlier revision whose images differ
  rolldeck undo -n shop sts/ledger --to-revision 12

What is not certain to have been so is never guessed: it is named and refused, or left out with --skip-uncertain.
Exit codes: 0 done; 1 failed or interrupted; 2 refused before anything was written; 3 apps that someone else changed were left
alone.";

/// Takes apps back to how they were at a time, or to an earlier revision, as one recorded batch
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = EXAMPLES)]
pub struct Undo {
    /// The apps, as NAME or KIND/NAME; none: all of the namespaces
    apps: Vec<String>,

    /// The moment: 14:05, "yesterday 14:05", "20 minutes ago", "before batch ID", RFC 3339
    #[arg(long, value_name = "TIME")]
    to: Option<String>,

    /// The revision, of one app
    #[arg(long, value_name = "N", conflicts_with = "to")]
    to_revision: Option<i64>,

    #[command(flatten)]
    go: Go,
}

impl Undo {
    /// Plans, asks, and takes back; the exit code tells how it ended.
    ///
    /// # Errors
    /// Where no runtime can be had.
    pub fn run(&self) -> Result<ExitCode, Failure> {
        carry_out(&self.go, async |link: &Link| self.file(link).await)
    }

    /// The batch that it comes to.
    async fn file(&self, link: &Link) -> Result<BatchFile, End> {
        if link.cluster.namespaces.is_empty() {
            return Err(End::refused("all namespaces at once are never taken back: name some with -n"));
        }
        if self.to_revision.is_some() && self.apps.len() != 1 {
            return Err(End::refused("--to-revision is of one app: name it"));
        }
        let mut there = Vec::new();
        for namespace in &link.cluster.namespaces {
            let apps = history::apps(&link.cluster, namespace, None, "").await;
            there.extend(
                apps.map_err(|error| End::refused(format!("failed to read the apps of {namespace}: {error}")))?,
            );
        }
        let keys = if self.apps.is_empty() { there } else { self.chosen(&there)? };
        if keys.is_empty() {
            let names: Vec<&str> = link.cluster.namespaces.iter().map(Clean::as_str).collect();
            return Err(End::refused(format!("there are no apps in {}", names.join(", "))));
        }
        let placed = |text: &String| Placed { line: 1, field: "--to".to_owned(), value: Clean::new(text) };
        Ok(BatchFile {
            intent: Intent::Rollback,
            name: Clean::default(),
            reason: Clean::default(),
            on_failure: None,
            width: None,
            soak: None,
            gate: false,
            deadline: None,
            incident: false,
            to_time: self.to.as_ref().map(placed),
            apps: keys.into_iter().map(|key| self.entry(key)).collect(),
        })
    }

    fn entry(&self, key: AppKey) -> FileApp {
        FileApp {
            line: 1,
            whom: Whom::App(key),
            images: Default::default(),
            tag: None,
            to_revision: self.to_revision,
            to_time: None,
            replicas: None,
            min: None,
            max: None,
            resume: None,
        }
    }

    /// The apps that were named: each is there once.
    fn chosen(&self, there: &[AppKey]) -> Result<Vec<AppKey>, End> {
        let mut chosen: Vec<AppKey> = Vec::new();
        for word in &self.apps {
            let (kind, name) = word.split_once('/').map_or((None, word.as_str()), |(kind, name)| (Some(kind), name));
            let is = |key: &&AppKey| *key.name == *name && kind.is_none_or(|kind| is_kind(key, kind));
            let found: Vec<&AppKey> = there.iter().filter(is).collect();
            match found.as_slice() {
                [] => {
                    let near = rolldeck_core::text::nearest::nearest(name, there.iter().map(|key| key.name.as_str()));
                    let near = near.map(|near| format!(": did you mean {near}?")).unwrap_or_default();
                    return Err(End::refused(format!("there is no app {}{near}", Clean::new(word))));
                }
                [key] if !chosen.contains(key) => chosen.push((*key).clone()),
                [_] => {}
                several => {
                    let several: Vec<String> = several.iter().map(ToString::to_string).collect();
                    let word = Clean::new(word);
                    return Err(End::refused(format!("{word} may be {}: write KIND/NAME", several.join(", "))));
                }
            }
        }
        Ok(chosen)
    }
}
