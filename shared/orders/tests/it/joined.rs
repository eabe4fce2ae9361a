//! A guest signs in: their cart becomes the customer's, once, whatever happens at the same moment.

use carts::wire::CartView;
use carts::{Access, CartId, CartKeeping, CustomerId};
use kernel::{Duration, Fault};
use platform::Cloud;
use serde_json::Value;
use testing::{FaultKind, Handler, Host, Plan, handler};
use tokio::join;

use crate::shop::{Shop, customer, guest, user};

fn holds(view: &CartView) -> Vec<(&str, u32)> {
    let lines = view.lines.iter();
    lines
        .map(|line| (line.sku.as_str(), line.quantity.get()))
        .collect()
}

async fn current(shop: &Shop, customer_id: &CustomerId) -> CartView {
    shop.carts.current(customer_id, shop.now()).await.unwrap()
}

/// A customer who has a cart with one tea and two cups.
async fn anna_with_a_cart(shop: &Shop) -> CustomerId {
    let anna = user('q');
    let first = shop.empty_cart().await;
    shop.add(&first, "tea", 1).await.unwrap();
    shop.add(&first, "cup", 2).await.unwrap();
    shop.keeping.join(&anna, &first).await.unwrap();
    anna
}

#[tokio::test]
async fn a_guests_cart_becomes_the_customers_when_they_have_none() {
    let shop = Shop::open().await;
    let (anna, cart_id) = (user('q'), shop.empty_cart().await);
    shop.add(&cart_id, "tea", 2).await.unwrap();
    for _ in 0..2 {
        shop.keeping.join(&anna, &cart_id).await.unwrap();
    }
    let view = current(&shop, &anna).await;
    assert_eq!(
        (&view.cart_id, &view.customer_id),
        (&cart_id, &Some(anna.clone()))
    );
    assert_eq!(holds(&view), [("tea", 2)]);
    let by_token = shop.carts.view(&guest(&cart_id), shop.now()).await;
    assert!(
        matches!(by_token, Err(Fault::Missing { what: "cart" })),
        "its token opens it no more"
    );
    let stranger = Access::new(customer(&user('r')), cart_id);
    assert!(matches!(
        shop.carts.view(&stranger, shop.now()).await,
        Err(Fault::Missing { .. })
    ));
}

#[tokio::test]
async fn a_guests_cart_goes_over_into_the_one_the_customer_has() {
    let shop = Shop::open().await;
    let anna = anna_with_a_cart(&shop).await;
    let guests = shop.empty_cart().await;
    shop.add(&guests, "tea", 4).await.unwrap();
    for _ in 0..2 {
        shop.keeping.join(&anna, &guests).await.unwrap();
    }
    let view = current(&shop, &anna).await;
    assert_eq!(holds(&view), [("tea", 5), ("cup", 2)]);
    let merged = shop
        .carts
        .view(&Access::new(customer(&anna), guests.clone()), shop.now())
        .await
        .unwrap();
    assert_eq!(
        (merged.status, &merged.merged_into),
        ("merged", &Some(view.cart_id))
    );
    let late = shop.add(&guests, "tea", 1).await;
    assert!(
        matches!(late, Err(Fault::Missing { what: "cart" })),
        "the token opens it no more"
    );
}

#[tokio::test]
async fn somebody_elses_cart_and_a_closed_one_stay_where_they_are() {
    let shop = Shop::open().await;
    let (anna, ben) = (anna_with_a_cart(&shop).await, user('r'));
    let annas = current(&shop, &anna).await.cart_id;
    shop.keeping.join(&ben, &annas).await.unwrap();
    let placed = shop.full_cart().await;
    shop.place(&placed, &shop.ids()).await.unwrap();
    shop.keeping.join(&ben, &placed.0).await.unwrap();
    assert!(matches!(
        shop.carts.current(&ben, shop.now()).await,
        Err(Fault::Missing { what: "cart" })
    ));
    assert_eq!(current(&shop, &anna).await.cart_id, annas);
    assert_eq!(
        shop.carts
            .view(&guest(&placed.0), shop.now())
            .await
            .unwrap()
            .status,
        "completed"
    );
}

#[tokio::test]
async fn a_customer_who_opens_a_cart_twice_has_one_also_at_the_same_moment() {
    let shop = Shop::open().await;
    let anna = customer(&user('q'));
    let wish = || serde_json::from_value(serde_json::json!({ "region_id": "eu" })).unwrap();
    let (here, there) = (shop.ids(), shop.ids());
    let (one, other) = join!(
        shop.new_carts.open_own(&anna, wish(), &here, shop.now()),
        shop.new_carts.open_own(&anna, wish(), &there, shop.now()),
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.cart.cart_id, other.cart.cart_id);
    assert_eq!(one.cart_token, None, "the session opens it");
}

