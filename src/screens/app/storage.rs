//! The claims that it mounts, and the budget that guards its pods.

use rolldeck_core::{
    around::claims,
    model::{Api, ObjectRef},
};

use super::{
    AppPage,
    parts::{remark, told},
};
use crate::{Ctx, Scope, fleet::Cell, widgets::Sheet};

/// Its claims.
pub(super) fn claims_section(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    sheet.titled("Storage", remark("claims of volumes"));
    if !told(sheet, ctx, &page.claims) {
        return;
    }
    let Some(raw) = page.raw() else {
        sheet.text(Scope::Stale, "… loading");
        return;
    };
    let mut none = true;
    for (_, claim) in page.claims.iter().filter(|(_, claim)| claims(&page.key, raw, &claim.name)) {
        none = false;
        let scope = if &*claim.phase == "Bound" { Scope::Good } else { Scope::Bad };
        let size = match claim.size.is_empty() || claim.size == claim.asked {
            true => claim.asked.to_string(),
            false => format!("{}, {} asked for", claim.size, claim.asked),
        };
        let class =
            if claim.class.is_empty() { "the default class".to_owned() } else { format!("class {}", claim.class) };
        let said = if claim.said.is_empty() { String::new() } else { format!(", {}", claim.said) };
        let pieces = vec![
            Cell::new(Scope::Text, format!("{}  ", claim.name)),
            Cell::new(scope, &*claim.phase),
            Cell::new(Scope::Text, format!("  {size}")),
            Cell::new(Scope::Dim, format!("  {class}, {}{said}", claim.access)),
        ];
        let api = Api::new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true);
        let about = ObjectRef { api, namespace: page.key.namespace.clone(), name: claim.name.clone() };
        sheet.line(&claim.name, pieces).about(about);
    }
    if none {
        sheet.text(Scope::Dim, "it mounts no claim");
    }
}

/// Its disruption budgets.
pub(super) fn budgets_section(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    sheet.titled("Disruption budget", remark("guards evictions, not rollouts"));
    if !told(sheet, ctx, &page.budgets) {
        return;
    }
    let Some(raw) = page.raw() else {
        sheet.text(Scope::Stale, "… loading");
        return;
    };
    let labels = &raw["spec"]["template"]["metadata"]["labels"];
    let mut own =
        page.budgets.iter().map(|(_, budget)| budget).filter(|budget| budget.selector.takes(labels)).peekable();
    if own.peek().is_none() {
        sheet.text(Scope::Dim, "none: a drain may evict all its pods at once");
    }
    for budget in own {
        let rule = match (budget.min_available.is_empty(), budget.max_unavailable.is_empty()) {
            (false, _) => format!("at least {} available", budget.min_available),
            (_, false) => format!("at most {} unavailable", budget.max_unavailable),
            _ => "no bound".to_owned(),
        };
        let now = match budget.allowed {
            0 => (Scope::Warn, "no pod may be evicted now".to_owned()),
            1 => (Scope::Good, "1 pod may be evicted now".to_owned()),
            n => (Scope::Good, format!("{n} pods may be evicted now")),
        };
        let pieces = vec![
            Cell::new(Scope::Text, format!("{}  {rule}  ", budget.name)),
            Cell::new(now.0, now.1),
            Cell::new(
                Scope::Dim,
                format!("  {} healthy of {}, {} wanted", budget.healthy, budget.expected, budget.wanted),
            ),
        ];
        let api = Api::new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true);
        let about = ObjectRef { api, namespace: page.key.namespace.clone(), name: budget.name.clone() };
        sheet.line(&budget.name, pieces).about(about);
    }
}
