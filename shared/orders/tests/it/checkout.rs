//! From cart to order, once.

use kernel::{Duration, Fault, Ids, SeededRandom};
use orders::{Actor, Status};
use testing::{FaultKind, Plan};
use tokio::join;

use crate::shop::{Shop, guest};

#[tokio::test]
async fn a_cart_becomes_an_order_with_everything_that_was_agreed() {
    let shop = Shop::open().await;
    let cart = shop.full_cart().await;
    let order = shop.place(&cart, &shop.ids()).await.unwrap();
    assert_eq!((order.status(), order.cart_id()), (Status::Pending, &cart.0));
    assert_eq!(shop.orders.inspect(order.order_id()).await.unwrap(), order);
    let view = shop.carts.view(&guest(&cart.0), shop.now()).await.unwrap();
    assert_eq!(
        (view.status, view.order_id.as_ref()),
        ("completed", Some(order.order_id()))
    );
    assert_eq!(
        shop.add(&cart.0, "tea", 1).await.unwrap_err().code(),
        "cart_completed"
    );
}

#[tokio::test]
async fn a_repeated_create_returns_the_first_order_even_when_the_quote_is_over() {
    let shop = Shop::open().await;
    let cart = shop.full_cart().await;
    let minted_at = shop.now();
    let first = shop
        .place(&cart, &Ids::new(minted_at, &SeededRandom::new(9)))
        .await
        .unwrap();
    shop.reserve(&first).await;
    shop.world.clock.advance(Duration::minutes(20));
    let again = shop
        .place(&cart, &Ids::new(minted_at, &SeededRandom::new(9)))
        .await
        .unwrap();
    assert_eq!(
        (again.order_id(), again.status()),
        (first.order_id(), Status::Reserved)
    );
}

#[tokio::test]
async fn two_tabs_place_one_order() {
    let shop = Shop::open().await;
    let cart = shop.full_cart().await;
    let (here, there) = (shop.ids(), shop.ids());
    let (here, there) = join!(shop.place(&cart, &here), shop.place(&cart, &there));
    let refused = [here, there].into_iter().filter_map(Result::err).map(Fault::from);
    assert_eq!(
        refused.map(|fault| fault.code()).collect::<Vec<_>>(),
        ["cart_completed"]
    );
    assert_eq!(shop.orders_kept(), 1);
}

/// Every call of placing fails in every way that leaves the process alive, three times in a row, as
/// often as the client itself tries; then the buyer's client repeats the request.
#[tokio::test(start_paused = true)]
async fn whatever_call_fails_the_repeated_request_finds_or_places_the_one_order() {
    for kind in [FaultKind::LostAnswer, FaultKind::Throttle, FaultKind::Conflict] {
        for call in 0..6 {
            let shop = Shop::open().await;
            let cart = shop.full_cart().await;
            let minted_at = shop.now();
            let place = async || {
                shop.place(&cart, &Ids::new(minted_at, &SeededRandom::new(9)))
                    .await
            };
            let plan = (call..call + 3).fold(Plan::calm(), |plan, call| plan.with(call, kind));
            shop.world.faults.arm(plan);
            let first = place().await;
            shop.world.faults.disarm();
            let again = place().await.unwrap();
            assert!(
                first.is_err() || first.unwrap() == again,
                "{kind:?} at call {call}"
            );
            assert_eq!(shop.orders_kept(), 1, "{kind:?} at call {call}");
        }
    }
}

#[tokio::test]
async fn an_expired_or_changed_quote_places_nothing() {
    let shop = Shop::open().await;
    let cart = shop.full_cart().await;
    shop.world.clock.advance(Duration::minutes(17));
    let code = |placed: Result<_, orders::PlaceError>| Fault::from(placed.unwrap_err()).code();
    assert_eq!(code(shop.place(&cart, &shop.ids()).await), "quote_expired");

    let cart = shop.full_cart().await;
    shop.add(&cart.0, "tea", 1).await.unwrap();
    assert_eq!(code(shop.place(&cart, &shop.ids()).await), "quote_changed");
    shop.add(&cart.0, "cup", 1).await.unwrap();
    assert_eq!(code(shop.place(&cart, &shop.ids()).await), "sold_out");
    assert_eq!(shop.orders_kept(), 0);
}

#[tokio::test]
async fn a_canceled_order_gives_the_cart_back_once_and_only_its_own() {
    let shop = Shop::open().await;
    let cart = shop.full_cart().await;
    let first = shop.place(&cart, &shop.ids()).await.unwrap();
    shop.keeping.reopen(&cart.0, first.order_id()).await.unwrap();
    let view = shop.carts.view(&guest(&cart.0), shop.now()).await.unwrap();
    assert_eq!((view.status, view.order_id), ("active", None));

    let second = shop
        .place(&(cart.0.clone(), view.quote_id.unwrap()), &shop.ids())
        .await
        .unwrap();
    shop.keeping.reopen(&cart.0, first.order_id()).await.unwrap();
    let view = shop.carts.view(&guest(&cart.0), shop.now()).await.unwrap();
    assert_eq!(
        (view.status, view.order_id.as_ref()),
        ("completed", Some(second.order_id()))
    );
}

#[tokio::test(start_paused = true)]
async fn a_waiting_buyer_hears_of_the_decision_and_an_undecided_one_is_not_kept_for_ever() {
    let shop = Shop::open().await;
    let order = shop.placed().await;
    let waited = shop.checkout.settled(order.clone(), 5).await.unwrap();
    assert_eq!(waited.status(), Status::Pending);
    let cancel = shop
        .orders
        .cancel(order.order_id(), Actor::Buyer, None, shop.now());
    let (decided, canceled) = join!(shop.checkout.settled(order.clone(), 5), cancel);
    assert_eq!(decided.unwrap(), canceled.unwrap());
}
