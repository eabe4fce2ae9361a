//! What no other route serves, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn an_unknown_path_is_404_with_our_body() {
    let shop = TestShop::open().await;
    shop.get("/v1/nowhere").await.refuses(404, "route_not_found");
    shop.post("/v1/nowhere").await.refuses(404, "route_not_found");
}

// ID-24
#[tokio::test]
async fn a_known_path_with_another_method_is_405_and_names_its_methods() {
    let shop = TestShop::open().await;
    let refused = shop
        .delete("/v1/products")
        .await
        .refuses(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), Some("GET"));
    let refused = shop
        .delete("/v1/admin/products/anything")
        .await
        .refuses(405, "method_not_allowed");
    let allowed = refused.header("allow").unwrap_or_default();
    assert!(allowed.contains("GET") && allowed.contains("PATCH"), "{allowed}");
}

#[tokio::test]
async fn a_client_that_asks_for_problem_details_gets_them() {
    let shop = TestShop::open().await;
    let refused = shop
        .get("/v1/nowhere")
        .header("accept", "application/problem+json")
        .await
        .expect(404);
    assert!(
        refused
            .header("content-type")
            .unwrap()
            .starts_with("application/problem+json")
    );
    assert_eq!(
        (refused.at("/status"), refused.text("/code")),
        (&404.into(), "route_not_found")
    );
}
