//! `carts-expire`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn a_cart_that_nobody_has_touched_for_long_expires() {
    let shop = TestShop::open().await;
    let (old, young) = (shop.cart().await, shop.cart().await);
    let key = format!("cart#{}", old.id);
    shop.set("carts", (&key, "cart"), "updated_at", "2020-01-01T00:00:00.000Z")
        .await;
    shop.set("carts", (&key, "cart"), "due_at", "2020-02-01T00:00:00.000Z")
        .await;

    shop.run_schedule("carts-expire").await;

    assert_eq!(shop.look(&old).await.text("/status"), "expired");
    assert_eq!(shop.look(&young).await.text("/status"), "active");
}

#[tokio::test]
async fn running_twice_is_harmless() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    for _ in 0..2 {
        shop.run_schedule("carts-expire").await;
    }
    assert_eq!(shop.look(&cart).await.text("/status"), "active");
    assert_eq!(shop.invocations("carts-expire").await, (2, 0));
}
