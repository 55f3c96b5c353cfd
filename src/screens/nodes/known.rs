//! What a room knows of its nodes.

use std::collections::HashMap;

use rolldeck_core::{
    fleet::Freshness,
    kept::{Kept, Name},
    model::{Figures, Node, NodeUsage},
    text::Clean,
};

use super::{NodesOf, NodesReply};
use crate::{
    Ctx, Scope,
    widgets::{Cell, text::time_of_day},
};

/// Nodes, what they use, and what their kubelets told.
#[derive(Debug, Default)]
pub(super) struct Known {
    of: NodesOf,
    pub nodes: Kept<Node>,
    usage: HashMap<Clean, NodeUsage>,
    /// Of the usage; `None` until the first answer.
    pub metered: Option<Freshness>,
    figures: HashMap<Clean, Figures>,
    /// Why the last kubelet that was asked told nothing.
    pub refused: Option<Clean>,
}

impl Known {
    pub(super) fn new(of: NodesOf) -> Self {
        Self { of, ..Self::default() }
    }

    /// Takes a reply; returns whether it was for this room and changes anything.
    pub(super) fn take(&mut self, reply: &NodesReply) -> bool {
        match reply {
            NodesReply::Nodes(of, events) if *of == self.of => self.nodes.take_all(events.iter().cloned()),
            NodesReply::Usage(of, usage) if *of == self.of => {
                self.usage = usage.iter().map(|usage| (usage.node.clone(), usage.clone())).collect();
                self.metered = Some(Freshness::Live);
                true
            }
            NodesReply::NoUsage(of, fresh) if *of == self.of => {
                if !matches!(fresh, Freshness::Stale { .. } | Freshness::Unauthorized(_)) {
                    self.usage.clear();
                }
                self.metered.replace(fresh.clone()).as_ref() != Some(fresh)
            }
            NodesReply::Figures(node, figures) if self.of.as_ref().is_none_or(|of| of == node) => {
                self.tell(node, figures);
                true
            }
            _ => false,
        }
    }

    fn tell(&mut self, node: &Clean, figures: &Result<Figures, Clean>) {
        match figures {
            Ok(figures) => {
                self.refused = None;
                self.figures.insert(node.clone(), figures.clone());
            }
            Err(why) => {
                self.figures.remove(node);
                self.refused = Some(why.clone());
            }
        }
    }

    pub(super) fn usage(&self, node: &Clean) -> Option<&NodeUsage> {
        self.usage.get(node)
    }

    pub(super) fn figures(&self, node: &Clean) -> Option<&Figures> {
        self.figures.get(node)
    }

    /// Whether any kubelet told anything: else its columns stay away.
    pub(super) fn any_figures(&self) -> bool {
        !self.figures.is_empty()
    }

    pub(super) fn node(&self, name: &Clean) -> Option<&Node> {
        self.nodes.get(&Name { namespace: Clean::default(), name: name.clone() })
    }

    /// What is said above the table of what cannot be seen.
    pub(super) fn heads(&self, ctx: &Ctx, what: &str) -> Vec<Cell> {
        let mut cells = Vec::new();
        cells.extend(crate::listing::fresh_head(ctx, self.nodes.freshness(), what));
        cells.extend(self.metered.as_ref().and_then(|fresh| metered(ctx, fresh)));
        if let Some(why) = &self.refused {
            cells.push(Cell::new(Scope::Dim, format!("network and disk n/a: {why}")));
        }
        if self.nodes.unreadable_count() > 0 {
            cells.push(Cell::new(Scope::Warn, format!("{} cannot be read", self.nodes.unreadable_count())));
        }
        cells
    }
}

fn metered(ctx: &Ctx, fresh: &Freshness) -> Option<Cell> {
    Some(match fresh {
        Freshness::Live | Freshness::Loading { .. } => return None,
        Freshness::Absent => Cell::new(Scope::Dim, "CPU and memory used n/a: no metrics server"),
        Freshness::Forbidden(what) => Cell::new(Scope::Warn, format!("CPU and memory used n/a: may not {what}")),
        Freshness::Stale { since, why } => {
            Cell::new(Scope::Stale, format!("metrics stale since {}: {why}", time_of_day(*since, ctx.clock)))
        }
        Freshness::Unauthorized(_) => Cell::new(Scope::Bad, "metrics: login expired"),
    })
}
