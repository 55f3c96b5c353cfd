//! The ConfigMaps and Secrets that it mounts or reads, when they changed, and which pods run with an older one.

use rolldeck_core::{
    around::{ConfigKind, ConfigUse, Known, Way, config_uses, older},
    text::Clean,
};

use super::{
    AppPage,
    parts::{remark, when},
};
use crate::{
    Ctx, Scope,
    fleet::Cell,
    widgets::{Sheet, text::count},
};

/// The section.
pub(super) fn section(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    sheet.titled("Configuration", remark("ConfigMaps and Secrets; no value of a Secret is read"));
    let Some(raw) = page.raw() else {
        match &page.app {
            Some(Err(why)) => drop(sheet.text(Scope::Bad, &format!("✗ {why}"))),
            _ => drop(sheet.text(Scope::Stale, "… loading")),
        }
        return;
    };
    let uses = config_uses(&raw["spec"]["template"]);
    if uses.is_empty() {
        sheet.text(Scope::Dim, "it mounts and reads none");
    }
    for of in &uses {
        one(sheet, page, ctx, of);
    }
}

fn one(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx, of: &ConfigUse) {
    let kind = match of.kind {
        ConfigKind::ConfigMap => "ConfigMap",
        ConfigKind::Secret => "Secret",
    };
    let known = page.configs.get(&(of.kind, of.name.clone()));
    let (scope, said) = match known {
        None => (Scope::Stale, "… loading".to_owned()),
        Some(Known::Missing) if of.optional => (Scope::Dim, "is not there (optional)".to_owned()),
        Some(Known::Missing) => (Scope::Bad, "is not there: pods cannot start".to_owned()),
        Some(Known::Failed(why)) => (Scope::Bad, format!("✗ {why}")),
        Some(Known::There(at, by)) => {
            let by = if by.is_empty() { String::new() } else { format!(" by {by}") };
            (Scope::Text, format!("changed {} ago{by}", when(ctx, *at)))
        }
    };
    let head = vec![Cell::new(Scope::Text, format!("{kind} {}  ", of.name)), Cell::new(scope, said)];
    let about = of.kind.object(&page.key.namespace, &of.name);
    sheet.part(&format!("{kind}/{}", of.name), head).about(about);
    if let Some(Known::There(Some(at), _)) = known {
        let rows = ctx.fleet.pods(&page.key);
        let old: Vec<&Clean> = older(of, *at, rows.iter().map(|row| row.pod));
        if !old.is_empty() {
            let names = old.iter().take(3).map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
            let more = old.len().saturating_sub(3);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let verb = if old.len() == 1 { "runs" } else { "run" };
            let text = format!("! {} {verb} with an older one until restarted: {names}{more}", count(old.len(), "pod"));
            sheet.text(Scope::Warn, &text);
        }
    }
    for way in &of.ways {
        sheet.text(Scope::Dim, &words(way));
    }
    sheet.end();
}

fn words(way: &Way) -> String {
    match way {
        Way::Environment(container) => format!("environment of {container}: read at its start only"),
        Way::File(container) => format!("single file (subPath) of {container}: taken at its start only"),
        Way::Volume(container) => {
            format!("volume of {container}: files follow within a minute or two; the program may not")
        }
        Way::Pull => "to pull images".to_owned(),
    }
}
