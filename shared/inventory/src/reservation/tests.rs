//! A promise is kept once, given back once, or never made.

use kernel::{Ids, SeededRandom, Sku, Time};

use super::*;
use crate::plan::Part;

const NOW: Time = Time::from_unix_ms(1_000);

fn order() -> OrderId {
    OrderId::mint(&Ids::new(NOW, &SeededRandom::new(1)))
}

fn place(number: i64) -> LocationId {
    LocationId::mint(&Ids::new(Time::from_unix_ms(number), &SeededRandom::new(9)))
}

fn line(sku: &str, parts: &[(i64, i64)]) -> HeldLine {
    HeldLine {
        line_id: sku.to_owned(),
        sku: Sku::parse(sku).unwrap(),
        allow_backorder: false,
        parts: parts
            .iter()
            .map(|(location, pieces)| Part {
                location_id: place(*location),
                pieces: *pieces,
                shipped: false,
            })
            .collect(),
    }
}

fn held(lines: Vec<HeldLine>) -> Reservation {
    Reservation::decided(order(), Decision::Held(lines), NOW)
}

fn summary(step: &Step) -> Vec<(&str, LocationId, i64)> {
    step.levels
        .iter()
        .map(|level| (level.sku.as_str(), level.location_id.clone(), level.pieces))
        .collect()
}

#[test]
fn a_release_gives_everything_back_once() {
    let reservation = held(vec![
        line("cup", &[(1, 2)]),
        line("tea", &[(1, 1), (2, 3)]),
        line("tea", &[(1, 4)]),
    ]);
    let step = reservation.release().unwrap();
    assert_eq!(
        summary(&step),
        [("cup", place(1), 2), ("tea", place(1), 5), ("tea", place(2), 3)]
    );
    assert_eq!((step.next.state, step.next.version), (State::Released, 2));
    assert_eq!(step.next.release(), None);
}

#[test]
fn a_rejected_order_has_nothing_to_give_back_and_nothing_to_ship() {
    let shortage = Shortage {
        sku: Sku::parse("tea").unwrap(),
        available: 1,
    };
    let reservation = Reservation::decided(order(), Decision::Rejected(shortage), NOW);
    assert_eq!(reservation.release(), None);
    assert_eq!(reservation.ship(9).unwrap_err().state, State::Rejected);
}

#[test]
fn a_release_before_the_decision_leaves_nothing_to_promise() {
    let tombstone = Reservation::tombstone(order(), NOW);
    assert_eq!(tombstone.state, State::Released);
    assert_eq!(tombstone.release(), None);
    assert_eq!(
        tombstone.ship(9).unwrap_err().to_string(),
        format!(
            "the stock of order `{}` is released and cannot be shipped",
            order()
        )
    );
}

#[test]
fn shipping_goes_on_where_it_stopped_and_commits_with_the_last_piece() {
    let reservation = held(vec![
        line("cup", &[(1, 2)]),
        line("tea", &[(1, 1), (2, 3)]),
        line("cup", &[(1, 1)]),
    ]);
    let first = reservation.ship(2).unwrap().unwrap();
    assert_eq!(summary(&first), [("cup", place(1), 3), ("tea", place(1), 1)]);
    assert_eq!(first.next.state, State::Held);
    let second = first.next.ship(2).unwrap().unwrap();
    assert_eq!(summary(&second), [("tea", place(2), 3)]);
    assert_eq!(second.next.state, State::Committed);
    assert_eq!(second.next.ship(2), Ok(None));
    assert_eq!(second.next.release(), None);
}

#[test]
fn an_order_of_downloads_commits_without_touching_a_level() {
    let step = held(vec![line("song", &[])]).ship(9).unwrap().unwrap();
    assert_eq!((step.levels.len(), step.next.state), (0, State::Committed));
}
