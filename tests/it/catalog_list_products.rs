//! `GET /v1/products`, seen from outside.

use std::collections::BTreeSet;

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn only_what_is_on_sale_is_listed_the_last_published_first() {
    let shop = TestShop::open().await;
    shop.product("oolong").price(900).await;
    shop.product("secret").draft().await;
    shop.product("sencha").price(1999).await;

    let seen = shop.get("/v1/products").await.expect(200);

    let titles: Vec<&str> = seen
        .data()
        .iter()
        .filter_map(|card| card["title"].as_str())
        .collect();
    assert_eq!(titles, ["The sencha", "The oolong"]);
    assert_eq!(
        seen.at("/data/0/prices_from/0"),
        &json!({ "amount": 1999, "currency": "EUR" })
    );
    assert!(seen.header("cache-control").unwrap().contains("public"));
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let shop = TestShop::open().await;
    for number in 0..5 {
        shop.product(&format!("tea-{number}")).await;
    }
    let mut seen = BTreeSet::new();
    let mut path = "/v1/products?limit=2".to_owned();
    for expected in [2, 2, 1] {
        let page = shop.get(&*path).await.expect(200);
        assert_eq!(page.data().len(), expected, "{page}");
        seen.extend(
            page.data()
                .iter()
                .map(|card| card["product_id"].as_str().unwrap().to_owned()),
        );
        // What is published meanwhile comes before everything: it must not shift the rest.
        shop.product(&format!("late-{expected}-{}", seen.len())).await;
        match page.at("/next_cursor").as_str() {
            Some(cursor) => {
                assert!(page.header("link").unwrap().contains("rel=\"next\""));
                path = format!("/v1/products?limit=2&cursor={cursor}");
            }
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let shop = TestShop::open().await;
    shop.product("oolong").await;
    shop.product("sencha").await;
    let page = shop.get("/v1/products?limit=1").await.expect(200);
    let cursor = page.text("/next_cursor");
    shop.get(format!("/v1/products?limit=1&currency=EUR&cursor={cursor}"))
        .await
        .refuses(400, "bad_cursor");
    shop.get(format!("/v1/categories?limit=1&cursor={cursor}"))
        .await
        .refuses(400, "bad_cursor");
    shop.get("/v1/products?cursor=nonsense")
        .await
        .refuses(400, "bad_cursor");
}

#[tokio::test]
async fn a_category_lists_what_is_in_it() {
    let shop = TestShop::open().await;
    let tea = shop.category("tea", None).await;
    shop.product("mug").await;
    let body = json!({
        "title": "Sencha", "category_ids": [tea],
        "variants": [{ "sku": "sencha", "prices": [{ "amount": 900, "currency": "EUR" }] }],
    });
    let made = shop
        .post("/v1/admin/products")
        .staff()
        .json(&body)
        .await
        .expect(201);
    shop.post(format!("/v1/admin/products/{}/publish", made.text("/product_id")))
        .staff()
        .await
        .expect(200);

    let seen = shop.get("/v1/products?category=tea").await.expect(200);

    assert_eq!(seen.data().len(), 1);
    assert_eq!(seen.text("/data/0/title"), "Sencha");
    shop.get("/v1/products?category=coffee")
        .await
        .refuses(404, "not_found");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/products?limit=0")
        .await
        .refuses(400, "invalid_request")
        .names("limit");
    shop.get("/v1/products?limit=many")
        .await
        .refuses(400, "invalid_request")
        .names("limit");
    shop.get("/v1/products?sort=price")
        .await
        .refuses(400, "invalid_request")
        .names("sort");
    shop.get("/v1/products?category=tea&handle=sencha")
        .await
        .refuses(400, "filters_conflict");
}
