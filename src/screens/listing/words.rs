//! How far a followed stream can be believed, in words.

use rolldeck_core::fleet::Freshness;

use crate::{
    Command, Ctx, Room, Scope,
    widgets::{
        Cell,
        text::{grouped, time_of_day},
    },
};

/// Why nothing can be shown of `what` (`nodes`); `None` where what is known is all there is.
pub(crate) fn waiting_for(ctx: &Ctx, fresh: &Freshness, listed: bool, what: &str) -> Option<Vec<Cell>> {
    Some(match fresh {
        Freshness::Live if listed => return None,
        Freshness::Live => vec![Cell::new(Scope::Busy, format!("Loading {what} …"))],
        Freshness::Loading { .. } => vec![Cell::new(Scope::Busy, format!("{} …", capital(&loading(fresh, what)?)))],
        Freshness::Stale { since, why } => vec![
            Cell::new(
                Scope::Stale,
                format!("The cluster has not been heard since {}: {why}", time_of_day(*since, ctx.clock)),
            ),
            Cell::new(Scope::Dim, "Trying again; what comes is shown without a key."),
        ],
        Freshness::Forbidden(what) => vec![Cell::new(Scope::Bad, format!("You may not {what}."))],
        Freshness::Absent => vec![Cell::new(Scope::Warn, format!("The server has no {what}."))],
        Freshness::Unauthorized(why) => {
            let key = ctx.keymap.key(Room::Everywhere, Command::Login).map(|key| format!("{key} logs in again."));
            vec![
                Cell::new(Scope::Bad, format!("The login is not accepted any more: {why}")),
                Cell::new(Scope::Dim, key.unwrap_or_default()),
            ]
        }
    })
}

/// A piece for the line above the rows, where they are not live.
pub(crate) fn fresh_head(ctx: &Ctx, fresh: &Freshness, what: &str) -> Option<Cell> {
    Some(match fresh {
        Freshness::Live => return None,
        Freshness::Loading { .. } => Cell::new(Scope::Busy, loading(fresh, what)?),
        Freshness::Stale { since, why } => {
            Cell::new(Scope::Stale, format!("{what} stale since {}: {why}", time_of_day(*since, ctx.clock)))
        }
        Freshness::Forbidden(what) => Cell::new(Scope::Warn, format!("may not {what}")),
        Freshness::Absent => Cell::new(Scope::Dim, format!("the server has no {what}")),
        Freshness::Unauthorized(_) => Cell::new(Scope::Bad, format!("{what}: login expired")),
    })
}

fn loading(fresh: &Freshness, what: &str) -> Option<String> {
    let Freshness::Loading { seen, of } = fresh else { return None };
    Some(match (seen, of) {
        (0, None) => format!("loading {what}"),
        (seen, None) => format!("loading {what}, {} so far", grouped(*seen)),
        (seen, Some(of)) => format!("loading {what}, {} of {}", grouped(*seen), grouped(*of)),
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
