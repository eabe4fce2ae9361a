//! `POST /v1/sessions/providers/{provider}`, seen from outside. Whole ways there and back are in `oidc`.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_provider_that_is_not_there_or_off_is_missing() {
    let shop = TestShop::open().await;
    shop.send_sample("federation-begin", "unknown")
        .await
        .refuses(404, "not_found");
    let mut body = crate::shop::sample("federation-put-provider", "example")["body"].clone();
    body["enabled"] = json!(false);
    shop.put("/v1/admin/identity-providers/example")
        .staff()
        .json(&body)
        .await
        .expect(200);
    shop.send_sample("federation-begin", "unknown")
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "redirect_uri": "https://evil.example/" });
    let refused = shop.post("/v1/sessions/providers/example").json(&body).await;
    refused.refuses(400, "invalid_request");
    shop.post("/v1/sessions/providers/No%20Name")
        .json(&json!({}))
        .await
        .refuses(404, "not_found");
}
