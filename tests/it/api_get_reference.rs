//! `GET /docs`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn the_reference_is_a_page() {
    let shop = TestShop::open().await;
    let seen = shop.get("/docs").await.expect(200);
    assert!(seen.header("content-type").unwrap().starts_with("text/html"));
    let policy = seen.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("http:"),
        "{policy}"
    );
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again() {
    let shop = TestShop::open().await;
    let first = shop.get("/docs").await.expect(200);
    shop.get("/docs").if_none_match(first.etag()).await.expect(304);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/docs?page=2").await.refuses(400, "invalid_request");
}
