use super::{NEEDS, Purpose};

#[test]
fn no_right_is_asked_for_twice_for_one_purpose() {
    for (n, need) in NEEDS.iter().enumerate() {
        assert!(!need.verbs.is_empty());
        let twin = |other: &&super::Need| other.purpose == need.purpose && other.object() == need.object();
        assert!(NEEDS[..n].iter().find(twin).is_none(), "{need:?}");
    }
}

#[test]
fn what_the_fleet_shows_is_needed_to_look() {
    let look: Vec<_> = NEEDS.iter().filter(|need| need.purpose == Purpose::Look).map(super::Need::object).collect();
    for resource in rolldeck_core::fleet::Resource::WATCHED {
        assert!(look.iter().any(|object| object.starts_with(resource.name())), "{resource:?}");
    }
}
