//! `POST /v1/admin/orders/{order_id}/ship`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_shipped_order_is_paid_and_leaves_the_house() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    let shipped = order.ship().await;
    assert_eq!(
        (shipped.text("/status"), shipped.text("/shipment/tracking_number")),
        ("fulfilled", "JD014600003RU")
    );

    order.until("fulfilled").await;

    let payment = shop.payment(&order).await;
    assert_eq!(payment.text("/status"), "captured");
    assert_eq!(payment.at("/captured"), payment.at("/authorized"));
    assert_eq!(shop.level("tea").await["on_hand"], 0);
}

#[tokio::test]
async fn shipping_twice_is_shipping_once() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    order.ship().await;
    order.ship().await;
    order.until("fulfilled").await;
    assert_eq!(shop.level("tea").await["on_hand"], 0);
    let mails = shop.mails().await;
    assert_eq!(
        mails.len(),
        2,
        "one of the confirmation, one of the parcel: {mails:#?}"
    );
}

#[tokio::test]
async fn what_is_canceled_cannot_be_shipped() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    shop.post(format!("{}/cancel", order.path()))
        .staff()
        .json(&json!({}))
        .await
        .expect(200);
    let ask = shop.post(format!("{}/ship", order.admin_path())).staff();
    ask.json(&json!({ "carrier": "DHL" }))
        .await
        .refuses(409, "already_canceled");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let path = format!("{}/ship", order.admin_path());
    shop.post(&*path)
        .json(&json!({ "carrier": "DHL" }))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.post(&*path)
        .bearer(&key)
        .json(&json!({ "carrier": "DHL" }))
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let ask = shop.post(format!("{}/ship", order.admin_path())).staff();
    ask.json(&json!({ "carrier": "" }))
        .await
        .refuses(400, "invalid_request")
        .names("carrier");
    let unknown = shop
        .post("/v1/admin/orders/order_01h455vb4pex5vsknk084sn02q/ship")
        .staff();
    unknown
        .json(&json!({ "carrier": "DHL" }))
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn what_has_moved_since_it_was_read_is_not_shipped() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let body = json!({ "carrier": "DHL", "tracking_number": "JD014600003RU" });
    let based_on = |tag: &str| {
        let ask = shop.post(format!("{}/ship", order.admin_path())).staff();
        ask.if_match(tag).json(&body)
    };
    let seen = shop.get(order.admin_path()).staff().await.expect(200);
    based_on("\"1\"").await.refuses(412, "stale");
    based_on(seen.etag()).await.expect(200);
    based_on(seen.etag()).await.expect(200);
}
