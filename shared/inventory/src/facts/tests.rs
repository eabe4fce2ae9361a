//! One announcement for each decision, in the shape that listeners know.

use kernel::{Ids, SeededRandom, Time};
use serde_json::{Value, json};

use super::*;
use crate::plan::{Decision, Shortage};
use crate::stock::{Level, LocationId};
use crate::store::rows::LevelRow;

const NOW: Time = Time::from_unix_ms(1_000);

fn order() -> OrderId {
    OrderId::mint(&Ids::new(NOW, &SeededRandom::new(1)))
}

fn announced(old: Option<&Reservation>, new: &Reservation) -> Vec<Value> {
    let row = ReservationRow::from;
    let change = Change::between(old.map(row).as_ref(), Some(&row(new)), NOW).unwrap();
    from_change(&change)
        .unwrap()
        .iter()
        .map(|said| said.data().unwrap().clone())
        .collect()
}

#[test]
fn a_decision_is_announced_once_with_its_outcome() {
    let held = Reservation::decided(order(), Decision::Held(Vec::new()), NOW);
    assert_eq!(
        announced(None, &held),
        [json!({ "order_id": order(), "outcome": "reserved" })]
    );
    let shortage = Shortage {
        sku: Sku::parse("tea").unwrap(),
        available: 1,
    };
    let rejected = Reservation::decided(order(), Decision::Rejected(shortage), NOW);
    assert_eq!(
        announced(None, &rejected),
        [json!({ "order_id": order(), "outcome": "rejected", "sku": "tea", "available": 1 })]
    );
    let released = held.release().unwrap().next;
    assert_eq!(announced(Some(&held), &released), Vec::<Value>::new());
    assert_eq!(
        announced(None, &Reservation::tombstone(order(), NOW)),
        Vec::<Value>::new()
    );
}

#[test]
fn a_level_announces_nothing() {
    let location_id = LocationId::mint(&Ids::new(NOW, &SeededRandom::new(2)));
    let row = LevelRow::from(&Level::empty(Sku::parse("tea").unwrap(), location_id));
    assert_eq!(
        from_change(&Change::between(None, Some(&row), NOW).unwrap()).unwrap(),
        []
    );
}

#[test]
fn every_version_of_the_fact_decodes() {
    let sample = include_str!("../../../../events/facts/StockDecided.v1.json");
    let fact: StockDecided = serde_json::from_str(sample).unwrap();
    assert_eq!((fact.outcome, fact.available), (Outcome::Rejected, Some(1)));
}
