//! What patterns cost, as `docs/access-patterns/inventory.md` says. Units are counted in halves.

use std::future::Future;

use platform::telemetry::{self, Costs, InvocationContext, Outcome};

use super::{Shop, buyers, demand, need, order, sku};

async fn costs_of<T>(shop: &Shop, call: impl Future<Output = T>) -> Costs {
    let work = async {
        drop(call.await);
        (telemetry::costs(), Outcome::ok("done"))
    };
    Box::pin(telemetry::in_invocation(
        InvocationContext::default(),
        &*shop.world.clock,
        work,
    ))
    .await
}

#[tokio::test(start_paused = true)]
async fn fifty_orders_for_one_sku_are_one_read_and_one_transaction() {
    let shop = Shop::open(1).await;
    shop.receive("tea", 0, 20).await;
    let costs = costs_of(&shop, shop.inventory.reserve(buyers(0..50))).await;
    assert_eq!(
        (costs.calls, costs.read.halves(), costs.write.halves()),
        (2, 2, 4 * 51)
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_available_costs_one_call_for_one_sku_and_two_for_many() {
    let shop = Shop::open(2).await;
    let names: Vec<String> = (0..20).map(|number| format!("sku-{number}")).collect();
    for name in &names {
        shop.receive(name, 0, 2).await;
    }
    let skus: Vec<_> = names.iter().map(|name| sku(name)).collect();
    let one = costs_of(&shop, shop.inventory.available(&skus[..1])).await;
    assert_eq!((one.calls, one.read.halves()), (1, 1));
    let many = costs_of(&shop, shop.inventory.available(&skus)).await;
    assert_eq!(many.calls, 2);
    assert!(many.read.halves() <= 2 + 40, "{many:?}");
    let none = costs_of(&shop, shop.inventory.available(&[])).await;
    assert_eq!(none.calls, 0);
}

#[tokio::test(start_paused = true)]
async fn an_orders_end_costs_what_its_levels_cost() {
    let shop = Shop::open(1).await;
    shop.receive("tea", 0, 20).await;
    shop.inventory
        .reserve(vec![
            demand(1, vec![need("tea", 1)]),
            demand(2, vec![need("tea", 1)]),
        ])
        .await;
    let release = costs_of(&shop, shop.inventory.release(&order(1))).await;
    assert_eq!(
        (release.calls, release.read.halves(), release.write.halves()),
        (2, 2, 4 * 2)
    );
    let again = costs_of(&shop, shop.inventory.release(&order(1))).await;
    assert_eq!((again.calls, again.write.halves()), (1, 0));
    let leave = costs_of(&shop, shop.inventory.ship(&order(2))).await;
    assert_eq!((leave.calls, leave.write.halves()), (4, 4 * 3));
}
