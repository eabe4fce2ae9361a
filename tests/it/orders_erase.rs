//! `orders-erase`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn an_order_under_way_forgets_whose_it_was_at_its_end() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let anna = shop.customer("anna@example.com").await;
    shop.quiet().await;
    shop.delete("/v1/account").person(&anna).await.expect(204);
    shop.quiet().await;
    shop.run_schedule("orders-erase").await;
    let moving = shop.get(order.admin_path()).staff().await.expect(200);
    assert_eq!(
        moving.text("/email"),
        "anna@example.com",
        "the carrier's and the parcel's mail"
    );

    order.ship().await;
    shop.quiet().await;
    shop.post(format!("{}/deliver", order.admin_path()))
        .staff()
        .json(&json!({}))
        .await;
    shop.quiet().await;
    shop.run_schedule("orders-erase").await;
    let seen = shop.get(order.admin_path()).staff().await.expect(200);
    assert_eq!(
        (seen.text("/status"), seen.text("/email")),
        ("completed", "erased@erased.invalid")
    );
}
