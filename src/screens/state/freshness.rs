//! How far the fleet can be believed, in words.

use rolldeck_core::fleet::{Freshness, Resource};

use crate::{
    Ctx, Scope,
    widgets::text::{count, grouped, time_of_day},
};

/// One piece of the header's second line, and what it is for the theme.
pub(crate) type Piece = (Scope, String);

/// What the watched sources are worth, worst first: one word where all is well, and whatever cannot be read.
pub(crate) fn pieces(ctx: &Ctx) -> Vec<Piece> {
    let whole = whole(ctx);
    let (mut refused, mut rest): (Vec<String>, Vec<Piece>) = Default::default();
    for (source, fresh) in ctx.fleet.sources() {
        let metrics = source.resource == Resource::PodMetrics;
        let said = match fresh {
            Freshness::Forbidden(what) if metrics => (Scope::Warn, format!("CPU and memory n/a: may not {what}")),
            Freshness::Forbidden(what) => {
                refused.push(format!("may not {what}"));
                continue;
            }
            Freshness::Absent if metrics => (Scope::Dim, "CPU and memory n/a: no metrics server".to_owned()),
            Freshness::Absent => (Scope::Warn, format!("the server has no {}", source.resource.name())),
            Freshness::Stale { since, why } if metrics && whole.0 != Scope::Stale => {
                (Scope::Stale, format!("metrics stale since {}: {why}", time_of_day(*since, ctx.clock)))
            }
            _ => continue,
        };
        if !rest.contains(&said) {
            rest.push(said);
        }
    }
    refused.dedup();
    if refused.len() > 2 {
        let more = refused.len() - 1;
        refused.truncate(1);
        refused[0] += &format!(", and {more} more");
    }
    if ctx.fleet.unreadable() > 0 {
        rest.push((Scope::Warn, format!("{} cannot be read", count(ctx.fleet.unreadable(), "object"))));
    }
    let refused = refused.into_iter().map(|text| (Scope::Warn, text));
    std::iter::once(whole).chain(refused).chain(rest).collect()
}

/// The one word for all watched sources together: login, stale, loading, forbidden or live.
fn whole(ctx: &Ctx) -> Piece {
    let fresh: Vec<_> = Resource::WATCHED.iter().filter_map(|&r| Some((r, ctx.fleet.freshness(r)?))).collect();
    for (_, one) in &fresh {
        if let Freshness::Unauthorized(why) = one {
            let key = ctx.keymap.key(crate::Room::Fleet, crate::Command::Login);
            let key = key.map(|key| format!(" ({key} logs in)")).unwrap_or_default();
            return (Scope::Bad, format!("LOGIN EXPIRED{key}: {why}"));
        }
    }
    let stale = fresh.iter().filter_map(|(_, one)| match one {
        Freshness::Stale { since, why } => Some((*since, why)),
        _ => None,
    });
    if let Some((since, why)) = stale.min_by_key(|(since, _)| *since) {
        return (Scope::Stale, format!("STALE since {}: {why}", time_of_day(since, ctx.clock)));
    }
    let loading: Vec<_> = fresh.iter().filter_map(|(resource, one)| loading(*resource, one)).collect();
    if !loading.is_empty() {
        return (Scope::Busy, format!("loading {}", loading.join(", ")));
    }
    if fresh.iter().all(|(_, one)| matches!(one, Freshness::Forbidden(_) | Freshness::Absent)) {
        return (Scope::Bad, "nothing can be read".to_owned());
    }
    (Scope::Good, "live".to_owned())
}

/// `pods 1,200 of 20,024` of a resource that loads.
pub(crate) fn loading(resource: Resource, fresh: &Freshness) -> Option<String> {
    let Freshness::Loading { seen, of } = fresh else { return None };
    let name = if resource == Resource::Hpas { "HPAs" } else { resource.name() };
    Some(match (seen, of) {
        (0, None) => name.to_owned(),
        (seen, None) => format!("{name} {}", grouped(*seen)),
        (seen, Some(of)) => format!("{name} {} of {}", grouped(*seen), grouped(*of)),
    })
}
