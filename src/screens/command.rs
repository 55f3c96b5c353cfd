//! What keys mean: the words of `keymaps/*.toml`.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A command that a key can be bound to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Command {
            $($(#[$doc])* $name,)*
        }

        impl Command {
            /// Every command.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

commands! {
    /// One line up.
    Up,
    /// One line down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first line.
    Top,
    /// To the last line.
    Bottom,
    /// Enter what is under the cursor.
    Open,
    /// The page of the app under the cursor.
    Page,
    /// Back to where one came from.
    Back,
    /// The command line: a screen or a namespace.
    Palette,
    /// The filter.
    Filter,
    /// All namespaces.
    AllNamespaces,
    /// The keys of this screen.
    Help,
    /// Leave rolldeck.
    Quit,
    /// Mark or unmark what is under the cursor.
    Mark,
    /// Mark all that the filter shows.
    MarkAll,
    /// Unmark everything.
    ClearMarks,
    /// Plan a release.
    Release,
    /// Plan a rollback.
    Rollback,
    /// Plan a scale.
    Scale,
    /// Plan a restart.
    Restart,
    /// Sort by the column that the key names.
    SortName,
    /// Sort by namespace.
    SortNamespace,
    /// Sort by health.
    SortHealth,
    /// Sort by CPU.
    SortCpu,
    /// Sort by memory.
    SortMemory,
    /// Sort by restarts.
    SortRestarts,
    /// Sort by the age of the last rollout.
    SortAge,
    /// Sort by network traffic.
    SortNet,
    /// Sort by disk.
    SortDisk,
    /// Sort by the next column.
    SortNext,
    /// Sort by the column before.
    SortPrior,
    /// Plan: edit the value of the step under the cursor.
    Edit,
    /// Plan: edit one value for all steps.
    EditAll,
    /// Plan: pick a revision from history.
    History,
    /// Plan: the very previous revision.
    Previous,
    /// Plan: answer whether a paused app resumes.
    Resume,
    /// Plan: show the template's diff.
    Diff,
    /// Plan: take the step out.
    Remove,
    /// Plan: more at once.
    Wider,
    /// Plan: fewer at once.
    Narrower,
    /// Plan: read the apps again, keeping the edits. Batches: look again.
    Reread,
    /// Plan: on to the confirmation.
    Confirm,
    /// Plan: acknowledge the warnings of a kind.
    Acknowledge,
    /// Plan: how it runs: how many at once, soak, gate, failures, incident, reason.
    Options,
    /// Plan: release by a rule, or a tag that the cluster has seen.
    Tags,
    /// Plan: pin the digest of a tag that has meant several.
    Pin,
    /// Plan: back to how it was at a point in time.
    PointInTime,
    /// Plan: all that is known of the step under the cursor: template, strategy, who manages it.
    Details,
    /// Plan: copy the equivalent kubectl commands.
    CopyKubectl,
    /// Plan the bounds of autoscalers.
    Bounds,
    /// Plan a pause of rollouts.
    PauseRollout,
    /// Plan that paused rollouts go on.
    ResumeRollout,
    /// Batch: start no new app, or go on after a pause or through a gate.
    Hold,
    /// Batch: skip the app under the cursor.
    Skip,
    /// Batch: try the app under the cursor again.
    Retry,
    /// Batch: start nothing more.
    Stop,
    /// Batches: go on with one that was left unfinished.
    TakeOver,
    /// Batches: plan the same once more.
    Repeat,
    /// Every batch of the cluster.
    Batches,
    /// Batch: revert everything that it touched.
    Revert,
    /// The batch that runs, or the unfinished ones.
    Batch,
    /// Log in again.
    Login,
    /// The screen before this one, also after it was left.
    LastView,
    /// Copies what is under the cursor.
    Copy,
    /// Describes what is under the cursor.
    Describe,
    /// What is under the cursor, as YAML.
    Yaml,
    /// The events about what is under the cursor.
    Events,
    /// Marks from the last mark to the cursor.
    MarkRange,
    /// Goes up, and selects what is passed.
    SelectUp,
    /// Goes down, and selects what is passed.
    SelectDown,
    /// All columns, or those that fit.
    Wide,
    /// Deletes or evicts the pod under the cursor, after a question.
    Delete,
    /// YAML: shows or hides managedFields.
    Managed,
    /// YAML and describe: folds or unfolds the part under the cursor.
    Fold,
    /// Writes what is shown to a file.
    Save,
    /// To the next match.
    Next,
    /// To the match before.
    Prior,
    /// Containers: shows or hides the values of Secrets' references.
    Reveal,
    /// Changes: marks every app that changed.
    MarkChanged,
    /// Changes: pick what to look back to.
    Since,
    /// Text: further to the left.
    Left,
    /// Text: further to the right.
    Right,
    /// Text: folds every section, or unfolds everything.
    FoldAll,
    /// Text: to the next section.
    Section,
    /// Text: to the section before.
    SectionBack,
    /// The logs of what is marked, or under the cursor.
    Logs,
    /// The previous log of what is under the cursor; in logs: and back.
    PreviousLog,
    /// Logs: the newest lines.
    LogTail,
    /// Logs: from the beginning.
    LogHead,
    /// Logs: the last minute.
    LastMinute,
    /// Logs: the last five minutes.
    LastFiveMinutes,
    /// Logs: the last quarter of an hour.
    LastQuarterHour,
    /// Logs: the last half hour.
    LastHalfHour,
    /// Logs: the last hour.
    LastHour,
    /// Logs: the newest line stays in sight, or not.
    Autoscroll,
    /// Logs: shows nothing new, or everything again.
    PauseView,
    /// Logs: long lines go on below, or not.
    Wrap,
    /// Logs: the time before each line: none, local, UTC, relative.
    Timestamps,
    /// Logs: lines alone.
    FullScreen,
    /// Logs: hide lines that have a text.
    FilterOut,
    /// Logs: look for a text.
    Search,
    /// Logs: lines of which level are shown.
    Level,
    /// Logs: lines of which revision are shown.
    OnlyRevision,
    /// Logs: what is read: stdout, previous, files, why it does not start. Patterns: another order.
    NextSource,
    /// Logs: fields of structured lines as columns.
    Fields,
    /// Logs: lines over time along the top.
    Histogram,
    /// Logs: what lines have in common.
    Patterns,
    /// Logs: the newest two revisions, compared.
    Compare,
    /// Logs: where lines come from, and how each source stands.
    Legend,
    /// Logs: to the next marked line.
    NextMark,
    /// Logs: to the marked line before.
    PriorMark,
    /// Logs: download them whole. Shells: a file or a directory of the container.
    Download,
    /// Logs: keep everything in a file.
    KeepAll,
    /// Logs: forget the lines that are kept.
    ClearBuffer,
    /// Pods: a shell in the one under the cursor.
    Shell,
    /// Pods: look on at the container's own process.
    Attach,
    /// Pods: forward a port of the one under the cursor.
    Forward,
    /// Shells: a debug container beside this one.
    Debug,
    /// Shells and forwarded ports: end this one.
    Close,
    /// Shells: look back at what has scrolled away.
    ScrollBack,
    /// Shells: a file or a directory of this machine into the container.
    Upload,
    /// Shells: logs beside the terminal, or no more.
    Split,
    /// Shells: to the other part of what stands side by side.
    OtherPart,
}

/// As `keymaps/*.toml` write it: `mark-all`.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl Command {
    /// Whether it begins a change of the cluster, or an act: a plan, a revert, the step to the last question, a deletion.
    pub fn writes(self) -> bool {
        use Command::{
            Bounds, Confirm, Debug, Delete, Hold, PauseRollout, Release, Repeat, Restart, ResumeRollout, Retry, Revert,
            Rollback, Scale, Skip, Stop, TakeOver, Upload,
        };
        matches!(
            self,
            Release
                | Rollback
                | Scale
                | Restart
                | Bounds
                | PauseRollout
                | ResumeRollout
                | Revert
                | Confirm
                | Delete
                | Hold
                | Skip
                | Retry
                | Stop
                | TakeOver
                | Repeat
                | Debug
                | Upload
        )
    }

    /// Whether it puts rows in another order.
    pub fn sorts(self) -> bool {
        self.to_string().starts_with("sort-")
    }
}
