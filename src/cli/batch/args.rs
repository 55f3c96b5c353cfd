//! The command line of `rolldeck batch`.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand, ValueEnum};

use super::{Link, books, end::End, finish, list, run::Go, take};
use crate::cli::{Failure, flags::Flags};

const EXAMPLES: &str = "\
Examples:
  rolldeck batch run release.yaml --dry-run    the plan: before and after of each app, what warns, what blocks
  rolldeck batch run release.yaml --yes        released, and followed to its end
  rolldeck batch run - --yes < release.yaml    from standard input
  rolldeck batch list -A                       every batch of the cluster: who, when, why, how it ended
  rolldeck batch show 20261122-1405            one of them; a beginning of its name is enough
  rolldeck batch revert 20261122-1405 --yes    every app that it touched, back to exactly what it was
  rolldeck batch resume 20261122-1405 --yes    on with one that nobody drives any more
  rolldeck batch schema > batch.v1.json        the JSON Schema of the file, for an editor

Exit codes: 0 done; 1 failed or interrupted; 2 refused before anything was written; 3 apps that someone else changed were left
alone. Progress is told on standard error, results on standard output.";

const RUN_EXAMPLES: &str = "\
Examples:
  rolldeck batch run release.yaml --dry-run -o json   the plan, for a program
  rolldeck batch run release.yaml --yes --acknowledge managed,in-progress
  rolldeck batch run release.yaml --confirm shop      where a guard asks for the name of the place

The file:
  apiVersion: rolldeck.dev/v1
  kind: Release            # Rollback, Scale, Restart, Bounds, Pause, Resume
  spec:
    reason: the fix of the cart
    onFailure: revert      # stop, continue
    apps:
      - { namespace: shop, kind: Deployment, name: web, images: { web: registry.example/web:1.4.0 } }
      - { namespace: shop, selector: app.kubernetes.io/part-of=shop, tag: \"1.4.0\" }

`rolldeck batch schema --examples` shows one of each kind.";

/// Batches without a screen: run, list, show, resume, revert
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Batch {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, PartialEq, Subcommand)]
enum Command {
    /// Lists the batches of the namespaces in view, the newest first
    List(View),
    /// Shows one batch: each app, before and after, and what happened
    Show(One),
    /// Plans, checks and runs what a file says
    Run(Run),
    /// Goes on with a batch that nobody drives any more
    Resume(Resume),
    /// Takes every app that a batch touched back to exactly what it was
    Revert(Revert),
    /// Deletes the journals of batches that ended long ago
    Prune(Prune),
    /// Prints the JSON Schema of the batch file
    Schema(Schema),
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For programs that people read, too.
    Yaml,
}

/// A view of batches.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct View {
    /// How to write it
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Output,

    #[command(flatten)]
    pub flags: Flags,
}

/// A view of one batch.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct One {
    /// The batch, or as much of its name as tells it from the others
    pub id: String,

    #[command(flatten)]
    pub look: View,
}

/// `run`.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(after_help = RUN_EXAMPLES)]
struct Run {
    /// The batch file; - is standard input
    file: PathBuf,

    #[command(flatten)]
    go: Go,
}

/// What answers the question before a batch is taken up.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Do not ask. Where a guard asks for a name to be typed, --confirm says it
    #[arg(short, long)]
    pub yes: bool,

    /// The name that a guard asks for: the namespace's, or the context's where there are several namespaces
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
}

/// `resume`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Resume {
    #[command(flatten)]
    pub one: One,

    /// Take it from a driver whose lease has not expired; that is recorded
    #[arg(long)]
    pub take_over: bool,

    #[command(flatten)]
    pub answer: Answer,
}

/// `revert`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Revert {
    #[command(flatten)]
    pub one: One,

    /// This app alone: NAME, NAMESPACE/NAME or KIND/NAMESPACE/NAME; may be repeated
    #[arg(long = "app", value_name = "APP")]
    pub apps: Vec<String>,

    /// It is an incident: all at once, not in reverse order
    #[arg(long)]
    pub incident: bool,

    /// Take it from a driver whose lease has not expired; that is recorded
    #[arg(long)]
    pub take_over: bool,

    #[command(flatten)]
    pub answer: Answer,
}

/// `prune`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct Prune {
    /// Keep those that ended within so many days
    #[arg(long, value_name = "N", default_value_t = 90)]
    pub days: u32,

    /// Of those, keep so many of the newest
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub count: usize,

    #[command(flatten)]
    pub answer: Answer,

    #[command(flatten)]
    pub look: View,
}

/// `schema`.
#[derive(Args, Clone, Debug, PartialEq)]
struct Schema {
    /// Instead, a file of each kind
    #[arg(long)]
    examples: bool,
}

impl Batch {
    /// Does what was asked; the exit code tells how it ended.
    ///
    /// # Errors
    /// Where output cannot be written.
    pub fn run(&self) -> Result<ExitCode, Failure> {
        match &self.command {
            Command::Schema(schema) => schema.print(),
            Command::List(look) => finish(async { list::list(&Link::open(&look.flags).await?, look.output).await }),
            Command::Show(one) => finish(async { list::show(&Link::open(&one.look.flags).await?, one).await }),
            Command::Run(run) => super::carry_out(&run.go, async |_: &Link| books::file(&run.file)),
            Command::Resume(resume) => {
                finish(async { take::resume(&Link::open(&resume.one.look.flags).await?, resume).await })
            }
            Command::Revert(revert) => {
                finish(async { take::revert(&Link::open(&revert.one.look.flags).await?, revert).await })
            }
            Command::Prune(prune) => finish(async { list::prune(&Link::open(&prune.look.flags).await?, prune).await }),
        }
    }
}

impl Schema {
    fn print(&self) -> Result<ExitCode, Failure> {
        use rolldeck_core::batch::file::{EXAMPLES, SCHEMA};
        let text = if self.examples { EXAMPLES.join("---\n") } else { SCHEMA.to_owned() };
        books::print(&text).map_or_else(|end: End| Ok(end.code()), |()| Ok(ExitCode::SUCCESS))
    }
}
