//! Whatever happens, what the store holds in the end is what the world holds; and the rules of each answer.

use std::time::Duration;

use proptest::prelude::*;
use rolldeck_core::{Time, fleet::Freshness};

use super::world::{Fault, World, happening};
use crate::{
    watch::machine::{Ask, Input, Refusal},
    wire::meta::ListMeta,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_rows_are_the_worlds_in_the_end(
        before in prop::collection::vec(0u8..90, 0..90),
        happenings in prop::collection::vec(happening(), 0..60),
    ) {
        let mut world = World::new();
        before.iter().for_each(|id| world.change(*id, true));
        happenings.iter().for_each(|happening| world.happens(happening));
        world.settle();
        prop_assert_eq!(&world.store, &world.wanted());
        prop_assert_eq!(world.fresh, Some(Freshness::Live));
        prop_assert!(!world.listing, "a list that was begun has ended");
    }

    #[test]
    fn a_relist_after_410_never_empties_the_store(before in prop::collection::vec(0u8..90, 1..90), cut in 0usize..40) {
        let mut world = World::new();
        before.iter().for_each(|id| world.change(*id, true));
        world.settle();
        let known = world.store.clone();
        world.change(200, true);
        world.compacted = world.version;
        world.fail(&Fault::Error(410));
        world.deliver(cut);
        prop_assert!(known.keys().all(|key| world.store.contains_key(key)));
        prop_assert_eq!(&world.fresh, &Some(Freshness::Live));
        world.settle();
        prop_assert_eq!(&world.store, &world.wanted());
    }
}

#[test]
fn a_lost_watch_resumes_where_it_was_without_a_new_list() {
    let mut world = World::new();
    world.change(1, true);
    world.settle();
    world.now.mono += Duration::from_secs(60);
    world.fail(&Fault::Lost);
    let Ask::Watch { at } = world.machine.ask(world.now) else { panic!("a new list") };
    assert_eq!((at.as_str(), world.fresh), ("2", Some(Freshness::Live)));
}

#[test]
fn a_watch_that_cannot_be_opened_is_stale_since_the_cluster_was_last_heard() {
    let mut world = World::new();
    world.settle();
    let heard = Time::UNIX_EPOCH + Duration::from_secs(50);
    world.machine.heard(heard);
    world.now.mono += Duration::from_secs(60);
    world.fail(&Fault::Ended);
    assert_eq!(world.fresh, Some(Freshness::Live));
    let Ask::Watch { .. } = world.machine.ask(world.now) else { panic!("no watch") };
    world.tell(Input::Lost("connection refused".into()));
    assert_eq!(world.fresh, Some(Freshness::Stale { since: heard, why: "connection refused".into() }));
}

#[test]
fn a_server_without_watch_lists_is_read_by_pages_from_where_the_first_page_ended() {
    let mut world = World::new();
    (0..80).for_each(|id| world.change(id, true));
    world.deliver(1000);
    world.open(Some(422));
    let Ask::List { next, gzip, .. } = world.machine.ask(world.now) else { panic!("no page") };
    assert_eq!((next.as_str(), gzip, world.machine.watch_list()), ("81", true, false));
}

#[test]
fn what_is_forbidden_is_named_and_asked_again_in_a_minute() {
    let mut world = World::new();
    world.open(Some(403));
    assert_eq!(world.fresh, Some(Freshness::Forbidden("list pods in all namespaces".into())));
    let Ask::Wait(until) = world.machine.ask(world.now) else { panic!("no wait") };
    assert!((Duration::from_secs(50)..=Duration::from_secs(60)).contains(&(until - world.now.mono)));
}

#[test]
fn retry_after_is_kept() {
    let mut world = World::new();
    world.tell(Input::Refused(Refusal { code: 429, retry_after: Some(Duration::from_secs(7)), ..Refusal::default() }));
    let Ask::Wait(until) = world.machine.ask(world.now) else { panic!("no wait") };
    assert!(until >= Duration::from_secs(7));
}

#[test]
fn a_slow_link_is_read_by_packed_pages() {
    let mut world = World::new();
    let page = |took| Input::PageEnd {
        meta: ListMeta { resource_version: "9".into(), next: "9".into(), remaining_item_count: Some(20_000) },
        took,
    };
    let _ = world.machine.ask(world.now);
    world.tell(Input::Opened);
    (0..50).for_each(|id| world.tell(World::object(id, 9)));
    world.tell(page(Duration::from_millis(200)));
    assert!(matches!(world.machine.ask(world.now), Ask::List { gzip: true, .. }));
}
