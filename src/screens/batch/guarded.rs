//! Questions about batches in guarded places.

use std::collections::BTreeSet;

use rolldeck_core::{
    batch::guard::{Guard, name_to_type},
    model::AppKey,
    text::Clean,
};

use crate::{Ctx, Scope, plan::confirm::Confirm};

/// What a guard adds to a question: a line for its body, and what has to be typed.
pub(crate) struct Guarded {
    guard: Guard,
    rule: Clean,
    namespaces: BTreeSet<Clean>,
}

impl Guarded {
    /// What guards these apps.
    ///
    /// # Errors
    /// Nothing may be written there: the rule, in words for the operator.
    pub(crate) fn of<'a>(ctx: &Ctx, apps: impl Iterator<Item = &'a AppKey>) -> Result<Self, String> {
        let namespaces: BTreeSet<Clean> = apps.map(|key| key.namespace.clone()).collect();
        match ctx.guard(&namespaces) {
            (Guard::ReadOnly, rule) => Err(format!("Nothing is written here: {rule}.")),
            (guard, rule) => Ok(Self { guard, rule, namespaces }),
        }
    }

    /// A question about so many of them.
    pub(crate) fn confirm(
        self,
        ctx: &Ctx,
        title: String,
        mut body: Vec<(Scope, String)>,
        go: &'static str,
        count: usize,
    ) -> Confirm {
        if !self.rule.is_empty() {
            body.insert(body.len().min(2), (Scope::Warn, format!("guarded: {}", self.rule)));
        }
        let confirm = Confirm::new(title, body, go, count);
        match self.guard {
            Guard::Type => {
                let what = if self.namespaces.len() == 1 { "the namespace" } else { "the context" };
                confirm.typing(what, name_to_type(&ctx.session.context, &self.namespaces))
            }
            Guard::Confirm if count > 0 => confirm.counting(),
            _ => confirm,
        }
    }
}
