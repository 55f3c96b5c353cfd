//! What rolldeck shows: the state, update and drawing of every screen.
//!
//! Data flows one way: `Message` → [`update`] → `State` and `Effect`s; `State` → [`draw`] → a frame. Nothing here does IO,
//! reads a clock or names a terminal.

mod command;
mod effect;
mod key;
mod keymap;
mod message;
mod mouse;
mod room;
mod state;
mod theme;

pub mod act;
pub mod app;
pub mod batch;
pub mod batches;
pub mod changes;
pub mod containers;
pub mod contexts;
pub mod copies;
pub mod describe;
pub mod events;
pub mod fleet;
pub mod forwards;
pub mod help;
mod listing;
pub mod logs;
pub mod namespaces;
pub mod nodes;
pub mod palette;
pub mod plan;
pub mod pods;
pub mod run;
pub mod shell;
pub mod trouble;
pub mod views;
pub mod widgets;
pub mod yaml;

#[cfg(test)]
mod testing;

pub use act::{ActEffect, ActReply};
pub use batch::{BatchEffect, BatchReply};
pub use changes::{ChangesEffect, ChangesReply};
pub use command::Command;
pub use containers::{ContainersEffect, ContainersReply};
pub use contexts::ContextsEffect;
pub use copies::{CopyAction, CopyEffect, CopyReply};
pub use effect::{Effect, PageEffect};
pub use events::{EventsEffect, EventsOf, EventsReply};
pub use forwards::{ForwardEffect, ForwardReply};
pub use key::{Code, Key, KeyError};
pub use keymap::{Binding, Keymap, KeymapError, KeymapFile, Room};
pub use logs::{LogsEffect, LogsId, LogsReply, LogsSettings};
pub use message::{Clock, Message, PageReply, Session};
pub use mouse::{Click, List, Mouse};
pub use namespaces::{NamespacesEffect, NamespacesReply};
pub use nodes::{NodesEffect, NodesOf, NodesReply};
pub use plan::{Elsewhere, PastFound, PlanEffect, PlanRead, PlanReply, Wanted};
pub use room::{Action, Ctx, Screen};
pub use run::{RunEffect, RunReply};
pub use shell::{ShellEffect, ShellReply, ShellSettings};
pub use state::{State, draw, sources, update};
pub use theme::{Look, SIXTEEN, Scope, Theme, ThemeError, ThemeFile};
pub use trouble::{TroubleEffect, TroubleReply};
pub use yaml::{ObjectEffect, ObjectReply, Saved, Viewer};
