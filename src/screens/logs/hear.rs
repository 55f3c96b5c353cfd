//! What a reading tells the room.

use rolldeck_core::logs::Told;

use super::{LogsReply, over::Over, room::Logs};
use crate::{Action, Ctx};

impl Logs {
    /// Takes what a reading answered; whether anything looks different, and what is to be done.
    pub(super) fn take(&mut self, ctx: &Ctx, reply: &LogsReply) -> (bool, Vec<Action>) {
        match reply {
            LogsReply::Told(told) => return self.told(ctx, told),
            LogsReply::Continue => {
                self.buffer.continued();
                return self.work();
            }
            LogsReply::Files { of, complete } => {
                if let Some(Over::Files(files)) = &mut self.over {
                    files.take(of, *complete);
                }
            }
            LogsReply::Kept(Ok(kept)) => self.kept = kept.clone().map(Some),
            LogsReply::Kept(Err(why)) => {
                (self.kept, self.unkept) = (None, Some(why.clone()));
                return (true, vec![Action::Note(true, why.clone())]);
            }
            LogsReply::Download(_) => {}
        }
        (true, Vec::new())
    }

    fn told(&mut self, ctx: &Ctx, told: &Told) -> (bool, Vec<Action>) {
        match told {
            Told::Pods(fresh) => self.pods = Some(fresh.clone()),
            Told::Sources(sources) => {
                self.buffer.join(sources);
                self.lay_out();
                // A source that is better known may have another revision, by which lines are filtered.
                return self.work();
            }
            Told::State(id, state) => drop(self.buffer.states.insert(*id, state.clone())),
            Told::Rotated(id, rotated) => drop(self.buffer.rotated.insert(*id, *rotated)),
            Told::Lines(blocks) => {
                self.buffer.take(blocks, ctx.clock.now);
                return self.work();
            }
            Told::Note(note) => return (true, vec![Action::Note(false, note.clone())]),
            Told::Failed(why) => self.failed = Some(why.clone()),
            Told::Complete => return (false, Vec::new()),
        }
        (true, Vec::new())
    }
}