#[tokio::test]
async fn a_reopened_cart_comes_to_the_one_the_customer_has_begun_since() {
    let shop = Shop::open().await;
    let anna = user('q');
    let (first, _) = shop.full_cart().await;
    shop.keeping.join(&anna, &first).await.unwrap();
    let quote_id = current(&shop, &anna).await.quote_id.unwrap();
    let order = shop
        .place_as(&customer(&anna), &quote_id, &shop.ids())
        .await
        .unwrap();
    assert_eq!(order.customer_id(), Some(&anna));
    let second = shop.empty_cart().await;
    shop.add(&second, "cup", 1).await.unwrap();
    shop.keeping.join(&anna, &second).await.unwrap();
    for _ in 0..2 {
        shop.keeping.reopen(&first, order.order_id()).await.unwrap();
    }
    let view = current(&shop, &anna).await;
    assert_eq!(view.cart_id, second);
    assert_eq!(holds(&view), [("cup", 1), ("tea", 2)]);
}

#[tokio::test]
async fn a_customers_cart_lies_for_ninety_days_and_a_guests_for_thirty() {
    let shop = Shop::open().await;
    let anna = anna_with_a_cart(&shop).await;
    shop.empty_cart().await;
    shop.world.clock.advance(Duration::days(32));
    assert_eq!(shop.keeping.expire(shop.now()).await.unwrap().handled, 1);
    current(&shop, &anna).await;
    shop.world.clock.advance(Duration::days(60));
    assert_eq!(shop.keeping.expire(shop.now()).await.unwrap().handled, 1);
    assert!(shop.carts.current(&anna, shop.now()).await.is_err());
}

/// The listener's process: told the same sign-in whenever it is run.
fn joining(anna: CustomerId, cart_id: CartId) -> impl Fn(&Cloud) -> Handler {
    move |cloud| {
        let carts = std::rc::Rc::new(CartKeeping::new(cloud));
        let (anna, cart_id) = (anna.clone(), cart_id.clone());
        handler(move |_| {
            let (carts, anna, cart_id) = (carts.clone(), anna.clone(), cart_id.clone());
            async move { carts.join(&anna, &cart_id).await.map(|()| Value::Null) }
        })
    }
}

/// Every kind of fault at every call of a sign-in, which is then told again, as SQS does.
#[tokio::test(start_paused = true)]
async fn a_merge_survives_every_fault_and_adds_nothing_twice() {
    for has_one in [false, true] {
        for kind in FaultKind::ALL {
            for call in 0..6 {
                let shop = Shop::open().await;
                let anna = if has_one {
                    anna_with_a_cart(&shop).await
                } else {
                    user('q')
                };
                let guests = shop.empty_cart().await;
                shop.add(&guests, "tea", 4).await.unwrap();
                let process = joining(anna.clone(), guests);
                shop.world.faults.arm(Plan::calm().with(call, kind));
                drop(
                    Host::start(&shop.world, "carts-on-session-started", &process, 1)
                        .run(Value::Null)
                        .await,
                );
                shop.world.faults.disarm();
                for seed in 2..4 {
                    let told_again = Host::start(&shop.world, "carts-on-session-started", &process, seed);
                    assert!(!told_again.run(Value::Null).await.has_crashed());
                }
                let expected: &[(&str, u32)] = if has_one {
                    &[("tea", 5), ("cup", 2)]
                } else {
                    &[("tea", 4)]
                };
                assert_eq!(
                    holds(&current(&shop, &anna).await),
                    expected,
                    "{kind:?} at call {call}"
                );
            }
        }
    }
}

/// A guest adds a line, places the order, and signs in, all at the same moment, in many orders.
#[tokio::test]
async fn a_merge_beside_an_added_line_and_a_placed_order_loses_and_doubles_nothing() {
    for hesitation in 0..24_usize {
        let shop = Shop::open().await;
        let anna = anna_with_a_cart(&shop).await;
        let (guests, quote_id) = shop.full_cart().await;
        let wait = async |turns: usize| {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        };
        let ids = shop.ids();
        let cart = (guests.clone(), quote_id);
        let (joined, added, placed) = join!(
            async {
                wait(hesitation % 8).await;
                shop.keeping.join(&anna, &guests).await
            },
            async {
                wait(hesitation % 5).await;
                shop.add(&guests, "tea", 3).await
            },
            async {
                wait(hesitation % 3).await;
                shop.place(&cart, &ids).await
            },
        );
        joined.unwrap();
        let in_cart: u32 = holds(&current(&shop, &anna).await)
            .iter()
            .filter(|(sku, _)| *sku == "tea")
            .map(|(_, count)| count)
            .sum();
        let added = if added.is_ok() { 3 } else { 0 };
        match placed {
            Ok(order) => {
                assert_eq!(in_cart, 1, "what was ordered is not in the cart as well");
                assert_eq!(order.cart_id(), &guests);
            }
            Err(_) => assert_eq!(in_cart, 1 + 2 + added, "what was added is there, once"),
        }
    }
}
