//! The filter over the fleet.

use rolldeck_core::fleet::AskedApp;

use super::FleetRoom;
use crate::{Action, Ctx, Key, widgets::Typed};

impl FleetRoom {
    /// A key while the field is open.
    pub(super) fn filter_key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let rows: Vec<_> = ctx.fleet.rows().map(|row| AskedApp { row, fleet: ctx.fleet }).collect();
        let typed = self.filter.key(ctx, key, &rows);
        self.typed(ctx, typed)
    }

    /// Follows what a key or a paste did to the field.
    pub(super) fn typed(&mut self, ctx: &Ctx, typed: Typed) -> Vec<Action> {
        match typed {
            Typed::Changed => self.unmoved(),
            Typed::Same => {}
            Typed::Kept => {
                self.refresh(ctx);
                return self.filter.remembered();
            }
            Typed::Move(command) => self.go(command),
        }
        self.refresh(ctx);
        Vec::new()
    }
}
