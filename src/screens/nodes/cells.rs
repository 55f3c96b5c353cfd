//! A node as text.

use rolldeck_core::{
    fleet::{Freshness, NodeLoad},
    model::{Figures, Node, NodeUsage},
    text::Clean,
};

use crate::{
    Ctx, Scope,
    widgets::{
        Cell,
        text::{age, bytes, cores},
    },
};

/// All that a node's line is made of.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub name: &'a Clean,
    pub node: &'a Node,
    pub load: NodeLoad,
    pub usage: Option<&'a NodeUsage>,
    pub metered: Option<&'a Freshness>,
    pub figures: Option<&'a Figures>,
}

/// `part` of `whole` in percent, rounded down; `None` of nothing.
pub(super) fn percent(part: u64, whole: u64) -> Option<u32> {
    (whole > 0).then(|| (u128::from(part) * 100 / u128::from(whole)).try_into().unwrap_or(u32::MAX))
}

impl Line<'_> {
    /// How the node is, worst first, with a sign.
    pub(super) fn status(&self) -> Cell {
        let node = self.node;
        let mut words: Vec<String> = Vec::new();
        let (sign, scope) = match node.ready {
            Some(false) => ("✗", Scope::Bad),
            None => ("?", Scope::Bad),
            Some(true) if !node.troubles.is_empty() => ("!", Scope::Bad),
            Some(true) if node.ending || node.cordoned => ("‖", Scope::Warn),
            Some(true) => ("✓", Scope::Good),
        };
        words.push(match node.ready {
            Some(true) => "Ready".to_owned(),
            Some(false) => format!("NotReady: {}", node.why),
            None => format!("Unknown: {}", node.why),
        });
        words.extend(node.troubles.iter().map(ToString::to_string));
        words.extend(node.cordoned.then(|| "cordoned".to_owned()));
        words.extend(node.ending.then(|| "being deleted".to_owned()));
        Cell::new(scope, format!("{sign} {}", words.join("; ")))
    }

    pub(super) fn taints(&self) -> Cell {
        // What cordoning adds is said as such already.
        let taints = self.node.taints.iter().filter(|taint| !taint.starts_with("node.kubernetes.io/unschedulable"));
        let words: Vec<&str> = taints.map(|taint| taint.as_str()).collect();
        Cell::new(Scope::Warn, words.join(" "))
    }

    pub(super) fn pods(&self) -> Cell {
        let scope =
            if u64::from(self.load.pods) * 10 >= u64::from(self.node.pods) * 9 { Scope::Warn } else { Scope::Text };
        Cell::new(scope, format!("{}/{}", self.load.pods, self.node.pods))
    }

    fn used(&self, of: impl Fn(&NodeUsage) -> (String, Option<u32>)) -> Cell {
        match (self.usage, self.metered) {
            (Some(usage), _) => {
                let (used, share) = of(usage);
                share_cell(used, share)
            }
            (None, None) => Cell::waiting(),
            _ => Cell::none(),
        }
    }

    pub(super) fn cpu(&self) -> Cell {
        self.used(|usage| (cores(usage.cpu_milli), percent(usage.cpu_milli, self.node.cpu_milli)))
    }

    pub(super) fn memory(&self) -> Cell {
        self.used(|usage| (bytes(usage.memory), percent(usage.memory, self.node.memory)))
    }

    /// Requests of the pods in view, and their share of what may be had.
    pub(super) fn cpu_asked(&self) -> Cell {
        share_cell(cores(self.load.cpu_milli), percent(self.load.cpu_milli, self.node.cpu_milli))
    }

    pub(super) fn memory_asked(&self) -> Cell {
        share_cell(bytes(self.load.memory()), percent(self.load.memory(), self.node.memory))
    }

    pub(super) fn net(&self) -> Cell {
        net(
            self.figures.and_then(|figures| figures.rx),
            self.figures.and_then(|figures| figures.tx),
            self.figures.is_some(),
        )
    }

    pub(super) fn disk(&self) -> Cell {
        let Some(figures) = self.figures else { return Cell::none() };
        match (figures.disk_percent(), figures.disk_used) {
            (Some(share), Some(used)) => {
                let scope = if share >= 85 { Scope::Warn } else { Scope::Text };
                Cell::new(scope, format!("{} {share:>2}%", bytes(used)))
            }
            _ => Cell::none(),
        }
    }

    pub(super) fn age(&self, ctx: &Ctx) -> Cell {
        Cell::new(Scope::Dim, self.node.created.map(|at| age(at, ctx.clock.now)).unwrap_or_default())
    }
}

/// `1.2 34%`, in the colour of a warning from nine tenths on.
pub(super) fn share_cell(amount: String, share: Option<u32>) -> Cell {
    let scope = if share.is_some_and(|share| share >= 90) { Scope::Warn } else { Scope::Text };
    Cell::new(scope, share.map_or(amount.clone(), |share| format!("{amount} {share:>2}%")))
}

/// `↓1.2Mi/s ↑300Ki/s`; waiting for the second answer that a rate needs where the kubelet is heard.
pub(super) fn net(rx: Option<u64>, tx: Option<u64>, heard: bool) -> Cell {
    match rx.zip(tx) {
        Some((rx, tx)) => Cell::new(Scope::Text, format!("↓{}/s ↑{}/s", bytes(rx), bytes(tx))),
        None if heard => Cell::waiting(),
        None => Cell::none(),
    }
}
