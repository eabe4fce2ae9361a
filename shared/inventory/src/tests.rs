//! Inventory over a real (embedded) table: what is promised is there, once.

mod costs;
mod faults;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{Fault, Ids, Limit, Quantity, SeededRandom, Sku, Time};
use serde_json::Value;
use testing::World;

use crate::reservation::Reservation;
use crate::store::Written;
use crate::{Adjust, AdjustmentId, Demand, Inventory, LocationId, Need, OrderId, Reason};

/// A shop with nothing but an inventory.
struct Shop {
    world: Arc<World>,
    inventory: Inventory,
    receipts: AtomicU64,
}

impl Shop {
    async fn open(locations: u64) -> Self {
        let world = Arc::new(World::new().unwrap());
        let inventory = Inventory::new(&testing::cloud(&world, "inventory-on-order-placed"));
        for number in 0..locations {
            inventory
                .add_location(place(number), format!("warehouse {number}"))
                .await
                .unwrap();
        }
        Self {
            world,
            inventory,
            receipts: AtomicU64::default(),
        }
    }

    async fn receive(&self, name: &str, location: u64, pieces: i64) {
        let number = 1_000 + self.receipts.fetch_add(1, Ordering::Relaxed);
        self.inventory
            .adjust(adjust(number, name, location, Reason::Received, pieces))
            .await
            .unwrap();
    }

    async fn available(&self, name: &str) -> i64 {
        self.inventory.available(&[sku(name)]).await.unwrap()[&sku(name)]
    }

    fn rows(&self, sort_prefix: &str) -> Vec<Value> {
        let rows = self.world.rows("inventory").unwrap();
        rows.into_iter()
            .filter(|row| row["sk"].as_str().unwrap().starts_with(sort_prefix))
            .collect()
    }

