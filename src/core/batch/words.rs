//! Where an app of a batch stands, in words: for people, and for programs.

use super::StepState;
use crate::text::Clean;

impl StepState {
    /// Its name in documents for programs: `rolling-out`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applying => "applying",
            Self::RollingOut(..) => "rolling-out",
            Self::Healthy => "healthy",
            Self::NothingRan(_) => "nothing-ran",
            Self::Failed(_) => "failed",
            Self::Refused(_) => "refused",
            Self::Drifted(_) => "drifted",
            Self::Skipped => "skipped",
            Self::NotStarted => "not-started",
            Self::Reverting => "reverting",
            Self::RollingBack(..) => "rolling-back",
            Self::Reverted => "reverted",
            Self::RevertFailed(_) => "revert-failed",
        }
    }

    /// Why, or what it waits for; `None` where there is nothing to say.
    pub fn why(&self) -> Option<&Clean> {
        let why = match self {
            Self::RollingOut(_, _, why) | Self::RollingBack(_, _, why) => why,
            Self::NothingRan(why)
            | Self::Failed(why)
            | Self::Refused(why)
            | Self::Drifted(why)
            | Self::RevertFailed(why) => why,
            Self::Waiting
            | Self::Applying
            | Self::Healthy
            | Self::Skipped
            | Self::NotStarted
            | Self::Reverting
            | Self::Reverted => return None,
        };
        Some(why).filter(|why| !why.is_empty())
    }

    /// For people: `rolling out 1/3: 2 of 3 replicas to be updated`. A record keeps no numbers: what is known from it alone wants 0
    /// and shows none.
    pub fn words(&self) -> String {
        let name = self.name().replace('-', " ");
        let name = match self {
            Self::RollingOut(done, wanted, _) | Self::RollingBack(done, wanted, _) if *wanted > 0 => {
                format!("{name} {done}/{wanted}")
            }
            Self::Refused(_) | Self::Drifted(_) => format!("{name}, not touched"),
            Self::NothingRan(why) if why.is_empty() => "accepted; nothing ran".to_owned(),
            Self::NothingRan(why) => return format!("accepted; {why}"),
            _ => name,
        };
        match self.why() {
            Some(why) => format!("{name}: {why}"),
            None => name,
        }
    }

    /// Whether a write of the batch reached the app, or may have: what a revert takes back.
    pub fn is_touched(&self) -> bool {
        !matches!(
            self,
            Self::Waiting | Self::NotStarted | Self::Skipped | Self::Refused(_) | Self::Drifted(_) | Self::Reverted
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_without_numbers_shows_none() {
        assert_eq!(StepState::RollingOut(0, 0, Clean::default()).words(), "rolling out");
        assert_eq!(StepState::RollingBack(0, 0, "accepted".into()).words(), "rolling back: accepted");
        assert_eq!(StepState::RollingOut(1, 3, Clean::default()).words(), "rolling out 1/3");
    }

    #[test]
    fn what_was_not_written_says_that_it_was_not_touched() {
        assert_eq!(StepState::Drifted("scaled to 5".into()).words(), "drifted, not touched: scaled to 5");
        assert_eq!(StepState::Refused("quota".into()).words(), "refused, not touched: quota");
        assert_eq!(StepState::NothingRan(Clean::default()).words(), "accepted; nothing ran");
        assert_eq!(StepState::NothingRan("it is paused".into()).words(), "accepted; it is paused");
    }
}
