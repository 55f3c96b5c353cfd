//! What a freight company talks about.

use crate::pods::chance::Chance;

const CITIES: &[&str] = &["SHA", "NGB", "SZX", "HAM", "RTM", "LAX", "SIN", "FRA", "PVG", "TAO"];
const CHINESE: &[&str] = &["上海", "宁波", "深圳", "成都", "广州", "青岛", "义乌", "武汉"];
const PEOPLE: &[&str] = &["王伟", "李娜", "张敏", "刘洋", "陈静", "杨磊"];
const PLATES: &[&str] = &["沪A", "浙B", "粤B", "苏E", "川A", "鲁B"];
const STATES: &[&str] = &["ACCEPTED", "PICKED_UP", "IN_TRANSIT", "CUSTOMS_HOLD", "OUT_FOR_DELIVERY", "DELIVERED"];
const PEERS: &[&str] = &["pricing", "routing", "inventory", "billing", "customs", "tracking", "notify"];
const TOPICS: &[&str] = &["waybill.created", "position.raw", "invoice.due", "customs.reply", "eta.changed"];

/// `YF20261123084412`
pub(super) fn waybill(chance: &mut Chance) -> String {
    format!("YF2026{:08}", chance.below(100_000_000))
}

/// `NGB-HAM`
pub(super) fn lane(chance: &mut Chance) -> String {
    format!("{}-{}", chance.pick(CITIES), chance.pick(CITIES))
}

/// A city in Chinese.
pub(super) fn city(chance: &mut Chance) -> &'static str {
    chance.pick(CHINESE)
}

/// A name in Chinese.
pub(super) fn person(chance: &mut Chance) -> &'static str {
    chance.pick(PEOPLE)
}

/// `沪A·D4821`
pub(super) fn plate(chance: &mut Chance) -> String {
    format!("{}·D{:04}", chance.pick(PLATES), chance.below(10_000))
}

/// Where a shipment is.
pub(super) fn state(chance: &mut Chance) -> &'static str {
    chance.pick(STATES)
}

/// Another app.
pub(super) fn peer(chance: &mut Chance) -> &'static str {
    chance.pick(PEERS)
}

/// A topic of the message bus.
pub(super) fn topic(chance: &mut Chance) -> &'static str {
    chance.pick(TOPICS)
}

/// A payload of several thousand characters on one line, as nobody should log it.
pub(super) fn payload(chance: &mut Chance) -> String {
    let items: Vec<String> = (0..chance.between(30, 70))
        .map(|_| {
            format!(
                r#"{{"waybill":"{}","lane":"{}","state":"{}","consignee":"{}","kg":{}}}"#,
                waybill(chance),
                lane(chance),
                state(chance),
                person(chance),
                chance.between(1, 900)
            )
        })
        .collect();
    format!(r#"{{"manifest":[{}]}}"#, items.join(","))
}