    fn states(&self) -> BTreeMap<String, usize> {
        let mut states = BTreeMap::new();
        for row in self.rows("reservation") {
            *states
                .entry(row["state"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        states
    }

    /// Every level's counters are what adjustments and live reservations add up to.
    fn assert_books_agree(&self) {
        let number = |row: &Value, name: &str| row[name].as_i64().unwrap();
        let level_of = |sku: &Value, place: &Value| (sku.to_string(), place.to_string());
        let (mut adjusted, mut held) = (BTreeMap::new(), BTreeMap::new());
        for row in self.rows("adjustment#") {
            *adjusted
                .entry(level_of(&row["sku"], &row["location_id"]))
                .or_insert(0) += number(&row, "delta");
        }
        for reservation in self
            .rows("reservation")
            .iter()
            .filter(|row| row["state"] == "held")
        {
            for line in reservation["lines"].as_array().unwrap() {
                for part in line["parts"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|part| part["shipped"] == false)
                {
                    *held
                        .entry(level_of(&line["sku"], &part["location_id"]))
                        .or_insert(0) += number(part, "pieces");
                }
            }
        }
        for row in self.rows("level#") {
            let level = level_of(&row["sku"], &row["location_id"]);
            let (on_hand, reserved) = (number(&row, "on_hand"), number(&row, "reserved"));
            assert_eq!(on_hand, adjusted.get(&level).copied().unwrap_or(0), "{row}");
            assert_eq!(reserved, held.get(&level).copied().unwrap_or(0), "{row}");
            assert_eq!(
                number(&row, "available"),
                on_hand - reserved - number(&row, "safety"),
                "{row}"
            );
            assert!(on_hand >= 0, "{row}");
        }
    }
}

fn place(number: u64) -> LocationId {
    let at = Time::from_unix_ms(i64::try_from(number).unwrap());
    LocationId::mint(&Ids::new(at, &SeededRandom::new(number)))
}

fn order(number: u64) -> OrderId {
    OrderId::mint(&Ids::new(Time::from_unix_ms(5), &SeededRandom::new(number)))
}

fn sku(name: &str) -> Sku {
    Sku::parse(name).unwrap()
}

fn adjust(number: u64, name: &str, location: u64, reason: Reason, delta: i64) -> Adjust {
    let at = Time::from_unix_ms(i64::try_from(number).unwrap());
    Adjust {
        id: AdjustmentId::mint(&Ids::new(at, &SeededRandom::new(number))),
        sku: sku(name),
        location_id: place(location),
        reason,
        delta,
        safety: None,
        by: "Ben".to_owned(),
        note: None,
    }
}

fn need(name: &str, quantity: u32) -> Need {
    Need {
        line_id: format!("oline-{name}"),
        sku: sku(name),
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

fn buyers(numbers: std::ops::Range<u64>) -> Vec<Demand> {
    numbers
        .map(|number| demand(number, vec![need("tea", 1)]))
        .collect()
}

fn states(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected
        .iter()
        .map(|(state, count)| ((*state).to_owned(), *count))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn two_hundred_buyers_of_fifty_pieces_are_fifty_held_and_a_hundred_and_fifty_rejected() {
    let shop = Shop::open(1).await;
    shop.receive("tea", 0, 50).await;
    let batch = |numbers| shop.inventory.reserve(buyers(numbers));
    let outcomes = tokio::join!(batch(0..50), batch(50..100), batch(100..150), batch(150..200));
    for outcomes in [outcomes.0, outcomes.1, outcomes.2, outcomes.3] {
        assert!(outcomes.iter().all(Result::is_ok));
    }
    assert_eq!(shop.states(), states(&[("held", 50), ("rejected", 150)]));
    assert_eq!(shop.available("tea").await, 0);
    shop.assert_books_agree();
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_delivered_again_keeps_its_decisions() {
    let shop = Shop::open(1).await;
    shop.receive("tea", 0, 3).await;
    shop.inventory.reserve(buyers(0..4)).await;
    shop.receive("tea", 0, 5).await;
    let mut again = buyers(0..6);
    again.push(demand(5, vec![need("tea", 1)]));
    assert!(shop.inventory.reserve(again).await.iter().all(Result::is_ok));
    assert_eq!(shop.states(), states(&[("held", 5), ("rejected", 1)]));
    shop.assert_books_agree();
}

#[tokio::test(start_paused = true)]
async fn a_release_gives_back_once_and_forbids_what_comes_late() {
    let shop = Shop::open(2).await;
    shop.receive("tea", 0, 2).await;
    shop.receive("tea", 1, 2).await;
    shop.inventory
        .reserve(vec![demand(1, vec![need("tea", 3)])])
        .await;
    assert_eq!(shop.available("tea").await, 1);
    for _ in 0..2 {
        shop.inventory.release(&order(1)).await.unwrap();
        shop.inventory.release(&order(2)).await.unwrap();
    }
    assert!(
        shop.inventory
            .reserve(vec![demand(2, vec![need("tea", 1)])])
            .await[0]
            .is_ok()
    );
    assert_eq!(shop.states(), states(&[("released", 2)]));
    assert_eq!(shop.available("tea").await, 4);
    shop.assert_books_agree();
}

#[tokio::test(start_paused = true)]
async fn shipping_takes_goods_out_of_the_books_once_and_says_why() {
    let shop = Shop::open(1).await;
    shop.receive("tea", 0, 5).await;
    shop.inventory
        .reserve(vec![demand(1, vec![need("tea", 2), need("tea", 1)])])
        .await;
    for _ in 0..2 {
        shop.inventory.ship(&order(1)).await.unwrap();
    }
    shop.inventory.release(&order(1)).await.unwrap();
    assert_eq!(shop.states(), states(&[("committed", 1)]));
    let page = shop
        .inventory
        .adjustments(&sku("tea"), Limit::default(), None)
        .await
        .unwrap();
    let sold: Vec<_> = page
        .items
        .iter()
        .filter(|entry| entry.reason == Reason::Sold)
        .collect();
    assert_eq!(sold.len(), 1);
    assert_eq!(
        (sold[0].delta, sold[0].on_hand, sold[0].by.as_str()),
        (-3, 2, order(1).as_str())
    );
    shop.assert_books_agree();
}

#[tokio::test(start_paused = true)]
async fn what_was_never_set_aside_cannot_be_shipped() {
    let shop = Shop::open(1).await;
    let fault = Fault::from(shop.inventory.ship(&order(1)).await.unwrap_err());
    assert!(matches!(fault, Fault::Broken { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_backorder_is_promised_where_nothing_has_ever_been_and_found_when_it_is_shipped() {
    let shop = Shop::open(2).await;
    let waiting = Need {
        allow_backorder: true,
        ..need("rare", 2)
    };
    let download = Need {
        tracks_inventory: false,
        ..need("song", 1)
    };
    assert!(
        shop.inventory
            .reserve(vec![demand(1, vec![waiting, download])])
            .await[0]
            .is_ok()
    );
    let levels = shop
        .inventory
        .levels(&sku("rare"), Limit::default(), None)
        .await
        .unwrap()
        .items;
    assert_eq!(
        (levels[0].location_id.clone(), levels[0].available()),
        (place(0), -2)
    );
    assert_eq!(shop.available("rare").await, 0);
    shop.inventory.ship(&order(1)).await.unwrap();
    assert_eq!(shop.states(), states(&[("committed", 1)]));
    shop.assert_books_agree();
}

#[tokio::test(start_paused = true)]
async fn an_order_of_downloads_is_held_too() {
    let shop = Shop::open(0).await;
    let download = Need {
        tracks_inventory: false,
        ..need("song", 1)
    };
    assert!(shop.inventory.reserve(vec![demand(1, vec![download])]).await[0].is_ok());
    assert_eq!(shop.states(), states(&[("held", 1)]));
}

#[tokio::test(start_paused = true)]
async fn orders_of_many_skus_are_written_in_several_transactions() {
    let shop = Shop::open(1).await;
    let names: Vec<String> = (0..90).map(|number| format!("sku-{number}")).collect();
    for name in &names {
        shop.receive(name, 0, 2).await;
    }
    let large = |number| demand(number, names.iter().map(|name| need(name, 1)).collect());
    let outcomes = shop.inventory.reserve(vec![large(1), large(2), large(3)]).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(shop.states(), states(&[("held", 2), ("rejected", 1)]));
    shop.inventory.ship(&order(1)).await.unwrap();
    shop.inventory.release(&order(2)).await.unwrap();
    assert_eq!(
        shop.states(),
        states(&[("committed", 1), ("rejected", 1), ("released", 1)])
    );
    shop.assert_books_agree();
}

#[tokio::test(start_paused = true)]
async fn an_adjustment_is_entered_once_even_when_it_would_be_refused_by_now() {
    let shop = Shop::open(1).await;
    shop.receive("tea", 0, 5).await;
    let spoiled = adjust(7, "tea", 0, Reason::Damaged, -3);
    let first = shop.inventory.adjust(spoiled.clone()).await.unwrap();
    shop.inventory
        .reserve(vec![demand(1, vec![need("tea", 2)])])
        .await;
    assert_eq!(shop.inventory.adjust(spoiled).await.unwrap(), first);
    let refused = shop
        .inventory
        .adjust(adjust(8, "tea", 0, Reason::Damaged, -1))
        .await
        .unwrap_err();
    assert_eq!(Fault::from(refused).code(), "below_reserved");
    let nowhere = shop
        .inventory
        .adjust(adjust(9, "tea", 9, Reason::Received, 1))
        .await
        .unwrap_err();
    assert!(matches!(
        Fault::from(nowhere),
        Fault::Missing { what: "location" }
    ));
    shop.assert_books_agree();
}

#[tokio::test(start_paused = true)]
async fn a_location_is_added_once() {
    let shop = Shop::open(2).await;
    let first = shop
        .inventory
        .add_location(place(1), "another name".to_owned())
        .await
        .unwrap();
    assert_eq!(first.name, "warehouse 1");
    let page = shop
        .inventory
        .locations(Limit::new(1).unwrap(), None)
        .await
        .unwrap();
    assert_eq!((page.items[0].id.clone(), page.next.is_some()), (place(0), true));
}

#[tokio::test(start_paused = true)]
async fn a_plan_made_on_stock_that_has_moved_is_not_written() {
    let shop = Shop::open(1).await;
    shop.receive("tea", 0, 3).await;
    let (store, now) = (&shop.inventory.store, Time::from_unix_ms(9));
    let batch = [demand(1, vec![need("tea", 2)])];
    let mut seen = crate::plan::Shelves::default();
    seen.stock(sku("tea"), place(0), 3);
    let decisions = crate::plan::plan(&batch, seen);
    let groups = crate::plan::group(&decisions, 100);
    let decided = [Reservation::decided(order(1), decisions[0].clone(), now)];

    shop.inventory
        .reserve(vec![demand(2, vec![need("tea", 2)])])
        .await;
    let moved = store.decide(&decided, &groups[0]).await.unwrap();
    assert!(matches!(moved, Written::Moved));
    shop.inventory.release(&order(2)).await.unwrap();
    assert!(matches!(
        store.decide(&decided, &groups[0]).await.unwrap(),
        Written::All
    ));
    let before = store.decide(&decided, &groups[0]).await.unwrap();
    assert!(matches!(before, Written::DecidedBefore(orders) if orders == [0]));
    shop.assert_books_agree();
}

#[tokio::test(start_paused = true)]
async fn a_level_that_has_changed_since_it_was_read_is_not_overwritten() {
    let shop = Shop::open(1).await;
    shop.receive("tea", 0, 3).await;
    let seen = shop
        .inventory
        .store
        .level(&sku("tea"), &place(0))
        .await
        .unwrap()
        .unwrap();
    shop.receive("tea", 0, 4).await;
    let command = adjust(7, "tea", 0, Reason::Received, 1);
    let late = seen.adjusted(&command).unwrap();
    let entry = shop
        .inventory
        .adjust(adjust(8, "cup", 0, Reason::Received, 1))
        .await
        .unwrap();
    let entry = crate::Adjustment {
        id: command.id,
        sku: sku("tea"),
        ..entry
    };
    assert!(
        shop.inventory
            .store
            .adjust(&late, &entry)
            .await
            .unwrap_err()
            .condition_failed_at(0)
    );
    shop.assert_books_agree();
}
