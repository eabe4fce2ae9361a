//! The audit trail over the fault cloud: real stores, a real (embedded) DynamoDB, and a fault at any
//! call.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it must be"
)]

mod chain;
mod list;

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Duration, Time};
use platform::trail::{Entry, EntryRow, Trail};
use testing::World;

/// A function that may append.
const APPENDER: &str = "orders-ship";

fn world() -> Arc<World> {
    Arc::new(World::new().unwrap())
}

fn appender(world: &Arc<World>) -> Trail {
    testing::cloud(world, APPENDER).trail()
}

/// Appends so many entries, a second apart.
async fn append(world: &Arc<World>, count: u32) {
    let trail = appender(world);
    for number in 0..count {
        let actor = format!("usr_{}", number % 3);
        let entry = Entry::new("access.denied", actor, world.now())
            .about(format!("order_{number}"))
            .with("code", "forbidden");
        trail.append(&entry).await.unwrap();
        world.clock.advance(Duration::seconds(1));
    }
}

/// Every entry, as stored.
fn entries(world: &World) -> Vec<EntryRow> {
    let rows = world.rows("trail").unwrap();
    rows.into_iter()
        .map(|row| serde_json::from_value(row).unwrap())
        .collect()
}

/// What the audit finds at rest.
fn findings(world: &World) -> Vec<audit::Finding> {
    let tables = ["trail", "trail-chain"].map(|table| (table.to_owned(), world.rows(table).unwrap()));
    audit::audit(&BTreeMap::from(tables), audit::Moment::AtRest)
        .unwrap()
        .findings
}

/// Midday of a day.
fn midday(day: &str) -> Time {
    Time::parse(&format!("{day}T12:00:00.000Z")).unwrap()
}
