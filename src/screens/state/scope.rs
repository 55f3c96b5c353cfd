//! Which namespaces are in view.

use std::collections::BTreeSet;

use rolldeck_core::{
    fleet::{Resource, Source},
    text::Clean,
};

use super::State;
use crate::{Effect, Screen};

/// The sources of a fleet of these namespaces (empty: all): every watched resource and the pods' metrics, in each.
pub fn sources(scope: &BTreeSet<Clean>) -> Vec<Source> {
    let scopes: Vec<_> = if scope.is_empty() { vec![None] } else { scope.iter().cloned().map(Some).collect() };
    let resources = Resource::WATCHED.into_iter().chain([Resource::PodMetrics]);
    resources.flat_map(|resource| scopes.iter().map(move |scope| Source { resource, scope: scope.clone() })).collect()
}

impl State {
    /// Goes to these namespaces: an empty fleet that loads, and the marks that are still in view.
    pub(super) fn set_scope(&mut self, scope: BTreeSet<Clean>) -> Vec<Effect> {
        let mut effects = self.close();
        if scope == self.shared.scope {
            return effects;
        }
        self.shared.namespaces.extend(self.shared.fleet.namespaces());
        self.shared.namespaces.extend(scope.iter().cloned());
        self.shared.scope = scope.clone();
        self.shared.fleet = self.shared.new_fleet();
        let dropped = self.home.scoped(&self.shared.ctx());
        if dropped > 0 {
            let marks = crate::widgets::text::count(dropped, "mark");
            self.say(false, format!("{marks} out of view now: dropped").into());
        }
        let body = self.body();
        self.home.resize(&self.shared.ctx(), body);
        effects.push(Effect::Scope(scope));
        effects
    }

    /// Takes the cluster's own list of namespaces, for the palette that is open and those to come.
    pub(super) fn name_namespaces(&mut self, names: Vec<Clean>) {
        self.shared.namespaces.extend(names);
        self.palette_knows();
    }

    /// Every namespace that is known, for completion.
    pub(super) fn known_namespaces(&self) -> Vec<Clean> {
        let mut known = self.shared.namespaces.clone();
        known.extend(self.shared.fleet.namespaces());
        known.into_iter().collect()
    }
}
