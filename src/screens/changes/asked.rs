//! A change, asked by a filter.

use rolldeck_core::{
    Time,
    changes::Entry,
    query::{Facts, Field},
};

/// Found by its object; by what it is, by whom, from and to what, and how sure it is.
pub(super) struct Asked(pub Entry);

impl Asked {
    fn sure(&self) -> &'static str {
        if self.0.is_certain() { "certain" } else { "inferred" }
    }
}

impl Facts for Asked {
    fn name(&self) -> &str {
        &self.0.object
    }

    fn words(&self, visit: &mut dyn FnMut(&str)) {
        let entry = &self.0;
        for text in [&*entry.namespace, entry.what.word(), &entry.by, &entry.from, &entry.to, self.sure()] {
            visit(text);
        }
    }

    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        match field {
            Field::Namespace => visit(&self.0.namespace),
            Field::Status => visit(self.sure()),
            Field::Kind => visit(self.0.what.word()),
            Field::Image => [&self.0.from, &self.0.to].into_iter().for_each(|text| visit(text)),
            Field::Node => {}
        }
    }

    fn born(&self) -> Option<Time> {
        Some(self.0.at)
    }
}
