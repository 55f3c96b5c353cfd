//! A listing on the screen.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};

use super::Listing;
use crate::{
    Ctx, Scope,
    fleet::paint_words,
    widgets::{Look, text::put},
};

pub(super) fn draw<K: Clone + Ord>(
    listing: &Listing<K>,
    ctx: &Ctx,
    frame: &mut Frame,
    area: Rect,
    marked: &BTreeSet<K>,
) {
    let (buffer, laid) = (frame.buffer_mut(), &listing.laid);
    let above = listing.filter.height().min(area.height);
    listing.filter.draw(ctx, buffer, Rect { height: above, ..area }, &laid.said, Scope::Dim);
    let mut y = area.y + above;
    for head in &laid.heads {
        let mut x = area.x + 1;
        for cell in head {
            x = put(buffer, area, x, y, &cell.text, ctx.theme.style(cell.scope)) + 3;
        }
        y += 1;
    }
    let columns = listing.table.laid(ctx, &listing.hidden);
    let sorted = listing.table.columns().iter().find(|column| column.sort == Some(listing.order.by));
    let heading = Rect { y, height: 1, ..area };
    if y < area.bottom() {
        let sorted = sorted.map(|column| (column, listing.order.reverse));
        listing.table.heading(ctx, buffer, heading, &columns, sorted);
    }
    if !laid.empty.is_empty() {
        let place = Rect { y: y + 1, height: area.bottom().saturating_sub(y + 1), ..area };
        return paint_words(ctx, buffer, place, &laid.empty);
    }
    let visible = listing.scroll.visible(listing.keys.len());
    for ((n, cells), y) in visible.zip(&laid.lines).zip(y + 1..area.bottom()) {
        let look = Look {
            under: n == listing.scroll.cursor,
            marked: listing.keys.get(n).is_some_and(|key| marked.contains(key)),
            filter: Some(listing.filter.query()),
        };
        listing.table.row(ctx, buffer, Rect { y, height: 1, ..area }, &columns, cells, &look);
    }
}
