//! `GET /v1/admin/products`, seen from outside.

use crate::shop::TestShop;

const PATH: &str = "/v1/admin/products";

#[tokio::test]
async fn staff_sees_every_product_or_those_of_one_status() {
    let shop = TestShop::open().await;
    shop.product("oolong").await;
    shop.product("secret").draft().await;
    assert_eq!(shop.get(PATH).staff().await.expect(200).data().len(), 2);
    let drafts = shop.get(format!("{PATH}?status=draft")).staff().await.expect(200);
    assert_eq!(drafts.data().len(), 1);
    assert_eq!(
        (drafts.text("/data/0/title"), drafts.text("/data/0/status")),
        ("The secret", "draft")
    );
}

#[tokio::test]
async fn pages_follow_each_other_over_all_statuses() {
    let shop = TestShop::open().await;
    for number in 0..3 {
        shop.product(&format!("tea-{number}")).await;
        shop.product(&format!("draft-{number}")).draft().await;
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = shop
            .get(format!("{PATH}?limit=2{cursor}"))
            .staff()
            .await
            .expect(200);
        seen.extend(
            page.data()
                .iter()
                .map(|product| product["product_id"].as_str().unwrap().to_owned()),
        );
        match page.at("/next_cursor").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get(PATH).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get(format!("{PATH}?status=lost"))
        .staff()
        .await
        .refuses(400, "invalid_request")
        .names("status");
}
