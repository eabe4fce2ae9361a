//! `GET /.well-known/openid-configuration`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

// ID-12 ID-13
#[tokio::test]
async fn the_document_names_this_shop_and_only_what_is_safe() {
    let shop = TestShop::open().await;
    let document = shop.get("/.well-known/openid-configuration").await.expect(200);
    assert_eq!(document.text("/issuer"), shop.url());
    assert_eq!(document.at("/response_types_supported"), &json!(["code"]));
    assert_eq!(document.at("/code_challenge_methods_supported"), &json!(["S256"]));
    assert_eq!(
        document.at("/authorization_response_iss_parameter_supported"),
        &json!(true)
    );
    let grants = document.at("/grant_types_supported").to_string();
    assert!(
        !grants.contains("implicit") && !grants.contains("password"),
        "{grants}"
    );
    assert!(
        document
            .header("cache-control")
            .is_some_and(|value| value.contains("max-age"))
    );
}

#[tokio::test]
async fn every_endpoint_it_names_is_there() {
    let shop = TestShop::open().await;
    let document = shop.get("/.well-known/openid-configuration").await.expect(200);
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "pushed_authorization_request_endpoint",
    ] {
        let address = document.text(&format!("/{name}"));
        let path = address
            .strip_prefix(shop.url())
            .unwrap_or_else(|| panic!("{address} is elsewhere"));
        let routes = shop.manifest().functions.values();
        let served = routes.filter_map(|function| match &function.trigger {
            manifest::Trigger::Http(http) => Some(http.route.to_string()),
            _ => None,
        });
        assert!(
            served
                .into_iter()
                .any(|route| route.ends_with(&format!(" {path}"))),
            "{path}"
        );
    }
}
