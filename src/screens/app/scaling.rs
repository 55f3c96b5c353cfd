//! The autoscaler: each metric, its conditions in words, when it last scaled, and its events.

use rolldeck_core::{around::Autoscaler, model::Event};

use super::{
    AppPage,
    parts::{remark, told, when},
};
use crate::{
    Ctx, Scope,
    describe::event_line,
    fleet::Cell,
    widgets::{Sheet, text::left},
};

/// Events of it that are shown.
const EVENTS: usize = 10;

/// The section.
pub(super) fn section(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    let mut own = page.autoscalers.iter().map(|(_, hpa)| hpa).filter(|hpa| hpa.is_of(&page.key)).peekable();
    match own.peek() {
        Some(hpa) => drop(sheet.titled("Autoscaler", remark(&*hpa.name)).about(hpa.object())),
        None => drop(sheet.section("Autoscaler")),
    }
    if !told(sheet, ctx, &page.autoscalers) {
        return;
    }
    if own.peek().is_none() {
        sheet.text(Scope::Dim, "none scales it");
    }
    for hpa in own {
        autoscaler(sheet, ctx, hpa);
        conditions(sheet, ctx, hpa);
        let about = format!("HorizontalPodAutoscaler/{}", hpa.name);
        let mut events: Vec<&Event> =
            page.scaling.iter().map(|(_, event)| event).filter(|event| *event.about == *about).collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        if !page.scaling.listed() || !events.is_empty() {
            sheet.part("events", vec![Cell::new(Scope::Dim, "its events")]);
            told(sheet, ctx, &page.scaling);
            events.into_iter().take(EVENTS).for_each(|event| event_line(sheet, ctx, event));
            sheet.end();
        }
    }
}

/// Replicas, metrics and the last scaling.
pub(crate) fn autoscaler(sheet: &mut Sheet, ctx: &Ctx, hpa: &Autoscaler) {
    // An autoscaler that never could read its metrics has not computed anything: its 0 is no wish.
    let computed = hpa.desired > 0 || hpa.current == 0;
    let goes = match computed && hpa.desired != hpa.current {
        true => format!(", going to {}", hpa.desired),
        false => String::new(),
    };
    let bound = match () {
        () if hpa.desired >= hpa.max && hpa.max > 0 => " (at the most it may have)",
        () if computed && hpa.desired <= hpa.min => " (at the least it may have)",
        () => "",
    };
    let scope = if hpa.desired >= hpa.max { Scope::Warn } else { Scope::Text };
    sheet.coloured("replicas", scope, format!("{}{goes}, {} to {}{bound}", hpa.current, hpa.min, hpa.max));
    for metric in &hpa.metrics {
        let (scope, now) = match &metric.now {
            Some(now) => (Scope::Text, now.to_string()),
            None => (Scope::Bad, "cannot be read,".to_owned()),
        };
        let pieces = vec![
            Cell::new(Scope::Dim, format!("{} ", left(&metric.name, 14.max(metric.name.chars().count())))),
            Cell::new(scope, now),
            Cell::new(Scope::Dim, format!(" {} {}", if metric.now.is_some() { "of" } else { "target" }, metric.target)),
        ];
        sheet.line(&format!("metric/{}", metric.name), pieces);
    }
    match hpa.scaled {
        Some(_) => drop(sheet.field("last scaled", format!("{} ago", when(ctx, hpa.scaled)))),
        None => drop(sheet.field("last scaled", "never")),
    }
}

fn conditions(sheet: &mut Sheet, ctx: &Ctx, hpa: &Autoscaler) {
    for condition in &hpa.conditions {
        let scope = if condition.is_bad() { Scope::Warn } else { Scope::Text };
        let words = match condition.words() {
            "" => condition.kind.to_string(),
            words => words.to_owned(),
        };
        let pieces = vec![
            Cell::new(scope, words),
            Cell::new(Scope::Dim, format!("  {} {}", condition.reason, when(ctx, condition.at))),
        ];
        sheet.part(&condition.kind, pieces);
        if condition.is_bad() {
            sheet.text(Scope::Dim, &condition.message);
        }
        sheet.end();
    }
}
