//! The filter as typed, and how well an object matches it.

use super::text::{Found, Needle};

/// How well a text matches; less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub u32);

impl Rank {
    /// A name that is what was typed, and nothing else typed.
    pub const BEST: Self = Self(0);
    /// What a match in another field than the name is put behind.
    const FIELD: u32 = 1 << 24;

    fn of(found: Found) -> u32 {
        let (class, detail) = match found {
            Found::Exact => (0, 0),
            Found::Prefix(rest) => (1, rest),
            Found::Word(at) => (2, at),
            Found::Within(at) => (3, at),
            Found::Fuzzy(lacks) => (4, lacks),
        };
        (class << 20) | (detail as u32).min((1 << 20) - 1)
    }
}

/// A filter as typed: terms separated by blanks, all of which must match; `!term` must not.
///
/// A term finds a text that is equal to it, begins with it, has a word that begins with it, or holds it; a name (no other
/// field) is found by the term's letters in order, too, if they lie well together. Case counts only in a term
/// with an upper-case letter. A term that excludes must be held, not resembled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    text: String,
    wanted: Vec<Needle>,
    unwanted: Vec<Needle>,
}

impl Query {
    /// Reads a filter. Every text is a filter; an empty one matches all.
    pub fn new(text: &str) -> Self {
        let mut query = Self { text: text.into(), ..Self::default() };
        for term in text.split_whitespace() {
            match term.strip_prefix('!') {
                // A lone `!` is a term that is still being typed.
                Some("") => {}
                Some(unwanted) => query.unwanted.push(Needle::new(unwanted)),
                None => query.wanted.push(Needle::new(term)),
            }
        }
        query
    }

    /// The text as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// Ranks an object by its name, and by its other fields (namespace, kind, version, status) by which it
    /// may be found as well, always behind matches of the name. `None` where it does not match.
    pub fn rank(&self, name: &str, fields: &[&str]) -> Option<Rank> {
        let holds = |needle: &Needle| needle.find(name).is_some() || fields.iter().any(|f| needle.find(f).is_some());
        if self.unwanted.iter().any(holds) {
            return None;
        }
        self.wanted.iter().try_fold(Rank::BEST, |Rank(sum), needle| {
            let rank = Self::rank_one(needle, name, fields)?;
            Some(Rank(sum.saturating_add(rank)))
        })
    }

    fn rank_one(needle: &Needle, name: &str, fields: &[&str]) -> Option<u32> {
        if let Some(found) = needle.find(name) {
            return Some(Rank::of(found));
        }
        // Fuzzy comes last in reading, as the dearest; in rank a name still stands before every field.
        if let Some(found) = needle.resembles(name) {
            return Some(Rank::of(found));
        }
        fields.iter().filter_map(|field| needle.find(field)).map(Rank::of).min().map(|rank| Rank::FIELD + rank)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// The names that match, best first.
    fn ranked<'a>(query: &str, names: &[&'a str]) -> Vec<&'a str> {
        let query = Query::new(query);
        let mut found: Vec<_> = names.iter().filter_map(|name| Some((query.rank(name, &[])?, *name))).collect();
        found.sort();
        found.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn exact_then_prefix_then_word_then_substring_then_fuzzy() {
        let names = ["my-orders", "preorders", "order-feeders", "orders-api", "billing", "orders"];
        assert_eq!(ranked("orders", &names), ["orders", "orders-api", "my-orders", "preorders", "order-feeders"]);
    }

    #[test]
    fn letters_that_lie_far_apart_are_no_match() {
        assert_eq!(ranked("gtw", &["gateway", "gratuitous-tower", "navigator-show"]), ["gateway", "gratuitous-tower"]);
        assert!(ranked("orders", &["collector-for-daily-user-stats"]).is_empty());
        assert!(ranked("x", &["gateway"]).is_empty());
    }

    #[test]
    fn the_first_letters_of_a_word_in_the_middle_are_enough() {
        assert_eq!(ranked("gtw", &["app-17-gateway-canary"]), ["app-17-gateway-canary"]);
    }

    #[test]
    fn a_shorter_remainder_ranks_first() {
        assert_eq!(ranked("cart", &["cart-worker", "cart-db"]), ["cart-db", "cart-worker"]);
    }

    #[rstest]
    #[case("qa gate", true)]
    #[case("gate qa", true)]
    #[case("gate prod", false)]
    #[case("gate !prod", true)]
    #[case("gate !qa", false)]
    #[case("!gate", false)]
    #[case("!gtw", true)]
    #[case("!", true)]
    #[case("  ", true)]
    #[case("deploy", true)]
    #[case("Deploy", true)]
    #[case("dEPLOY", false)]
    #[case("healthy", true)]
    fn every_term_must_match_and_no_excluded_one(#[case] query: &str, #[case] matches: bool) {
        let fields = ["qa", "Deployment", "v1.2", "Healthy"];
        assert_eq!(Query::new(query).rank("gateway", &fields).is_some(), matches);
    }

    #[test]
    fn any_match_of_the_name_stands_before_any_of_a_field() {
        let query = Query::new("gtw");
        assert!(query.rank("gateway", &[]) < query.rank("orders", &["gtw"]));
        assert!(Query::new("gateway").rank("gateway", &[]) == Some(Rank::BEST));
    }

    #[test]
    fn what_was_typed_is_kept() {
        assert_eq!(Query::new(" a  !b ").text(), " a  !b ");
        assert!(Query::new(" ! ").is_empty());
    }

    proptest! {
        #[test]
        fn a_name_typed_in_full_ranks_before_all_others(
            name in "[a-z][a-z0-9-]{0,20}", others in proptest::collection::vec("[a-zA-Z0-9-]{1,24}", 0..20)
        ) {
            let query = Query::new(&name);
            prop_assert_eq!(query.rank(&name, &[]), Some(Rank::BEST));
            for other in others.iter().filter(|other| !other.eq_ignore_ascii_case(&name)) {
                prop_assert!(query.rank(other, &[&name]).is_none_or(|rank| rank > Rank::BEST));
            }
        }

        #[test]
        fn what_holds_the_term_matches(before in "[a-zé-]{0,8}", term in "[a-zé订]{1,8}", after in ".{0,8}") {
            let name = [before, term.clone(), after].concat();
            prop_assert!(Query::new(&term).rank(&name, &[]).is_some());
        }

        #[test]
        fn no_text_breaks_a_filter(query in ".{0,30}", name in ".{0,30}") {
            let _ = Query::new(&query).rank(&name, &[&name]);
        }
    }
}
