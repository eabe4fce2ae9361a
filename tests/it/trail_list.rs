//! `GET /v1/admin/audit`, seen from outside.

use serde_json::{Value, json};

use crate::shop::TestShop;

async fn actions(shop: &TestShop, query: &str) -> Vec<(String, String)> {
    let listed = shop
        .get(format!("/v1/admin/audit?{query}"))
        .staff()
        .await
        .expect(200);
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = listed.data().iter();
    entries
        .map(|entry| (text(entry, "action"), text(entry, "outcome")))
        .collect()
}

// ASVS 16.3: denials and staff changes are on the trail, with who, what, from where and the request's id.
#[tokio::test]
async fn denials_and_changes_by_staff_are_listed_newest_first() {
    let shop = TestShop::open().await;
    let useless = shop.key_with(&["nothing.at_all"]).await;
    let location = json!({ "name": "Depot" });
    let denied = shop
        .post("/v1/admin/locations")
        .bearer(&useless)
        .json(&location)
        .await;
    denied.refuses(403, "forbidden");
    shop.post("/v1/admin/locations")
        .staff()
        .header("x-request-id", "req-made")
        .json(&location)
        .await
        .expect(201);

    let made = |outcome: &str| ("inventory-create-location".to_owned(), outcome.to_owned());
    let listed = actions(&shop, "action=inventory-create-location&limit=100").await;
    assert!(
        listed.starts_with(&[made("allowed"), made("attempted")]),
        "{listed:?}"
    );

    let listed = shop
        .get("/v1/admin/audit?action=access.denied&limit=100")
        .staff()
        .await;
    let entry = &listed.expect(200).data()[0].clone();
    assert_eq!(entry["outcome"], "denied");
    assert!(entry["actor"].as_str().unwrap().starts_with("key_"), "{entry}");
    assert_eq!(entry["address"], "127.0.0.1");
    assert_eq!(entry["detail"]["operation"], "inventory-create-location");
    assert_eq!(entry["detail"]["code"], "forbidden");

    let actor = entry["actor"].as_str().unwrap();
    assert_eq!(actions(&shop, &format!("actor={actor}")).await.len(), 1);
    assert_eq!(actions(&shop, "subject=nobody").await.len(), 0);
}

#[tokio::test]
async fn the_subject_of_a_change_is_what_its_path_names() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    order.ship().await;
    let listed = actions(&shop, &format!("subject={}", order.id)).await;
    assert!(
        listed.contains(&("orders-ship".to_owned(), "allowed".to_owned())),
        "{listed:?}"
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/audit").await.refuses(401, "unauthenticated");
    let other = shop.key_with(&["orders.read"]).await;
    shop.get("/v1/admin/audit")
        .bearer(&other)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let ask = async |query: &str| shop.get(format!("/v1/admin/audit?{query}")).staff().await;
    ask("nonsense=1").await.refuses(400, "invalid_request");
    ask("from=2026-02-30")
        .await
        .refuses(400, "invalid_request")
        .names("from");
    ask("from=2026-02-02&to=2026-02-01")
        .await
        .refuses(400, "invalid_request")
        .names("from");
    ask("cursor=forged").await.refuses(400, "bad_cursor");
}
