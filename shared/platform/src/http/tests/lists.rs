//! Pages and cursors.

use kernel::Duration;

use super::{list, shop};

#[tokio::test]
async fn a_list_is_walked_by_cursor_without_gap_or_repeat() {
    let shop = shop!(list, "GET /v1/things");
    let (mut path, mut seen) = ("/v1/things?color=red&limit=20".to_owned(), Vec::new());
    for _ in 0..3 {
        let got = shop.send(&format!("GET {path}"), &[], "").await;
        let page = got.json();
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|thing| thing["id"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => {
                let next = format!("/v1/things?color=red&limit=20&cursor={cursor}");
                assert_eq!(got.header("link"), format!("<{next}>; rel=\"next\""));
                path = next;
            }
            None => assert_eq!((page["next_cursor"].is_null(), got.header("link")), (true, "")),
        }
    }
    let all: Vec<String> = (0..50).map(|index| index.to_string()).collect();
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_query_only() {
    let shop = shop!(list, "GET /v1/things");
    let first = shop
        .send("GET /v1/things?color=red&at_least=1", &[], "")
        .await
        .json();
    assert_eq!(first["data"].as_array().unwrap().len(), 20);
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    let ask = async |query: String| shop.send(&format!("GET /v1/things?{query}"), &[], "").await;
    for good in ["at_least=1&color=red", "color=red&limit=5&at_least=1"] {
        assert_eq!(ask(format!("{good}&cursor={cursor}")).await.status, 200, "{good}");
    }
    for bad in ["color=blue&at_least=1", "color=red", ""] {
        let got = ask(format!("{bad}&cursor={cursor}")).await;
        assert_eq!((got.status, got.code().as_str()), (400, "bad_cursor"), "{bad}");
    }
    assert_eq!(ask("cursor=nonsense".into()).await.code(), "bad_cursor");
    shop.clock.forward(Duration::hours(24));
    assert_eq!(
        ask(format!("color=red&at_least=1&cursor={cursor}")).await.code(),
        "bad_cursor"
    );
}
