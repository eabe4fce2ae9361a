//! The stream of table `trail`, seen from outside: every entry is bound to the one before it.

use crate::shop::TestShop;

// ASVS 16.3: the audit verifies the chain, and names what was tampered with.
#[tokio::test]
async fn every_entry_is_bound_and_one_that_is_changed_is_named() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/orders")
        .bearer("forged")
        .await
        .refuses(401, "unauthenticated");
    shop.product("tea").stock(5).await;
    shop.quiet().await;
    let report = shop.audit().await;
    assert!(report.counted["audit entries"] >= 2, "{:?}", report.counted);
    assert_eq!(report.counted["audit entries"], report.counted["audit links"]);

    let links = shop.rows("trail-chain").await;
    let link = links.iter().find(|row| row["entry_hash"].is_string()).unwrap();
    let key = (
        link["entry_pk"].as_str().unwrap(),
        link["entry_sk"].as_str().unwrap(),
    );
    shop.set("trail", key, "actor", "somebody-else").await;
    let report = cartwright::auditor::running(shop.url(), audit::Moment::AtRest)
        .await
        .unwrap();
    assert_eq!(report.findings[0].invariant, "trail-2");
}

#[tokio::test]
async fn nothing_gets_stuck() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/orders")
        .bearer("forged")
        .await
        .refuses(401, "unauthenticated");
    assert_eq!(shop.parked("trail-stream").await.len(), 0);
}
