//! What stands where rows would stand: never an empty table without a reason.

use rolldeck_core::fleet::{Freshness, Resource};

use super::FleetRoom;
use crate::{
    Command, Ctx, Room, Scope,
    state::loading,
    widgets::{Cell, text::time_of_day},
};

/// The resources that apps are.
const APPS: [Resource; 3] = [Resource::Deployments, Resource::StatefulSets, Resource::DaemonSets];

impl FleetRoom {
    /// The words for a fleet without rows.
    pub(super) fn empty(&self, ctx: &Ctx) -> Vec<Cell> {
        if !self.filter().is_empty() && !ctx.fleet.is_empty() {
            let first = format!("No app matches \"{}\".", self.filter());
            return vec![Cell::new(Scope::Heading, first), Cell::new(Scope::Dim, "esc clears the filter.")];
        }
        if let Some(cells) = waiting(ctx, &APPS) {
            return cells;
        }
        let place = match ctx.scope.iter().map(|namespace| &**namespace).collect::<Vec<_>>().as_slice() {
            [] => return vec![Cell::new(Scope::Heading, "No apps in this cluster.")],
            [one] => format!("No apps in namespace {one}."),
            many => format!("No apps in namespaces {}.", many.join(", ")),
        };
        let key = ctx.keymap.key(Room::Fleet, Command::AllNamespaces).map(|key| format!("{key} shows all namespaces."));
        vec![Cell::new(Scope::Heading, place), Cell::new(Scope::Dim, key.unwrap_or_default())]
    }
}

/// Why nothing can be said of these resources yet; `None` where they are known.
pub(crate) fn waiting(ctx: &Ctx, resources: &[Resource]) -> Option<Vec<Cell>> {
    let fresh: Vec<_> = resources.iter().filter_map(|&r| Some((r, ctx.fleet.freshness(r)?))).collect();
    for (_, one) in &fresh {
        if let Freshness::Unauthorized(why) = one {
            let key = ctx.keymap.key(Room::Fleet, Command::Login).map(|key| format!("{key} logs in again."));
            let first = format!("The login is not accepted any more: {why}");
            return Some(vec![Cell::new(Scope::Bad, first), Cell::new(Scope::Dim, key.unwrap_or_default())]);
        }
        if let Freshness::Stale { since, why } = one {
            let first = format!("The cluster has not been heard since {}: {why}", time_of_day(*since, ctx.clock));
            let second = "Trying again; what comes is shown without a key.";
            return Some(vec![Cell::new(Scope::Stale, first), Cell::new(Scope::Dim, second)]);
        }
    }
    let loads: Vec<_> = fresh.iter().filter_map(|(resource, one)| loading(*resource, one)).collect();
    if !loads.is_empty() {
        return Some(vec![Cell::new(Scope::Busy, format!("Loading {} …", loads.join(", ")))]);
    }
    forbidden(ctx, resources, &fresh)
}

fn forbidden(ctx: &Ctx, resources: &[Resource], fresh: &[(Resource, Freshness)]) -> Option<Vec<Cell>> {
    if !fresh.iter().all(|(_, one)| matches!(one, Freshness::Forbidden(_) | Freshness::Absent)) || fresh.is_empty() {
        return None;
    }
    let mut cells: Vec<Cell> = Vec::new();
    for (source, fresh) in ctx.fleet.sources().filter(|(source, _)| resources.contains(&source.resource)) {
        cells.push(match fresh {
            Freshness::Forbidden(what) => Cell::new(Scope::Bad, format!("You may not {what}.")),
            _ => Cell::new(Scope::Warn, format!("The server has no {}.", source.resource.name())),
        });
    }
    cells.dedup();
    cells.truncate(6);
    let out = if ctx.scope.is_empty() {
        "With rights in some namespaces only, name them: rolldeck -n a,b, or here :ns a,b"
    } else {
        "Other namespaces: rolldeck -n a,b, or here :ns a,b"
    };
    cells.push(Cell::new(Scope::Dim, out));
    Some(cells)
}
