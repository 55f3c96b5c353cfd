//! The seed fleet, held against the table of messages.

use chrono::DateTime;

use crate::api::{proto, schema};
use crate::clock::Clock;
use crate::store::Store;
use crate::store::kind::KINDS;
use crate::world::{Options, seed};

#[test]
fn the_table_names_every_field_of_the_seed_fleet_and_encodes_all_of_it() {
    let store = Store::new(Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).expect("a time")));
    seed(&store, &Options::default());
    let mut seen = 0;
    for kind in KINDS {
        let Some(message) = schema::message_of(kind) else { continue };
        for stored in store.listing(kind, None).objects {
            let found = schema::check(&mut stored.value(), message);
            assert!(found.is_empty(), "{kind:?} {}/{}: {found:?}", stored.namespace, stored.name);
            proto::encode(message, stored.json()).expect("encoded");
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen} objects");
}
