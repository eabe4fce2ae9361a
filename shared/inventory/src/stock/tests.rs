//! A level keeps its promises.

use kernel::{Ids, SeededRandom, Sku, Time};
use proptest::prelude::*;

use super::*;

fn location() -> LocationId {
    LocationId::mint(&Ids::new(Time::from_unix_ms(1), &SeededRandom::new(1)))
}

fn level(on_hand: i64, reserved: i64, safety: i64) -> Level {
    Level {
        on_hand,
        reserved,
        safety,
        version: 7,
        ..Level::empty(Sku::parse("tea").unwrap(), location())
    }
}

fn adjust(reason: Reason, delta: i64) -> Adjust {
    Adjust {
        id: AdjustmentId::mint(&Ids::new(Time::from_unix_ms(1), &SeededRandom::new(2))),
        sku: Sku::parse("tea").unwrap(),
        location_id: location(),
        reason,
        delta,
        safety: None,
        by: "staff".to_owned(),
        note: None,
    }
}

#[test]
fn an_adjustment_changes_what_is_on_hand_and_nothing_else() {
    let after = level(5, 2, 1).adjusted(&adjust(Reason::Received, 10)).unwrap();
    assert_eq!(
        (after.on_hand, after.reserved, after.safety, after.version),
        (15, 2, 1, 8)
    );
    assert_eq!(after.available(), 12);
}

#[test]
fn promised_pieces_cannot_be_taken_away() {
    let refused = level(5, 2, 0).adjusted(&adjust(Reason::Damaged, -4)).unwrap_err();
    assert_eq!(
        refused,
        LevelError::BelowReserved {
            on_hand: 5,
            reserved: 2
        }
    );
    assert_eq!(
        refused.to_string(),
        "2 of 5 pieces are promised to orders; at most 3 can be taken away"
    );
    assert_eq!(
        level(5, 2, 0)
            .adjusted(&adjust(Reason::Damaged, -3))
            .unwrap()
            .on_hand,
        2
    );
}

#[test]
fn goods_that_arrive_for_backorders_are_welcome_even_when_they_are_too_few() {
    assert_eq!(
        level(0, 9, 0)
            .adjusted(&adjust(Reason::Received, 4))
            .unwrap()
            .available(),
        -5
    );
}

#[test]
fn the_sign_follows_the_reason() {
    for (reason, delta, fits) in [
        (Reason::Received, 1, true),
        (Reason::Received, 0, false),
        (Reason::Received, -1, false),
        (Reason::Returned, -1, false),
        (Reason::Damaged, 1, false),
        (Reason::Damaged, -1, true),
        (Reason::Sold, 1, false),
        (Reason::Counted, 0, true),
        (Reason::Counted, -1, true),
        (Reason::Counted, 1, true),
    ] {
        let found = level(5, 0, 0).adjusted(&adjust(reason, delta)).is_ok();
        assert_eq!(found, fits, "{} {delta}", reason.as_str());
    }
}

#[test]
fn a_count_without_difference_may_still_set_what_is_kept_back() {
    let command = Adjust {
        safety: Some(3),
        ..adjust(Reason::Counted, 0)
    };
    assert_eq!(level(5, 0, 0).adjusted(&command).unwrap().available(), 2);
}

#[test]
fn a_level_does_not_overflow() {
    for delta in [PIECES_MAX, i64::MAX] {
        assert_eq!(
            level(1, 0, 0).adjusted(&adjust(Reason::Received, delta)),
            Err(LevelError::TooMany)
        );
    }
}

#[test]
fn shipping_takes_the_promise_and_the_goods() {
    let (after, found) = level(5, 3, 1).shipped(3).unwrap();
    assert_eq!(
        (after.on_hand, after.reserved, after.available(), found),
        (2, 0, 1, 0)
    );
}

#[test]
fn what_left_the_house_was_in_the_house() {
    let (after, found) = level(1, 3, 0).shipped(3).unwrap();
    assert_eq!((after.on_hand, after.reserved, found), (0, 0, 2));
}

#[test]
fn more_than_was_promised_cannot_leave() {
    assert_eq!(
        level(9, 1, 0).shipped(2),
        Err(LevelError::NotReserved {
            asked: 2,
            reserved: 1
        })
    );
}

proptest! {
    #[test]
    fn a_level_never_goes_below_its_promises_nor_below_zero(
        on_hand in 0_i64..50, reserved in 0_i64..50, safety in 0_i64..10,
        deltas in proptest::collection::vec(-30_i64..30, 0..20),
    ) {
        let mut level = level(on_hand.max(reserved), reserved, safety);
        let mut sum = level.on_hand;
        for delta in deltas {
            if let Ok(after) = level.adjusted(&adjust(Reason::Counted, delta)) {
                sum += delta;
                level = after;
            }
            prop_assert_eq!(level.on_hand, sum);
            prop_assert!(level.on_hand >= level.reserved);
        }
        let (after, found) = level.shipped(level.reserved).unwrap();
        prop_assert_eq!((after.reserved, found), (0, 0));
        prop_assert_eq!(after.available(), level.available());
    }
}
