//! Stock goes to whom it should, and never twice.

use kernel::{Ids, Quantity, SeededRandom, Sku, Time};
use proptest::prelude::*;

use super::*;

fn order(number: u64) -> OrderId {
    OrderId::mint(&Ids::new(Time::from_unix_ms(1), &SeededRandom::new(number)))
}

fn place(number: i64) -> LocationId {
    LocationId::mint(&Ids::new(Time::from_unix_ms(number), &SeededRandom::new(9)))
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).unwrap()
}

fn need(text: &str, quantity: u32) -> Need {
    Need {
        line_id: format!("line-{text}"),
        sku: sku(text),
        quantity: Quantity::new(quantity).unwrap(),
        allow_backorder: false,
        tracks_inventory: true,
    }
}

fn demand(number: u64, lines: Vec<Need>) -> Demand {
    Demand {
        order_id: order(number),
        lines,
    }
}

fn shelves(stock: &[(&str, i64, i64)]) -> Shelves {
    let mut shelves = Shelves::default();
    for (text, location, available) in stock {
        shelves.stock(sku(text), place(*location), *available);
    }
    shelves
}

fn held(decision: &Decision) -> Vec<Vec<(LocationId, i64)>> {
    match decision {
        Decision::Held(lines) => lines
            .iter()
            .map(|line| {
                line.parts
                    .iter()
                    .map(|part| (part.location_id.clone(), part.pieces))
                    .collect()
            })
            .collect(),
        Decision::Rejected(shortage) => panic!("rejected: {shortage:?}"),
    }
}

fn rejected(text: &str, available: i64) -> Decision {
    Decision::Rejected(Shortage {
        sku: sku(text),
        available,
    })
}

#[test]
fn fifty_pieces_serve_the_first_fifty_of_two_hundred_buyers() {
    let batch: Vec<_> = (0..200)
        .map(|number| demand(number, vec![need("tea", 1)]))
        .collect();
    let decisions = plan(&batch, shelves(&[("tea", 1, 50)]));
    assert!(
        decisions[..50]
            .iter()
            .all(|decision| matches!(decision, Decision::Held(_)))
    );
    assert!(
        decisions[50..]
            .iter()
            .all(|decision| *decision == rejected("tea", 0))
    );
}

#[test]
fn an_order_gets_everything_or_nothing() {
    let batch = [
        demand(1, vec![need("tea", 3), need("cup", 2)]),
        demand(2, vec![need("tea", 5)]),
    ];
    let decisions = plan(&batch, shelves(&[("tea", 1, 5), ("cup", 1, 1)]));
    assert_eq!(decisions[0], rejected("cup", 1));
    assert_eq!(held(&decisions[1]), [[(place(1), 5)]]);
}

#[test]
fn a_smaller_order_may_fit_where_a_larger_one_did_not() {
    let batch = [demand(1, vec![need("tea", 9)]), demand(2, vec![need("tea", 2)])];
    let decisions = plan(&batch, shelves(&[("tea", 1, 3)]));
    assert_eq!(decisions[0], rejected("tea", 3));
    assert_eq!(held(&decisions[1]), [[(place(1), 2)]]);
}

#[test]
fn one_location_that_has_everything_is_preferred() {
    let batch = [demand(1, vec![need("tea", 2), need("cup", 2)])];
    let decisions = plan(&batch, shelves(&[("tea", 1, 9), ("tea", 2, 2), ("cup", 2, 2)]));
    assert_eq!(held(&decisions[0]), [[(place(2), 2)], [(place(2), 2)]]);
}

#[test]
fn then_a_location_for_each_line_and_splitting_last() {
    let stock = [
        ("tea", 1, 1),
        ("tea", 2, 3),
        ("cup", 1, 2),
        ("pot", 1, 2),
        ("pot", 2, 3),
    ];
    let batch = [demand(1, vec![need("tea", 3), need("cup", 2), need("pot", 4)])];
    let decisions = plan(&batch, shelves(&stock));
    assert_eq!(
        held(&decisions[0]),
        [
            vec![(place(2), 3)],
            vec![(place(1), 2)],
            vec![(place(2), 3), (place(1), 1)]
        ]
    );
}

#[test]
fn two_lines_of_one_sku_share_its_stock() {
    let batch = [demand(1, vec![need("tea", 3), need("tea", 3)])];
    assert_eq!(plan(&batch, shelves(&[("tea", 1, 5)])), [rejected("tea", 5)]);
    let decisions = plan(&batch, shelves(&[("tea", 1, 4), ("tea", 2, 2)]));
    assert_eq!(
        held(&decisions[0]),
        [vec![(place(1), 3)], vec![(place(2), 2), (place(1), 1)]]
    );
}

#[test]
fn a_backorder_line_always_fits_and_the_rest_must_still_be_there() {
    let waiting = Need {
        allow_backorder: true,
        ..need("tea", 7)
    };
    let batch = [demand(1, vec![waiting.clone()]), demand(2, vec![need("tea", 1)])];
    let decisions = plan(&batch, shelves(&[("tea", 1, 2), ("tea", 2, 3)]));
    assert_eq!(held(&decisions[0]), [[(place(2), 7)]]);
    assert_eq!(held(&decisions[1]), [[(place(1), 1)]]);
    assert_eq!(
        held(&plan(&[demand(3, vec![waiting])], shelves(&[]))[0]),
        [vec![]]
    );
}

#[test]
fn what_is_not_counted_needs_no_stock() {
    let download = Need {
        tracks_inventory: false,
        ..need("song", 1)
    };
    assert_eq!(
        held(&plan(&[demand(1, vec![download])], shelves(&[]))[0]),
        [vec![]]
    );
}

