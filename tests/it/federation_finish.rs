//! `POST /v1/sessions/providers/{provider}/callback`, seen from outside. Whole ways there and back are in `oidc`.

use serde_json::json;

use crate::shop::TestShop;

// ID-25
#[tokio::test]
async fn a_way_back_that_nobody_began_leads_nowhere() {
    let shop = TestShop::open().await;
    let refused = shop.send_sample("federation-finish", "forged").await;
    refused.refuses(409, "federation_attempt_over");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop
        .post("/v1/sessions/providers/example/callback")
        .json(&json!({ "code": "" }))
        .await;
    refused.refuses(400, "invalid_request").names("code");
}
