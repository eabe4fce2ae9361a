//! `DELETE /v1/carts/{cart_id}/lines/{line_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn a_line_goes_and_the_second_delete_is_as_the_first() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(10).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let seen = shop.look(&cart).await;
    let line = format!("{}/lines/{}", cart.path(), seen.text("/lines/0/line_id"));

    for _ in 0..2 {
        let gone = shop.delete(&*line).guest(&cart.token).await.expect(204);
        assert!(gone.bytes().is_empty());
    }

    assert_eq!(
        shop.look(&cart).await.at("/lines").as_array().map(Vec::len),
        Some(0)
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(10).await;
    let (mine, yours) = (shop.cart_with([("tea", 2)]).await, shop.cart().await);
    let seen = shop.look(&mine).await;
    let line = format!("{}/lines/{}", mine.path(), seen.text("/lines/0/line_id"));
    shop.delete(&*line).await.refuses(401, "unauthenticated");
    shop.delete(&*line)
        .guest(&yours.token)
        .await
        .refuses(404, "not_found");
    assert_eq!(
        shop.look(&mine).await.at("/lines").as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    let refused = shop
        .delete(format!("{}/lines/nonsense", cart.path()))
        .guest(&cart.token)
        .await;
    refused.refuses(404, "not_found");
}