#[test]
fn an_order_that_fills_a_transaction_fits_and_a_larger_one_does_not() {
    let lines = |count: usize| {
        (0..count)
            .map(|index| need(&format!("sku-{index}"), 1))
            .collect::<Vec<_>>()
    };
    let mut shelves = Shelves::default();
    for index in 0..=LEVELS_PER_ORDER_MAX {
        shelves.stock(sku(&format!("sku-{index}")), place(1), 5);
    }
    let batch = [
        demand(1, lines(LEVELS_PER_ORDER_MAX + 1)),
        demand(2, lines(LEVELS_PER_ORDER_MAX)),
    ];
    let decisions = plan(&batch, shelves);
    assert_eq!(decisions[0], rejected("sku-99", 5));
    assert!(matches!(decisions[1], Decision::Held(_)));
    assert_eq!(group(&decisions, 100).len(), 2);
}

#[test]
fn orders_for_one_level_are_one_write_to_it() {
    let batch: Vec<_> = (0..60)
        .map(|number| demand(number, vec![need("tea", 1)]))
        .collect();
    let groups = group(&plan(&batch, shelves(&[("tea", 1, 50)])), 100);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].orders, 0..60);
    let take = Take {
        sku: sku("tea"),
        location_id: place(1),
        pieces: 50,
        floor: Some(50),
    };
    assert_eq!(groups[0].takes, [take]);
}

#[test]
fn the_floor_is_what_the_last_order_that_cannot_wait_needs() {
    let waiting = |number| {
        demand(
            number,
            vec![Need {
                allow_backorder: true,
                ..need("tea", 4)
            }],
        )
    };
    let batch = [waiting(1), demand(2, vec![need("tea", 2)]), waiting(3)];
    let groups = group(&plan(&batch, shelves(&[("tea", 1, 6)])), 100);
    assert_eq!(
        (groups[0].takes[0].pieces, groups[0].takes[0].floor),
        (10, Some(6))
    );
    let groups = group(&plan(&[waiting(1)], shelves(&[("tea", 1, 0)])), 100);
    assert_eq!((groups[0].takes[0].pieces, groups[0].takes[0].floor), (4, None));
}

#[test]
fn a_batch_without_orders_writes_nothing() {
    assert_eq!(group(&[], 100), []);
}

fn any_need() -> impl Strategy<Value = Need> {
    (
        0..4_u8,
        1..6_u32,
        proptest::bool::weighted(0.1),
        proptest::bool::weighted(0.9),
    )
        .prop_map(|(which, quantity, allow_backorder, tracks_inventory)| Need {
            allow_backorder,
            tracks_inventory,
            ..need(&format!("sku-{which}"), quantity)
        })
}

fn any_case() -> impl Strategy<Value = (Vec<Demand>, Shelves)> {
    let batch = proptest::collection::vec(proptest::collection::vec(any_need(), 1..4), 0..20);
    let stock = proptest::collection::vec((0..4_u8, 1..4_i64, -2..12_i64), 0..12);
    (batch, stock).prop_map(|(batch, stock)| {
        let demands = (0_u64..)
            .zip(batch)
            .map(|(number, lines)| demand(number, lines))
            .collect();
        let mut shelves = Shelves::default();
        for (which, location, available) in stock {
            shelves.stock(sku(&format!("sku-{which}")), place(location), available);
        }
        (demands, shelves)
    })
}

proptest! {
    #[test]
    fn every_line_gets_exactly_its_pieces_and_no_rejected_order_would_have_fitted((batch, start) in any_case()) {
        let decisions = plan(&batch, start.clone());
        let mut left = start;
        for (demand, decision) in batch.iter().zip(&decisions) {
            match decision {
                Decision::Held(lines) => for (need, line) in demand.lines.iter().zip(lines) {
                    let got: i64 = line.parts.iter().map(|part| part.pieces).sum();
                    let counted = need.tracks_inventory && (!need.allow_backorder || left.knows(&need.sku));
                    prop_assert_eq!(got, if counted { i64::from(need.quantity.get()) } else { 0 });
                    if !need.allow_backorder {
                        for part in &line.parts {
                            prop_assert!(part.pieces <= left.at(&need.sku, &part.location_id));
                        }
                    }
                    left.take(&need.sku, &line.parts, 1);
                },
                Decision::Rejected(shortage) => {
                    let asked: i64 = demand.lines.iter()
                        .filter(|need| need.sku == shortage.sku && need.tracks_inventory)
                        .map(|need| i64::from(need.quantity.get())).sum();
                    prop_assert!(asked > left.available(&shortage.sku));
                    prop_assert_eq!(shortage.available, left.available(&shortage.sku));
                }
            }
        }
    }

    #[test]
    fn groups_hold_every_order_once_stay_small_and_ask_no_more_than_there_was((batch, start) in any_case(), actions_max in 5_usize..30) {
        let decisions = plan(&batch, start.clone());
        let groups = group(&decisions, actions_max);
        let mut next = 0;
        let mut left = start;
        for group in &groups {
            prop_assert_eq!(group.orders.start, next);
            next = group.orders.end;
            prop_assert!(group.orders.len() == 1 || group.orders.len() + group.takes.len() <= actions_max);
            for take in &group.takes {
                let available = left.at(&take.sku, &take.location_id);
                prop_assert!(take.floor.is_none_or(|floor| floor <= available));
                let part = Part { location_id: take.location_id.clone(), pieces: take.pieces, shipped: false };
                left.take(&take.sku, &[part], 1);
            }
        }
        prop_assert_eq!(next, decisions.len());
    }
}
