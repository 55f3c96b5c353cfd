//! Who waits for whom.

use super::leg::Leg;
use crate::model::AppKey;

/// Turns the names of those that each app waits for into indices of steps. Apps that are no step of the batch are as they are.
pub(super) fn link<'a>(legs: &mut [Leg], after: impl Fn(&AppKey) -> Option<&'a [AppKey]>) {
    let keys: Vec<(AppKey, usize)> = legs.iter().map(|leg| (leg.key.clone(), leg.index)).collect();
    for leg in legs {
        let names = after(&leg.key).unwrap_or_default();
        let known = |name: &AppKey| keys.iter().find(|(key, _)| key == name).map(|(_, index)| *index);
        leg.after_steps = names.iter().filter_map(known).collect();
    }
}

/// The positions of the legs, each behind all that it waits for, else in their own order. Those of a ring are left out.
pub(super) fn order(legs: &[Leg]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(legs.len());
    let mut placed = vec![false; legs.len()];
    loop {
        let before = order.len();
        for (nth, leg) in legs.iter().enumerate() {
            let free = || parents(legs, leg).all(|parent| placed[parent]);
            if !placed[nth] && free() {
                placed[nth] = true;
                order.push(nth);
            }
        }
        if order.len() == before {
            return order;
        }
    }
}

/// The positions of a ring of legs that wait for each other, in the order of the waiting; `None` if there is none.
pub(super) fn cycle(legs: &[Leg]) -> Option<Vec<usize>> {
    let placed = order(legs);
    let left: Vec<usize> = (0..legs.len()).filter(|nth| !placed.contains(nth)).collect();
    let mut path = vec![*left.first()?];
    loop {
        let last = *path.last()?;
        // Whoever could not be placed waits for another that could not.
        let next = parents(legs, &legs[last]).find(|parent| left.contains(parent))?;
        if let Some(at) = path.iter().position(|known| *known == next) {
            return Some(path.split_off(at));
        }
        path.push(next);
    }
}

/// The positions of the legs that this one waits for.
pub(super) fn parents<'a>(legs: &'a [Leg], leg: &'a Leg) -> impl Iterator<Item = usize> + 'a {
    leg.after_steps.iter().filter_map(|index| legs.iter().position(|other| other.index == *index))
}

/// Whether it waits for a step that is not known here: its part of the journal was not read.
pub(super) fn waits_for_unknown(legs: &[Leg], leg: &Leg) -> bool {
    leg.after_steps.iter().any(|index| legs.iter().all(|other| other.index != *index))
}
