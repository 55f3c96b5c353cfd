//! An object as it was last told, and how far that can be believed.

use std::sync::Arc;

use rolldeck_core::fleet::Freshness;
use serde_json::Value;

use super::ObjectReply;
use crate::{Ctx, Scope, widgets::text::time_of_day};

/// What is known of one object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looked {
    /// The object.
    pub value: Option<Arc<Value>>,
    gone: bool,
    failed: Option<rolldeck_core::text::Clean>,
    fresh: Option<Freshness>,
}

impl Looked {
    /// Takes what is told; returns whether it was about the object itself.
    pub(crate) fn take(&mut self, reply: &ObjectReply) -> bool {
        match reply {
            ObjectReply::Read(value) => {
                (self.gone, self.failed) = (false, None);
                self.value = Some(value.clone());
            }
            ObjectReply::Gone => self.gone = true,
            ObjectReply::Failed(why) => self.failed = Some(why.clone()),
            ObjectReply::Fresh(fresh) => self.fresh = Some(fresh.clone()),
            ObjectReply::Events(_) | ObjectReply::Saved(_) => return false,
        }
        true
    }

    /// What must be said of what is shown; `None` where it is the object as it is now.
    pub(crate) fn banner(&self, ctx: &Ctx) -> Option<(Scope, String)> {
        let known = self.value.is_some();
        if self.gone {
            let text = if known { "It is gone: this is how it was." } else { "It does not exist (any more)." };
            return Some((Scope::Warn, text.to_owned()));
        }
        if let (Some(why), false) = (&self.failed, known) {
            return Some((Scope::Bad, format!("✗ {why}")));
        }
        match &self.fresh {
            _ if !known => Some((Scope::Stale, "… loading".to_owned())),
            Some(Freshness::Stale { since, why }) => {
                Some((Scope::Stale, format!("stale since {}: {why}", time_of_day(*since, ctx.clock))))
            }
            Some(Freshness::Forbidden(what)) => {
                Some((Scope::Warn, format!("not followed, shown as it was read: not allowed: {what}")))
            }
            Some(Freshness::Unauthorized(why)) => {
                Some((Scope::Bad, format!("the login is not accepted any more, so this may be old: {why}")))
            }
            Some(Freshness::Absent) => {
                Some((Scope::Warn, "not followed, shown as it was read: its kind cannot be watched".to_owned()))
            }
            Some(Freshness::Live | Freshness::Loading { .. }) | None => None,
        }
    }
}
