//! The batches that were run before the fleet is first seen: of which apps, when, by whom, and what became of them.

use super::super::json::stamp;
use super::catalog::Plan;
use super::workload::{Again, Revision};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A release that went well.
    Released,
    /// A release of which one failed, and all were taken back.
    Reverted,
    /// A rollback that went well.
    RolledBack,
}

/// An app of a batch, and the tag that it was released to where that did not stay.
pub type Member = (&'static str, &'static str);

/// A batch that ended.
#[derive(Debug)]
pub struct Batch {
    /// The end of its name.
    salt: &'static str,
    /// Minutes from its start to now.
    ago: i64,
    /// Its only namespace.
    pub namespace: &'static str,
    /// Its Deployments, in their order: none is in another batch of the namespace.
    pub apps: &'static [Member],
    /// Who confirmed it, and at which host.
    pub by: (&'static str, &'static str),
    /// Why, in their words.
    pub reason: &'static str,
    /// What became of it.
    pub outcome: Outcome,
}

/// How many apps roll at once.
pub const WIDTH: usize = 3;

/// All of them, oldest first.
pub const BATCHES: &[Batch] = &[
    Batch {
        salt: "m7q2",
        ago: 2 * 1440 + 37,
        namespace: "prod",
        apps: &[
            ("truck-booking", ""),
            ("driver-app-api", ""),
            ("route-planner", ""),
            ("yard-inventory", ""),
            ("customs-docs", ""),
            ("web-portal", ""),
        ],
        by: ("mara", "bridge-2"),
        reason: "sprint 46 🚢 集卡预约与堆场联调",
        outcome: Outcome::Released,
    },
    Batch {
        salt: "x0d5",
        ago: 1440 + 95,
        namespace: "prod",
        apps: &[("tariff-lookup", "4.6.0-rc1"), ("partner-edi", "2.39.0-rc2")],
        by: ("jonas", "bridge-1"),
        reason: "new tariff tables, CHG-2214",
        outcome: Outcome::Reverted,
    },
    Batch {
        salt: "k3h8",
        ago: 5 * 60 + 11,
        namespace: "qa",
        apps: &[("gate-pass", ""), ("weighbridge", "")],
        by: ("mara", "bridge-2"),
        reason: "闸口回归测试失败",
        outcome: Outcome::RolledBack,
    },
];

impl Batch {
    /// When it was confirmed.
    pub fn started(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - Duration::minutes(self.ago)
    }

    /// Its name.
    pub fn id(&self, now: DateTime<Utc>) -> String {
        format!("{}-{}", self.started(now).format("%Y%m%d-%H%M%S"), self.salt)
    }

    /// When the patch of an app was accepted: its ReplicaSet was made, or brought back, then.
    pub fn accepted(&self, nth: usize, now: DateTime<Utc>) -> DateTime<Utc> {
        let wave = if self.outcome == Outcome::RolledBack { 0 } else { nth / WIDTH };
        self.started(now) + Duration::seconds(4 + 130 * wave as i64 + nth as i64)
    }

    /// When an app failed, and with it the batch.
    pub fn failed(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.started(now) + Duration::seconds(97)
    }

    /// When the patch was accepted that took an app back.
    pub fn taken_back(&self, nth: usize, now: DateTime<Utc>) -> DateTime<Utc> {
        self.failed(now) + Duration::seconds(2 + nth as i64)
    }

    /// When an app came to its end.
    pub fn settled(&self, nth: usize, now: DateTime<Utc>) -> DateTime<Utc> {
        let last = match self.outcome {
            Outcome::Reverted => self.taken_back(nth, now),
            Outcome::Released | Outcome::RolledBack => self.accepted(nth, now),
        };
        last + Duration::seconds(108 + 5 * (nth % WIDTH) as i64)
    }

    /// When its last app came to its end.
    pub fn ended(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        (0..self.apps.len()).map(|nth| self.settled(nth, now)).max().unwrap_or_else(|| self.started(now))
    }

    /// What it left on an app: who wrote last.
    pub fn token(&self, nth: usize, epoch: u64, now: DateTime<Utc>) -> String {
        format!("{}/{nth}/{epoch}", self.id(now))
    }

    /// The log that its record keeps.
    pub fn log(&self, now: DateTime<Utc>) -> Value {
        if self.outcome != Outcome::Reverted {
            return json!([]);
        }
        let at = stamp(self.failed(now));
        let app = self.apps.last().map_or("", |(name, _)| *name);
        let failed = format!("{}/deploy/{app} failed: everything that was touched goes back", self.namespace);
        json!([{"at": at, "text": failed}, {"at": at, "text": "taken back"}])
    }
}

/// The batch that an app was in, and its place there.
fn of(plan: &Plan) -> Option<(&'static Batch, usize)> {
    BATCHES.iter().filter(|batch| batch.namespace == plan.namespace).find_map(|batch| {
        let nth = batch.apps.iter().position(|(name, _)| *name == plan.entry.name)?;
        Some((batch, nth))
    })
}

/// How long ago the newest version of the catalog was released: in the batch that released it, else before any batch.
pub fn newest(plan: &Plan, usual: Duration, now: DateTime<Utc>) -> Duration {
    match of(plan) {
        Some((batch, nth)) if batch.outcome == Outcome::Released => now - batch.accepted(nth, now),
        Some((batch, _)) => usual.max(Duration::minutes(batch.ago) + Duration::hours(4)),
        None => usual,
    }
}

/// What a batch left in the history of an app.
pub fn leave(plan: &Plan, revisions: &mut Vec<Revision>, now: DateTime<Utc>) {
    let (Some((batch, nth)), Some(last)) = (of(plan), revisions.last_mut()) else { return };
    let released = |tag: &str| (format!("release {tag} (rolldeck {})", batch.id(now)), Some(batch.token(nth, 1, now)));
    let number = last.number;
    match batch.outcome {
        Outcome::Released => (last.cause, last.token) = released(&last.tag),
        Outcome::Reverted => {
            last.again = Some(Again { number: number + 2, time: batch.taken_back(nth, now) });
            last.token = Some(batch.token(nth, 2, now));
            let tag = batch.apps[nth].1.to_owned();
            let (cause, token) = released(&tag);
            revisions.push(Revision {
                number: number + 1,
                tag,
                time: batch.accepted(nth, now),
                cause,
                token,
                again: None,
            });
        }
        Outcome::RolledBack => {
            let Some(before) = revisions.iter_mut().rev().nth(1) else { return };
            before.again = Some(Again { number: number + 1, time: batch.accepted(nth, now) });
            before.token = Some(batch.token(nth, 1, now));
        }
    }
}
