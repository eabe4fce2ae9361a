//! Entity tags: 304 for what the client holds, 412 for what is no longer so.

use super::{TEA, change, get, shop};
use crate::http::IfMatch;

#[tokio::test]
async fn a_version_that_the_client_holds_is_not_sent_again() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let first = shop.send("GET /v1/things/1", &[], "").await;
    assert_eq!(first.header("etag"), "\"7\"");
    assert_eq!(
        first.header("cache-control"),
        "public, max-age=60, stale-while-revalidate=60"
    );
    for held in ["\"7\"", "W/\"7\"", "\"1\", \"7\"", "*"] {
        let got = shop
            .send("GET /v1/things/1", &[("if-none-match", held)], "")
            .await;
        assert_eq!(
            (got.status, got.bytes.len(), got.header("content-type")),
            (304, 0, ""),
            "{held}"
        );
        assert!(got.header("etag").contains("\"7\""));
        assert_eq!(got.header("cache-control"), first.header("cache-control"));
    }
    for other in ["\"8\"", "7", "\"77\""] {
        assert_eq!(
            shop.send("GET /v1/things/1", &[("if-none-match", other)], "")
                .await
                .status,
            200,
            "{other}"
        );
    }
}

#[tokio::test]
async fn the_tag_of_a_compressed_answer_is_known_again() {
    let shop = shop!(get, "GET /v1/things/{thing_id}");
    let packed = shop
        .send("GET /v1/things/long", &[("accept-encoding", "gzip")], "")
        .await;
    let tag = packed.header("etag").to_owned();
    let again = shop
        .send(
            "GET /v1/things/long",
            &[("accept-encoding", "gzip"), ("if-none-match", &tag)],
            "",
        )
        .await;
    assert_eq!((again.status, again.header("etag")), (304, &*tag));
}

#[tokio::test]
async fn a_change_of_an_old_version_is_stale() {
    let shop = shop!(change, "PATCH /v1/things/{thing_id}");
    let json = ("content-type", "application/json");
    for good in ["\"7\"", "\"7+gzip\"", "*"] {
        let got = shop
            .send("PATCH /v1/things/1", &[json, ("if-match", good)], TEA)
            .await;
        assert_eq!(got.status, 204, "{good}");
    }
    for stale in ["\"6\"", "W/\"7\"", "\"x\"", "7"] {
        let got = shop
            .send("PATCH /v1/things/1", &[json, ("if-match", stale)], TEA)
            .await;
        assert_eq!((got.status, got.code().as_str()), (412, "stale"), "{stale}");
    }
    let several = shop
        .send("PATCH /v1/things/1", &[json, ("if-match", "\"6\", \"7\"")], TEA)
        .await;
    assert_eq!((several.status, several.code().as_str()), (400, "bad_if_match"));
}

#[test]
fn a_version_may_be_required_or_compared() {
    assert!(IfMatch::Absent.require_version().is_err());
    let tags = IfMatch::Tags(vec!["\"6\"".into(), "\"7\"".into()]);
    assert!(tags.check(7).is_ok() && tags.check(8).is_err());
    assert!(IfMatch::Any.check(8).is_ok());
}
