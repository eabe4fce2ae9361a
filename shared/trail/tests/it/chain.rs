//! Every entry is bound exactly once, whatever crashes, repeats or runs at the same time.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Fault, SeededRandom};
use platform::Cloud;
use platform::stream::Change;
use serde_json::json;
use testing::{Disorder, Driver, FaultKind, Handler, Plan, World, edges};
use trail::Chain;

use super::{append, appender, entries, findings, world};

async fn bind(chain: &'static Chain, change: Change) -> Result<(), Fault> {
    chain.bind_change(&change).await
}

fn stream(cloud: &Cloud) -> Handler {
    edges::changes(cloud, Chain::new, bind)
}

fn driver(world: &Arc<World>, disorder: Disorder) -> Driver {
    let functions: BTreeMap<&'static str, fn(&Cloud) -> Handler> =
        BTreeMap::from([("trail-stream", stream as fn(&Cloud) -> Handler)]);
    Driver::new(Arc::clone(world), functions, disorder)
}

fn links(world: &World) -> usize {
    let rows = world.rows("trail-chain").unwrap();
    rows.iter().filter(|row| row["entry_hash"].is_string()).count()
}

// ASVS 16.3: the trail is chained, and whoever changes or removes an entry afterwards is seen.
#[tokio::test(start_paused = true)]
async fn what_was_appended_is_bound_and_a_change_is_found() {
    let world = world();
    append(&world, 12).await;
    assert_eq!(findings(&world).len(), 12, "nothing is bound yet");
    driver(&world, Disorder::Calm).settle().await.unwrap();
    assert_eq!((findings(&world), links(&world)), (Vec::new(), 12));

    let entry = entries(&world).remove(0);
    let change = json!({
        "TableName": world.physical.name("trail"),
        "Key": { "pk": { "S": entry.pk }, "sk": { "S": entry.sk } },
        "UpdateExpression": "SET actor = :other",
        "ExpressionAttributeValues": { ":other": { "S": "usr_other" } },
    });
    world.must("DynamoDB_20120810.UpdateItem", &change).unwrap();
    assert_eq!(findings(&world)[0].invariant, "trail-2");
    // The stream brings the change too: it is told, and binds nothing.
    driver(&world, Disorder::Calm).settle().await.unwrap();
    assert_eq!(links(&world), 12);
}

#[tokio::test(start_paused = true)]
async fn a_fault_at_any_call_leaves_every_entry_bound_once() {
    let calm = world();
    append(&calm, 3).await;
    calm.faults.arm(Plan::calm());
    driver(&calm, Disorder::Calm).settle().await.unwrap();
    let calls = calm.faults.calls();
    assert!(calls >= 6, "{calls}");
    for call in 0..calls {
        for kind in FaultKind::ALL {
            let world = world();
            append(&world, 3).await;
            world.faults.arm(Plan::calm().with(call, kind));
            driver(&world, Disorder::Calm).settle().await.unwrap();
            assert_eq!(findings(&world), [], "{kind:?} at {call}");
            assert_eq!(links(&world), 3, "{kind:?} at {call}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn batches_of_any_size_delivered_again_bind_nothing_twice() {
    for seed in 0..20 {
        let world = world();
        append(&world, 15).await;
        driver(&world, Disorder::Seeded(SeededRandom::new(seed)))
            .settle()
            .await
            .unwrap();
        // A second process that knows of no checkpoint reads the stream from its beginning.
        driver(&world, Disorder::Seeded(SeededRandom::new(seed + 100)))
            .settle()
            .await
            .unwrap();
        assert_eq!((findings(&world), links(&world)), (Vec::new(), 15), "{seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_at_once_bind_each_entry_once() {
    let world = world();
    append(&world, 10).await;
    let (one, other) = (driver(&world, Disorder::Calm), driver(&world, Disorder::Calm));
    let (one, other) = tokio::join!(one.settle(), other.settle());
    one.unwrap();
    other.unwrap();
    assert_eq!((findings(&world), links(&world)), (Vec::new(), 10));
}

#[tokio::test(start_paused = true)]
async fn the_streams_function_may_not_touch_entries_and_an_appender_may_only_append() {
    let world = world();
    append(&world, 1).await;
    let rights = |function: &str| world.manifest.rights(function);
    let table = |name: &str| manifest::Resource::Table(name.to_owned());
    let writes = ["PutItem", "UpdateItem", "DeleteItem"];
    let may = |function: &str, name: &str| {
        let rights = rights(function);
        let may = |action: &&str| {
            let covers =
                |right: &manifest::Right| right.covers(manifest::Service::Dynamodb, action, &table(name));
            rights.iter().any(covers)
        };
        writes
            .iter()
            .filter(|action| may(action))
            .copied()
            .collect::<Vec<_>>()
    };
    assert_eq!(may("trail-stream", "trail"), [""; 0]);
    for name in world.manifest.functions.keys() {
        let granted = may(name, "trail");
        assert!(
            granted.is_empty() || granted == ["PutItem"],
            "{name} may {granted:?}"
        );
        assert!(
            may(name, "trail-chain").is_empty() || name == "trail-stream",
            "{name}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_append_whose_answer_was_lost_is_one_entry() {
    let world = world();
    world.faults.arm(Plan::calm().with(0, FaultKind::LostAnswer));
    append(&world, 1).await;
    assert_eq!(entries(&world).len(), 1);
    assert!(appender(&world).is_granted());
    let without = testing::cloud(&world, "carts-expire").trail();
    assert!(!without.is_granted());
}
