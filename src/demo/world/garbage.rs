//! The garbage collector: what an owner leaves behind goes as well.

use super::engine::World;
use super::index::Place;
use super::json::{list, uid};
use super::kinds;
use super::outcome::{Target, Write};
use crate::store::Kind;
use serde_json::{Value, json};

impl World {
    /// Deletes what an owner owned; `orphan` only takes the owner out of it.
    pub(super) fn collect(&mut self, owner: &str, orphan: bool) {
        for item in self.index.all_owned(owner) {
            let Some(kind) = Self::kind_of(&item) else { continue };
            let Some(object) = self.store.get(kind, &item.namespace, &item.name) else { continue };
            if !list(&object, "/metadata/ownerReferences").iter().any(|reference| uid_of(reference) == owner) {
                continue;
            }
            let target = Target::of(&object);
            if orphan {
                let mut left = list(&object, "/metadata/ownerReferences").to_vec();
                left.retain(|reference| uid_of(reference) != owner);
                self.write(Write::Merge(kind, target, json!({"metadata": {"ownerReferences": left}})));
            } else {
                self.write(Write::Delete(kind, target));
            }
        }
    }

    /// An object that waits for its dependents (`foregroundDeletion`, `orphan`) goes once it may.
    pub(super) fn end(&mut self, kind: &'static Kind, place: &Place, object: &Value) {
        if kind == &kinds::POD {
            return;
        }
        let waits = |name: &str| list(object, "/metadata/finalizers").iter().any(|finalizer| finalizer == name);
        let owner = uid(object).to_owned();
        if waits("orphan") {
            self.collect(&owner, true);
        } else if waits("foregroundDeletion") {
            self.collect(&owner, false);
            if !self.index.all_owned(&owner).is_empty() {
                self.doomed.insert(owner, (kind, place.clone()));
                return;
            }
        } else {
            return;
        }
        // Somebody else may have been quicker: gone is gone.
        let _ = self.store.delete(kind, &place.0, &place.1);
    }

    /// Something is gone: an owner that waited for the last of its dependents goes, too.
    pub(super) fn bereaved(&mut self) {
        if self.doomed.is_empty() {
            return;
        }
        let free: Vec<String> =
            self.doomed.keys().filter(|owner| self.index.all_owned(owner).is_empty()).cloned().collect();
        for owner in free {
            if let Some((kind, place)) = self.doomed.remove(&owner) {
                let _ = self.store.delete(kind, &place.0, &place.1);
            }
        }
    }
}

fn uid_of(reference: &Value) -> &str {
    super::json::text(reference, "/uid")
}
