//! `POST /v1/admin/stock/{sku}/adjustments`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/admin/stock/tea/adjustments";

#[tokio::test]
async fn what_is_received_is_on_hand_and_available() {
    let shop = TestShop::open().await;
    let body = json!({ "location_id": shop.location().await, "reason": "received", "delta": 10, "note": "delivery 4711" });
    let made = shop.post(PATH).staff().json(&body).await.expect(201);
    assert_eq!((made.at("/delta"), made.at("/on_hand")), (&json!(10), &json!(10)));
    let level = shop.level("tea").await;
    assert_eq!(
        (&level["on_hand"], &level["reserved"], &level["available"]),
        (&json!(10), &json!(0), &json!(10))
    );
}

#[tokio::test]
async fn a_repeated_adjustment_counts_once() {
    let shop = TestShop::open().await;
    let body = json!({ "location_id": shop.location().await, "reason": "received", "delta": 10 });
    let adjust = || shop.post(PATH).staff().key("k-1").json(&body);
    let first = adjust().await.expect(201);
    assert_eq!(adjust().await.expect(201).bytes(), first.bytes());
    assert_eq!(shop.level("tea").await["on_hand"], 10);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_taken_away() {
    let shop = TestShop::open().await;
    shop.adjust("tea", 3).await;
    let body = json!({ "location_id": shop.location().await, "reason": "damaged", "delta": -4 });
    shop.post(PATH)
        .staff()
        .json(&body)
        .await
        .refuses(409, "below_reserved");
    assert_eq!(shop.level("tea").await["on_hand"], 3);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "location_id": shop.location().await, "reason": "received", "delta": 10 });
    shop.post(PATH).json(&body).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "location_id": shop.location().await, "reason": "stolen", "delta": 1.5 });
    let refused = shop
        .post(PATH)
        .staff()
        .json(&body)
        .await
        .refuses(400, "invalid_request");
    refused.names("reason").names("delta");
    let body = json!({ "location_id": shop.location().await, "reason": "received", "delta": -1 });
    shop.post(PATH)
        .staff()
        .json(&body)
        .await
        .refuses(400, "adjustment_sign_wrong");
    let body = json!({ "location_id": "loc_01h455vb4pex5vsknk084sn02q", "reason": "received", "delta": 1 });
    let refused = shop.post(PATH).staff().json(&body).await;
    assert!(
        [400, 404].contains(&refused.status()),
        "an unknown location\n{refused}"
    );
}
