//! Pages of a sharded listing join into the listing: nothing twice, nothing left out.

use std::collections::BTreeSet;

use kernel::{Duration, Ids, Page, SeededRandom};
use proptest::prelude::*;

use super::{Shard, merge};
use crate::order::Order;
use crate::order::tests::{NOW, order};
use crate::store::row::OrderRow;

/// Orders at these moments, spread over shards as chosen.
fn rows(moments: &[(u8, u32)]) -> Vec<(u8, OrderRow)> {
    let random = SeededRandom::new(3);
    let row = |(shard, offset): &(u8, u32)| {
        let placed_at = NOW.plus(Duration::millis(*offset));
        let order_id = carts::OrderId::mint(&Ids::new(placed_at, &random));
        (
            *shard,
            OrderRow::from(&Order {
                order_id,
                placed_at,
                ..order()
            }),
        )
    };
    moments.iter().map(row).collect()
}

/// What a query of one shard answers: newest first, from the position on, so many.
fn query(rows: &[(u8, OrderRow)], shard: &Shard, count: usize) -> Page<OrderRow> {
    let mine = rows
        .iter()
        .filter(|(number, _)| *number == shard.number)
        .map(|(_, row)| row.clone());
    let mut mine: Vec<_> = mine.collect();
    mine.retain(|row| {
        shard
            .position
            .as_ref()
            .is_none_or(|position| row.listed_at <= *position)
    });
    mine.sort_by(|a, b| b.listed_at.cmp(&a.listed_at));
    let next = (mine.len() > count).then(|| "more".to_owned());
    mine.truncate(count);
    Page { items: mine, next }
}

fn page(rows: &[(u8, OrderRow)], limit: usize, fetch: usize, after: Option<&String>) -> Vec<String> {
    let mut shards: Vec<_> = (0..4).map(|number| Shard::new(number, after.cloned())).collect();
    let mut shown = Vec::new();
    while shown.len() < limit {
        while let Some(shard) = shards.iter_mut().find(|shard| shard.is_hungry()) {
            let page = query(rows, shard, fetch + 1);
            shard.take(page);
        }
        match merge(&mut shards) {
            Some(row) => shown.push(row.listed_at),
            None => break,
        }
    }
    shown
}

proptest! {
    #[test]
    fn all_pages_together_are_the_listing(
        moments in proptest::collection::vec((0_u8..4, 0_u32..50), 0..80),
        limit in 1_usize..20,
        fetch in 1_usize..6,
    ) {
        let rows = rows(&moments);
        let mut expected: Vec<_> = rows.iter().map(|(_, row)| row.listed_at.clone()).collect();
        expected.sort();
        expected.reverse();
        let mut listed: Vec<String> = Vec::new();
        loop {
            let next = page(&rows, limit, fetch, listed.last());
            listed.extend(next.iter().cloned());
            if next.len() < limit {
                break;
            }
        }
        prop_assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), rows.len());
        prop_assert_eq!(listed, expected);
    }
}
