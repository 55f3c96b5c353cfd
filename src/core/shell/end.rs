//! How a session ended.

use crate::text::Clean;

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The command ended by itself.
    Exit(i32),
    /// The container ended under it.
    Container {
        /// `OOMKilled`, `Error`, `Completed`, as its status has it.
        reason: Clean,
        /// Its exit code, where known.
        code: Option<i32>,
        /// Whether it runs again: a new session finds it.
        restarted: bool,
    },
    /// The pod was deleted under it.
    PodGone,
    /// The link broke: the command may still run.
    Network(Clean),
    /// None of these is in the image.
    NoShell(Vec<String>),
    /// The kubelet or the runtime says no, in its words.
    Failed(Clean),
    /// We closed it.
    Closed,
}

impl End {
    /// In words: `exit code 3`, `the container ended: OOMKilled, exit code 137; it runs again`.
    pub fn words(&self) -> Clean {
        match self {
            Self::Exit(code) => format!("exit code {code}").into(),
            Self::Container { reason, code, restarted } => {
                let code = code.map(|code| format!(", exit code {code}")).unwrap_or_default();
                let again = if *restarted { "; it runs again" } else { "" };
                format!("the container ended: {reason}{code}{again}").into()
            }
            Self::PodGone => "the pod was deleted".into(),
            Self::Network(why) => format!("the connection broke: {why}; what ran may still run").into(),
            Self::NoShell(tried) => format!("the image has no shell: {} not found", tried.join(", ")).into(),
            Self::Failed(why) => why.clone(),
            Self::Closed => "closed".into(),
        }
    }

    /// Whether it can be opened again in the same place.
    pub fn may_reopen(&self) -> bool {
        match self {
            // A container that has not come back yet mostly does; where it does not, its state is told.
            Self::Exit(_) | Self::Network(_) | Self::Closed | Self::Failed(_) | Self::Container { .. } => true,
            Self::PodGone | Self::NoShell(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_says_why_and_whether_to_open_again() {
        let end = End::Container { reason: "OOMKilled".into(), code: Some(137), restarted: true };
        assert_eq!(&*end.words(), "the container ended: OOMKilled, exit code 137; it runs again");
        assert!(end.may_reopen());
        let end = End::Container { reason: "Error".into(), code: Some(5), restarted: false };
        assert!(end.may_reopen(), "it mostly comes back");
        let end = End::NoShell(vec!["bash".into(), "sh".into()]);
        assert_eq!(&*end.words(), "the image has no shell: bash, sh not found");
        assert!(!end.may_reopen() && !End::PodGone.may_reopen());
    }
}
