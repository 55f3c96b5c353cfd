//! Which columns fit, and which the user chose.

use std::collections::BTreeMap;

use rolldeck_core::{
    fleet::Object,
    model::{AddedFrom, App},
};

use super::{Chosen, Columns, beside, tables};
use crate::testing::{Stage, app, shop};

/// The headings that a console of this width shows, of the fleet.
fn headings(stage: &Stage) -> Vec<String> {
    let line = stage.text().lines().find(|line| line.contains("NAME")).unwrap_or_default().to_owned();
    line.split_whitespace().map(str::to_owned).collect()
}

fn chosen(table: &str, columns: Vec<Chosen>) -> Columns {
    Columns { chosen: BTreeMap::from([(table.to_owned(), columns)]) }
}

fn known(id: &str) -> Chosen {
    Chosen::Known(id.to_owned())
}

fn team() -> Chosen {
    Chosen::Added("TEAM".into(), AddedFrom::Label("team".into()))
}

/// The shop, whose gateway is of a team and has an owner.
fn shop_of_teams(size: (u16, u16), columns: Columns) -> Stage {
    let mut stage = Stage::with_columns(size, columns);
    stage.apply(shop());
    let of = |name: &str, team: &str, owner: &str| {
        let labels = [("team".into(), team.into())].into_iter().collect();
        Object::App(App { labels, extras: [owner.into()].into(), ..app("qa", name, "v1.2.0", 3) }.into())
    };
    stage.apply(vec![of("gateway", "blue", "da\u{1b}na"), of("orders", "订单", "")]);
    stage
}

#[test]
fn every_column_of_every_table_has_a_name_of_its_own_and_can_be_as_narrow_as_it_says() {
    for (table, columns) in tables() {
        for (n, column) in columns.iter().enumerate() {
            assert!(column.least <= column.most, "{table} {}", column.id);
            assert!(
                columns[..n].iter().all(|other| other.id != column.id && other.rank != column.rank),
                "{}",
                column.id
            );
        }
        assert_eq!(columns[0].id, "name", "{table}");
    }
}

#[test]
fn no_width_is_overrun_and_the_important_columns_stay() {
    for width in 30..220 {
        let stage = Stage::shop((width, 24));
        assert!(stage.text().lines().all(|line| crate::widgets::text::width(line) <= usize::from(width)), "{width}");
    }
    let narrow = headings(&Stage::shop((80, 24)));
    assert!(narrow.contains(&"STATUS".to_owned()) && !narrow.contains(&"HPA".to_owned()), "{narrow:?}");
    assert_eq!(headings(&Stage::shop((160, 24))).len(), 11);
}

#[test]
fn chosen_columns_stand_in_their_order_and_added_ones_among_them() {
    let owner = Chosen::Added("OWNER".into(), AddedFrom::Annotation("example.com/owner".into()));
    let columns = chosen("fleet", vec![known("name"), team(), known("status"), owner, known("ready")]);
    let mut stage = shop_of_teams((80, 24), columns);
    insta::assert_snapshot!("chosen-80x24", stage.text());
    stage.keys("/").type_text("owner=").shows("owner=da␛na");
    stage.keys("esc");
    stage.keys("/").type_text("team=blue").shows("1 of 6 match").shows("▸  gateway");
}

#[test]
fn an_added_column_can_be_sorted_by() {
    let mut stage = shop_of_teams((80, 24), chosen("fleet", vec![known("name"), team(), known("age")]));
    stage.keys(">").shows("TEAM▼").shows("▸  gateway");
    stage.keys(">").shows("AGE▼");
    stage.keys("< <").shows("NAME▼");
}

#[test]
fn the_order_beside_goes_round() {
    assert_eq!([beside(&[1, 2, 3], 3, true), beside(&[1, 2, 3], 1, false), beside(&[1, 2], 7, true)], [1, 3, 1]);
    assert_eq!(beside::<u8>(&[], 7, true), 0);
}
