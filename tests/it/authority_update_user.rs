//! `PATCH /v1/admin/users/{user_id}`, seen from outside.

use serde_json::json;

use crate::shop::{PASSWORD, TestShop};

// ID-20: a role acts at once, for sessions that run already.
#[tokio::test]
async fn a_role_acts_at_the_next_request() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    shop.get("/v1/admin/orders")
        .person(&ada)
        .await
        .refuses(403, "forbidden");
    shop.give_roles(&ada, &["support"]).await;
    shop.get("/v1/admin/orders").person(&ada).await.expect(200);
    shop.give_roles(&ada, &[]).await;
    shop.get("/v1/admin/orders")
        .person(&ada)
        .await
        .refuses(403, "forbidden");
}

// ID-17: disabling somebody ends their sessions.
#[tokio::test]
async fn a_disabled_user_is_out_and_stays_out_of_old_sessions() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let path = format!("/v1/admin/users/{}", shop.user_id(&ada).await);
    for status in ["disabled", "active"] {
        let changed = shop
            .patch(&*path)
            .staff()
            .patch_with(&json!({ "status": status }))
            .await
            .expect(200);
        assert_eq!(changed.text("/status"), status);
        shop.get("/v1/account/sessions")
            .person(&ada)
            .await
            .refuses(401, "unauthenticated");
    }
    shop.log_in("ada@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_hold_and_the_last_owner_stays() {
    let shop = TestShop::open().await;
    let admin = shop.staff_person("admin@example.com", &["admin"]).await;
    let owner = shop.customer("owner@example.com").await;
    shop.give_roles(&owner, &["owner"]).await;
    let path = format!("/v1/admin/users/{}", shop.user_id(&owner).await);
    let own = format!("/v1/admin/users/{}", shop.user_id(&admin).await);
    for (path, body) in [
        (&own, json!({ "roles": ["owner"] })),
        (&path, json!({ "roles": [] })),
        (&path, json!({ "status": "disabled" })),
    ] {
        shop.patch(&**path)
            .person(&admin)
            .patch_with(&body)
            .await
            .refuses(409, "exceeds_grantor");
    }
    for body in [json!({ "roles": ["admin"] }), json!({ "status": "disabled" })] {
        shop.patch(&*path)
            .staff()
            .patch_with(&body)
            .await
            .refuses(409, "last_owner");
    }
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let path = format!("/v1/admin/users/{}", shop.user_id(&ada).await);
    let read = shop.get(&*path).staff().await.expect(200);
    let give = |role: &str| {
        let ask = shop.patch(&*path).staff().if_match(read.etag());
        ask.patch_with(&json!({ "roles": [role] }))
    };
    give("support").await.expect(200);
    give("catalog").await.refuses(412, "stale");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.patch("/v1/admin/users/usr_01h455vb4pex5vsknk084sn02q")
        .patch_with(&json!({ "roles": [] }))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.patch("/v1/admin/users/usr_01h455vb4pex5vsknk084sn02q")
        .bearer(&key)
        .patch_with(&json!({ "roles": [] }))
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.patch("/v1/admin/users/usr_01h455vb4pex5vsknk084sn02q")
        .person(&analyst)
        .patch_with(&json!({ "roles": [] }))
        .await
        .refuses(403, "forbidden");
}

// ID-19: what cannot be set is refused, not ignored.
#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let path = format!("/v1/admin/users/{}", shop.user_id(&ada).await);
    for (body, field) in [
        (json!({ "email": "eve@example.com" }), "email"),
        (json!({ "status": "erased" }), "status"),
        (json!({ "epoch": 1 }), "epoch"),
    ] {
        shop.patch(&*path)
            .staff()
            .patch_with(&body)
            .await
            .refuses(400, "invalid_request")
            .names(field);
    }
    shop.patch(&*path)
        .staff()
        .patch_with(&json!({ "roles": ["night-shift"] }))
        .await
        .refuses(400, "role_unknown");
}
