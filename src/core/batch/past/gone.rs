//! Apps that are gone since.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::Source;
use crate::{Time, model::AppKey, text::Clean};

/// An app was there at this time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The app.
    pub key: AppKey,
    /// When.
    pub at: Time,
    /// What tells of it.
    pub by: Source,
}

/// An app that is there no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The app.
    pub key: AppKey,
    /// Whether it is sure that it was there at the point in time: it was seen before and after. Else it was seen not long before.
    pub certain: bool,
    /// The sighting that is nearest to the point in time.
    pub seen: Sighting,
}

impl Gone {
    /// What speaks for it: `the journal of batch … tells of it`.
    pub fn words(&self) -> Clean {
        let may = if self.certain { "" } else { " some time before; it may have been gone by then" };
        format!("{} tells of it{may}", self.seen.by.words()).into()
    }
}

/// The apps that were there at a time, as far as sightings tell, and that are not among those there are now. One that was last seen
/// more than a day before is not told of.
pub fn gone(sightings: &[Sighting], now: &BTreeSet<AppKey>, at: Time) -> Vec<Gone> {
    let mut apps: BTreeMap<&AppKey, Vec<&Sighting>> = BTreeMap::new();
    for seen in sightings.iter().filter(|seen| !now.contains(&seen.key)) {
        apps.entry(&seen.key).or_default().push(seen);
    }
    let told = apps.into_iter().filter_map(|(key, seen)| {
        let before = seen.iter().filter(|seen| seen.at <= at).max_by_key(|seen| seen.at)?;
        let certain = seen.iter().any(|seen| seen.at >= at);
        let near = at - before.at <= TimeDelta::days(1);
        (certain || near).then(|| Gone { key: key.clone(), certain, seen: (*before).clone() })
    });
    told.collect()
}
