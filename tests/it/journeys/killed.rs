//! Real processes die in the middle of real orders.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    process::Command,
    time::Duration,
};

use serde_json::Value;

use crate::shop::{Answer, Cart, TestShop, Up, cartwright, together};

const BUYERS: usize = 100;
/// How many have their order when the stack is killed.
const SERVED: usize = 30;
/// A claim of a process that died runs out after ten seconds.
const RETRIES_MAX: usize = 60;

/// A buyer who has pressed the button, and presses it again until there is an order.
struct Buyer {
    cart: Cart,
    body: Value,
}

impl Buyer {
    async fn ready(shop: &TestShop) -> Self {
        let cart = shop.cart_with([("tea", 1)]).await;
        let (_, body) = shop.order_of(&cart, "tok_approve").await;
        Self { cart, body }
    }

    /// One try; none when the shop died over it.
    async fn try_once(&self, shop: &TestShop) -> Option<Answer> {
        let ask = shop.post("/v1/orders").guest(&self.cart.token);
        ask.key("k-1").json(&self.body).attempt().await
    }

    /// The order's id, after as many tries as it takes. A client waits as long as it is told.
    async fn insist(&self, shop: &TestShop) -> String {
        let mut last = None;
        for _ in 0..RETRIES_MAX {
            let Some(answer) = self.try_once(shop).await else {
                continue;
            };
            if answer.status() == 201 {
                return answer.text("/order_id").to_owned();
            }
            let wait_s = answer
                .header("retry-after")
                .and_then(|wait| wait.parse().ok())
                .unwrap_or(1);
            last = Some(answer);
            tokio::time::sleep(Duration::from_secs(wait_s)).await;
        }
        let last = last.map_or_else(|| "nothing".to_owned(), |answer| answer.to_string());
        panic!("no order after {RETRIES_MAX} tries; the last was answered {last}");
    }
}

async fn buyers(shop: &TestShop, count: usize) -> Vec<Buyer> {
    shop.product("tea").stock(i64::try_from(count).unwrap()).await;
    shop.region().await;
    together((0..count).map(|_| Buyer::ready(shop))).await
}

/// Every buyer has one order of their own, confirmed and paid, and there are no others.
async fn everybody_has_one_order(shop: &TestShop, orders: &[String]) {
    let report = shop.audit().await;
    let owned: BTreeSet<&String> = orders.iter().collect();
    assert_eq!(owned.len(), orders.len(), "two buyers share an order");
    let rows = shop.rows("orders").await;
    let stored: BTreeMap<&str, &str> = rows
        .iter()
        .filter(|row| row["sk"] == "order")
        .filter_map(|row| Some((row["order_id"].as_str()?, row["status"].as_str()?)))
        .collect();
    let wanted: BTreeMap<&str, &str> = orders.iter().map(|id| (id.as_str(), "confirmed")).collect();
    assert_eq!(stored, wanted);
    assert_eq!(report.counted["payments"], orders.len());
    assert_eq!(
        shop.level("tea").await["reserved"],
        orders.len(),
        "each order holds its piece, once"
    );
    let mails = shop.mails().await;
    let subjects: BTreeSet<&str> = mails.iter().filter_map(|mail| mail["subject"].as_str()).collect();
    assert_eq!(subjects.len(), orders.len(), "each order was told to its buyer");
}

#[tokio::test]
async fn a_stack_killed_in_the_middle_of_a_hundred_orders_loses_none_and_doubles_none() {
    let data = tempfile::tempdir().unwrap();
    let up = Up::start(data.path()).await;
    let buyers = buyers(&up.shop, BUYERS).await;

    let (served, process) = (Cell::new(0), Cell::new(Some(up.pid())));
    let first_tries = together(buyers.iter().map(async |buyer| {
        let answer = buyer.try_once(&up.shop).await;
        let answer = answer.filter(|answer| answer.status() == 201)?;
        served.set(served.get() + 1);
        if served.get() == SERVED
            && let Some(process) = process.take()
        {
            kill_9(process);
        }
        Some(answer.text("/order_id").to_owned())
    }))
    .await;
    up.kill();
    let told = first_tries.iter().flatten().count();
    assert!(
        (SERVED..BUYERS).contains(&told),
        "{told} of {BUYERS} were served before the kill: it was not in the middle"
    );
    let audit = cartwright()
        .args(["audit", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    assert!(
        audit.status.success(),
        "what holds at every moment holds after the kill\n{audit:#?}"
    );

    let up = Up::start(data.path()).await;
    let orders = together(buyers.iter().map(|buyer| buyer.insist(&up.shop))).await;

    for (first, order) in first_tries.iter().zip(&orders) {
        assert!(
            first.as_ref().is_none_or(|first| first == order),
            "{first:?} was promised, {order} was found"
        );
    }
    everybody_has_one_order(&up.shop, &orders).await;
    up.kill();
}

#[tokio::test]
async fn functions_killed_at_work_lose_no_order_and_double_none() {
    const VICTIMS: [&str; 6] = [
        "orders-create",
        "orders-stream",
        "inventory-on-order-placed",
        "inventory-stream",
        "payments-on-order-reserved",
        "orders-on-payment-changed",
    ];
    let shop = TestShop::open().await;
    let buyers = buyers(&shop, 40).await;

    let (served, killed) = (Cell::new(0), Cell::new(0));
    let orders = together(buyers.iter().map(async |buyer| {
        let order = buyer.insist(&shop).await;
        served.set(served.get() + 1);
        // One function after the other dies, each while there is work for it.
        let turn = served.get() / 5;
        if served.get() % 5 == 0
            && let Some(victim) = VICTIMS.get(turn - 1)
        {
            for pid in shop.processes(victim).await {
                kill_9(u32::try_from(pid).unwrap());
                killed.set(killed.get() + 1);
            }
        }
        order
    }))
    .await;

    assert!(
        killed.get() >= VICTIMS.len(),
        "only {} processes were killed",
        killed.get()
    );
    everybody_has_one_order(&shop, &orders).await;
}

/// A process may have ended by itself in the meantime.
fn kill_9(pid: u32) {
    Command::new("kill")
        .args(["-9", &pid.to_string()])
        .output()
        .unwrap_or_else(|error| panic!("`kill` cannot be run: {error}"));
}
