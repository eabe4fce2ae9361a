//! Rows become the things they were made of.

use kernel::{Ids, SeededRandom};

use super::*;
use crate::plan::Decision;

fn location_id() -> LocationId {
    LocationId::mint(&Ids::new(Time::from_unix_ms(1), &SeededRandom::new(1)))
}

#[test]
fn a_level_keeps_its_counters_and_stores_what_is_available() {
    let level = Level {
        on_hand: 9,
        reserved: 3,
        safety: 2,
        version: 4,
        ..Level::empty(Sku::parse("tea").unwrap(), location_id())
    };
    let row = LevelRow::from(&level);
    assert_eq!(serde_json::to_value(&row).unwrap()["available"], 4);
    assert_eq!(Level::from(row), level);
}

#[test]
fn a_reservation_keeps_every_part() {
    let order_id = OrderId::mint(&Ids::new(Time::from_unix_ms(1), &SeededRandom::new(2)));
    let line = HeldLine {
        line_id: "line_1".to_owned(),
        sku: Sku::parse("tea").unwrap(),
        allow_backorder: true,
        parts: vec![Part {
            location_id: location_id(),
            pieces: 2,
            shipped: true,
        }],
    };
    let shortage = Shortage {
        sku: Sku::parse("tea").unwrap(),
        available: 1,
    };
    for decision in [Decision::Held(vec![line]), Decision::Rejected(shortage)] {
        let reservation = Reservation::decided(order_id.clone(), decision, Time::from_unix_ms(5));
        assert_eq!(Reservation::from(ReservationRow::from(&reservation)), reservation);
    }
}

#[test]
fn an_adjustment_keeps_its_reason() {
    for reason in [
        Reason::Received,
        Reason::Sold,
        Reason::Returned,
        Reason::Damaged,
        Reason::Counted,
    ] {
        let adjustment = Adjustment {
            id: AdjustmentId::mint(&Ids::new(Time::from_unix_ms(1), &SeededRandom::new(3))),
            sku: Sku::parse("tea").unwrap(),
            location_id: location_id(),
            reason,
            delta: -1,
            on_hand: 4,
            by: "Ben".to_owned(),
            note: None,
            at: Time::from_unix_ms(7),
        };
        let row = AdjustmentRow::from(&adjustment);
        assert_eq!(serde_json::to_value(&row).unwrap()["reason"], reason.as_str());
        assert_eq!(Adjustment::from(row), adjustment);
    }
}
