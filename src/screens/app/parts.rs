//! The page in sections. Each loads, is refused or is empty by itself.

use rolldeck_core::{Time, fleet::Freshness, kept::Kept};

use super::{AppPage, about, config, past, room::Part, scaling, storage, summary, traffic};
use crate::{
    Ctx, Scope,
    fleet::Cell,
    widgets::{
        Line, Sheet,
        text::{age, time_of_day},
    },
};

/// The whole page in lines of at most so many columns.
pub(super) fn lines(page: &AppPage, ctx: &Ctx, columns: usize) -> Vec<Line> {
    let mut sheet = Sheet::new(columns);
    summary::status(&mut sheet, page, ctx);
    summary::pods(&mut sheet, page, ctx);
    scaling::section(&mut sheet, page, ctx);
    traffic::section(&mut sheet, page, ctx);
    config::section(&mut sheet, page, ctx);
    storage::claims_section(&mut sheet, page, ctx);
    storage::budgets_section(&mut sheet, page, ctx);
    past::revisions(&mut sheet, page, ctx);
    past::events(&mut sheet, page, ctx);
    past::conditions(&mut sheet, page, ctx);
    about::section(&mut sheet, page, ctx);
    sheet.finish()
}

/// Whether a stream's part can be shown; else why not is written, as it is where it can be shown and is old.
pub(super) fn told<T>(sheet: &mut Sheet, ctx: &Ctx, kept: &Kept<T>) -> bool {
    match kept.freshness() {
        Freshness::Forbidden(what) => {
            sheet.text(Scope::Bad, &format!("✗ not allowed: {what}"));
            false
        }
        Freshness::Absent => {
            sheet.text(Scope::Dim, "the cluster has no such kind");
            false
        }
        Freshness::Unauthorized(why) => {
            sheet.text(Scope::Bad, &format!("✗ the login is not accepted any more: {why}"));
            kept.listed()
        }
        Freshness::Stale { since, why } => {
            sheet.text(Scope::Stale, &format!("stale since {}: {why}", time_of_day(*since, ctx.clock)));
            kept.listed()
        }
        Freshness::Live | Freshness::Loading { .. } => {
            if !kept.listed() {
                sheet.text(Scope::Stale, "… loading");
            }
            kept.listed()
        }
    }
}

/// What was read of a part; else why there is nothing is written.
pub(super) fn part<'a, T: AsRef<[R]>, R>(sheet: &mut Sheet, part: &'a Part<T>, none: &str) -> &'a [R] {
    match part {
        None => drop(sheet.text(Scope::Stale, "… loading")),
        Some(Err(why)) => drop(sheet.text(Scope::Bad, &format!("✗ {why}"))),
        Some(Ok(all)) if all.as_ref().is_empty() => drop(sheet.text(Scope::Dim, none)),
        Some(Ok(all)) => return all.as_ref(),
    }
    &[]
}

/// How long ago, or `?`.
pub(super) fn when(ctx: &Ctx, at: Option<Time>) -> String {
    at.map_or_else(|| "?".to_owned(), |at| age(at, ctx.clock.now))
}

/// A dim remark behind a title.
pub(super) fn remark(text: impl Into<String>) -> Vec<Cell> {
    vec![Cell::new(Scope::Dim, format!(" · {}", text.into()))]
}
