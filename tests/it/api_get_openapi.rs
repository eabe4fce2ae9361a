//! `GET /v1/openapi.json`, seen from outside.

use std::collections::BTreeSet;

use crate::shop::{TestShop, root};

#[tokio::test]
async fn the_contract_is_the_committed_one() {
    let shop = TestShop::open().await;
    let seen = shop.get("/v1/openapi.json").await.expect(200);
    let committed = std::fs::read(root().join("openapi.json")).unwrap();
    assert!(seen.bytes() == &committed, "run `cargo xtask openapi`");
}

#[tokio::test]
async fn every_route_of_the_manifest_is_in_it() {
    let shop = TestShop::open().await;
    let seen = shop.get("/v1/openapi.json").await.expect(200);
    let paths = seen.at("/paths").as_object().unwrap();
    let operations = paths.values().flat_map(|item| item.as_object().unwrap().values());
    let told: BTreeSet<&str> = operations
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    let known = shop.manifest().routes();
    let known: BTreeSet<&str> = known.iter().map(|(_, function)| function.name.as_str()).collect();
    let missing: Vec<_> = known.difference(&told).collect();
    assert_eq!(
        missing,
        [&"api-answer-unknown"],
        "only the default route has no operation"
    );
}

#[tokio::test]
async fn an_unchanged_contract_is_not_sent_again() {
    let shop = TestShop::open().await;
    let first = shop.get("/v1/openapi.json").await.expect(200);
    shop.get("/v1/openapi.json")
        .if_none_match(first.etag())
        .await
        .expect(304);
    shop.get("/v1/openapi.json?v=2")
        .await
        .refuses(400, "invalid_request");
}
