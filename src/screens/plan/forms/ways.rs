//! The ways to release like another context: like a namespace of it, or each app like the namespace of its own name.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use rolldeck_core::{
    batch::{
        Plan, Step,
        reference::{Reference, ReferenceError, retag},
        seen::{Like, Rule, Seen},
    },
    text::Clean,
};

use super::list::Row;
use crate::{
    Scope,
    plan::{Elsewhere, words},
};

/// Names and versions that are listed in a cell at most.
const LISTED: usize = 3;

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// The rule for the apps of each namespace of the plan.
    rules: BTreeMap<Clean, Rule>,
    pub(super) row: Row,
}

impl Way {
    /// Sets the images of these steps; those that have none by it, and why: they stay as they were.
    pub(super) fn take(&self, plan: &mut Plan, steps: &[usize]) -> Vec<(usize, Clean)> {
        let seen = Seen::default();
        let refused = steps.iter().filter_map(|step| {
            let rule = self.rules.get(&plan.steps[*step].key.namespace)?;
            Some((*step, plan.apply_rule_to(*step, rule, &seen).err()?))
        });
        refused.collect()
    }
}

/// The ways for these steps, the namespace of the same name first, then those with the most namesakes.
pub(super) fn ways(plan: &Plan, steps: &[usize], there: &Elsewhere) -> Vec<Way> {
    let steps: Vec<&Step> = steps.iter().map(|step| &plan.steps[*step]).collect();
    let own: BTreeSet<&Clean> = steps.iter().map(|step| &step.key.namespace).collect();
    let names: BTreeSet<&Clean> = steps.iter().map(|step| &step.key.name).collect();
    let mut places: Vec<(&Clean, usize)> = there.running.namespaces(&names).into_iter().collect();
    places.sort_by_key(|(place, apps)| (!own.contains(place), Reverse(*apps), *place));
    let like = |place: &Clean| there.running.like(format!("{place} of context {}", there.context), place);
    let mut ways = Vec::new();
    if own.len() > 1 && places.iter().filter(|(place, _)| own.contains(place)).count() > 1 {
        let likes = own.iter().map(|place| ((*place).clone(), like(place))).collect();
        ways.push(way("each as in the namespace of its name".to_owned(), likes, &steps));
    }
    ways.extend(places.into_iter().map(|(place, _)| {
        let found = like(place);
        let likes = own.iter().map(|own| ((*own).clone(), found.clone())).collect();
        way(place.to_string(), likes, &steps)
    }));
    ways
}

fn way(name: String, likes: BTreeMap<Clean, Like>, steps: &[&Step]) -> Way {
    let rules: BTreeMap<Clean, Rule> =
        likes.iter().map(|(place, like)| (place.clone(), Rule::Like(like.clone()))).collect();
    let (mut fits, mut differ) = (0_usize, 0_usize);
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    let (mut other, mut absent, mut unknown, mut unfit) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let nothing = Seen::default();
    for step in steps {
        let (key, like) = (&step.key, &likes[&step.key.namespace]);
        match rules[&key.namespace].tags(&nothing, step) {
            Ok(tags) => match told(step, &tags) {
                Ok((told, differs)) => {
                    fits += 1;
                    differ += usize::from(differs);
                    told.into_iter().for_each(|version| *versions.entry(version).or_default() += 1);
                }
                Err(_) => unfit.push(&*key.name),
            },
            Err(_) if like.namesake(key).is_some() => other.push(&*key.name),
            Err(_) if like.unknown.contains_key(&key.kind) => unknown.push(&*key.name),
            Err(_) => absent.push(&*key.name),
        }
    }
    let mut versions: Vec<_> = versions.into_iter().collect();
    versions.sort_by_key(|(version, apps)| (Reverse(*apps), version.clone()));
    let versions: Vec<&str> = versions.iter().map(|(version, _)| version.as_str()).collect();
    let lacks = [("not there", absent), ("not known", unknown), ("of other images", other), ("no valid tag", unfit)];
    let notes: Vec<String> = lacks
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what}: {}", words::listed(names, LISTED)))
        .collect();
    let apps = match (fits, differ) {
        (0, _) => format!("0 of {}", steps.len()),
        (_, 0) => format!("{fits} of {}, as here", steps.len()),
        (_, 1) => format!("{fits} of {}, 1 differs", steps.len()),
        _ => format!("{fits} of {}, {differ} differ", steps.len()),
    };
    let scope = if fits > 0 { Scope::Text } else { Scope::Dim };
    let cells = [name, apps, words::listed(&versions, LISTED), notes.join("; ")];
    Way { rules, row: Row { cells, scope } }
}

/// The versions that a step would get, those of its own images where it gets any of these; and whether any image would change.
fn told(step: &Step, tags: &BTreeMap<Clean, Clean>) -> Result<(BTreeSet<String>, bool), ReferenceError> {
    let live = step.images_before();
    let own: BTreeSet<&Clean> = step.own_images(&live).iter().map(|image| &image.container).collect();
    let has_own = tags.keys().any(|container| own.contains(container));
    let (mut versions, mut differs) = (BTreeSet::new(), false);
    for image in &live {
        let Some(tag) = tags.get(&image.container) else { continue };
        let after = retag(&image.image, tag)?;
        differs |= *image.image != *after;
        if !has_own || own.contains(&image.container) {
            versions.insert(Reference::split(&after).version());
        }
    }
    Ok((versions, differs))
}
