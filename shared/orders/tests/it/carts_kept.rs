//! Carts as their buyers and the clock see them.

use carts::{CartId, LineId, Status};
use kernel::{Duration, Fault, Ids, SeededRandom};
use testing::{FaultKind, Plan};
use tokio::join;

use crate::shop::{Shop, buyer, guest};

#[tokio::test]
async fn a_repeated_create_opens_one_cart() {
    let shop = Shop::open().await;
    let open = async || {
        let wish = serde_json::from_value(serde_json::json!({ "region_id": "eu" })).unwrap();
        let random = SeededRandom::new(5);
        shop.new_carts
            .open(wish, &Ids::new(shop.now(), &random), shop.now())
            .await
            .unwrap()
    };
    let first = open().await;
    shop.add(&first.cart.cart_id, "tea", 1).await.unwrap();
    let again = open().await;
    assert_eq!(again.cart.cart_id, first.cart.cart_id);
    assert_eq!(again.cart.lines.len(), 1);
}

#[tokio::test]
async fn an_unknown_region_is_named() {
    let shop = Shop::open().await;
    let wish = serde_json::from_value(serde_json::json!({ "region_id": "atlantis" })).unwrap();
    let fault = shop
        .new_carts
        .open(wish, &shop.ids(), shop.now())
        .await
        .unwrap_err();
    assert!(matches!(fault, Fault::Invalid { fields, .. } if fields[0].field == "region_id"));
}

#[tokio::test]
async fn changes_at_the_same_moment_are_all_kept() {
    let shop = Shop::open().await;
    let cart_id = shop.empty_cart().await;
    let adds = async {
        join!(
            shop.add(&cart_id, "tea", 1),
            shop.add(&cart_id, "tea", 2),
            shop.add(&cart_id, "cup", 4),
            shop.add(&cart_id, "tea", 8),
        )
    };
    let own = guest(&cart_id);
    let (adds, amended) = join!(adds, shop.carts.amend(&own, buyer(), shop.now()));
    for change in [adds.0, adds.1, adds.2, adds.3, amended] {
        change.unwrap();
    }
    let view = shop.carts.view(&guest(&cart_id), shop.now()).await.unwrap();
    let mut lines: Vec<_> = view
        .lines
        .iter()
        .map(|line| (line.sku.as_str(), line.quantity.get()))
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, [("cup", 4), ("tea", 11)]);
    assert!(view.email.is_some());
}

/// A lost answer makes the SDK write again, which then fails its condition: the loop must know its
/// own change when it reads it.
#[tokio::test(start_paused = true)]
async fn an_add_whose_answer_was_lost_is_added_once() {
    for call in 0..8 {
        let shop = Shop::open().await;
        let cart_id = shop.empty_cart().await;
        shop.add(&cart_id, "tea", 1).await.unwrap();
        shop.world
            .faults
            .arm(Plan::calm().with(call, FaultKind::LostAnswer));
        let view = shop.add(&cart_id, "tea", 2).await.unwrap();
        assert_eq!(view.lines[0].quantity.get(), 3, "answer {call} lost");
    }
}

#[tokio::test]
async fn what_is_not_for_sale_does_not_enter() {
    let shop = Shop::open().await;
    let cart_id = shop.empty_cart().await;
    let fault = shop.add(&cart_id, "coffee", 1).await.unwrap_err();
    assert_eq!(fault.code(), "not_for_sale");
}

#[tokio::test]
async fn short_stock_is_shown_and_keeps_the_cart_from_being_placed() {
    let shop = Shop::open().await;
    let (cart_id, _) = shop.full_cart().await;
    let view = shop.add(&cart_id, "cup", 1).await.unwrap();
    assert_eq!(
        (view.problems[0].code, view.problems[0].available),
        ("sold_out", Some(0))
    );
    assert_eq!(view.quote_id, None);
}

#[tokio::test]
async fn a_line_that_was_taken_out_may_be_taken_out_again() {
    let shop = Shop::open().await;
    let cart_id = shop.empty_cart().await;
    let line_id: LineId = shop.add(&cart_id, "tea", 1).await.unwrap().lines[0]
        .line_id
        .clone();
    for _ in 0..2 {
        shop.keeping
            .remove_line(&guest(&cart_id), &line_id, shop.now())
            .await
            .unwrap();
    }
    assert!(
        shop.carts
            .view(&guest(&cart_id), shop.now())
            .await
            .unwrap()
            .lines
            .is_empty()
    );
}

#[tokio::test]
async fn an_idle_cart_expires_once_and_a_touched_or_placed_one_does_not() {
    let shop = Shop::open().await;
    let idle = shop.empty_cart().await;
    let touched = shop.empty_cart().await;
    let placed = shop.full_cart().await;
    shop.place(&placed, &shop.ids()).await.unwrap();
    shop.world.clock.advance(Duration::days(20));
    shop.add(&touched, "tea", 1).await.unwrap();
    shop.world.clock.advance(Duration::days(12));

    assert_eq!(shop.keeping.expire(shop.now()).await.unwrap().handled, 1);
    assert_eq!(shop.keeping.expire(shop.now()).await.unwrap().handled, 0);

    let status = async |cart_id: &CartId| shop.carts.view(&guest(cart_id), shop.now()).await.unwrap().status;
    assert_eq!(status(&idle).await, Status::Expired.as_str());
    assert_eq!(status(&touched).await, Status::Active.as_str());
    assert_eq!(status(&placed.0).await, Status::Completed.as_str());
    assert_eq!(
        shop.add(&idle, "tea", 1).await.unwrap_err().code(),
        "cart_expired"
    );
}

#[tokio::test]
async fn a_cart_nobody_knows_is_missing() {
    let shop = Shop::open().await;
    let stranger = CartId::parse("cart_01h455vb4pex5vsknk084sn02q").unwrap();
    assert!(matches!(
        shop.carts.view(&guest(&stranger), shop.now()).await,
        Err(Fault::Missing { what: "cart" })
    ));
    assert!(matches!(
        shop.add(&stranger, "tea", 1).await,
        Err(Fault::Missing { what: "cart" })
    ));
}
