//! `cartwright audit`: whether everything adds up, asked from outside.

use std::process::Output;

use crate::shop::{TestShop, cartwright};

fn audit(arguments: &[&str]) -> Output {
    cartwright().arg("audit").args(arguments).output().unwrap()
}

/// What it printed, out and err.
fn told(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

#[tokio::test]
async fn a_shop_that_adds_up_is_counted_and_passes() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 2).await;
    order.ship().await;
    let output = audit(&["--url", shop.url()]);
    let told = told(&output);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("1 orders") && told.contains("1 payments"), "{told}");
    assert!(told.contains("everything adds up"), "{told}");
}

#[tokio::test]
async fn what_does_not_add_up_is_named_and_fails() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let order = shop.place(&cart).await;
    order.until("confirmed").await;
    let key = format!("cart#{}", cart.id);
    shop.set("carts", (&key, "cart"), "order_id", "order_nowhere")
        .await;
    let output = audit(&["--url", shop.url()]);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(&format!("orders-1: {}", cart.id)), "{told}");

    let at_every_moment = audit(&["--busy", "--url", shop.url()]);
    assert!(
        at_every_moment.status.success(),
        "it is a rule of shops at rest: {}",
        self::told(&at_every_moment)
    );
}

#[tokio::test]
async fn a_stopped_shop_is_audited_in_its_folder_and_a_running_one_is_not() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let shop = TestShop::open_in(data.path()).await;
    shop.confirmed_order("tea", 2).await;
    let refused = audit(&["--data", folder]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        told(&refused).contains("another stack uses"),
        "{}",
        told(&refused)
    );

    shop.close().await;
    let output = audit(&["--data", folder]);
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("1 orders"), "{}", told(&output));
}

#[test]
fn where_there_is_no_shop_there_is_no_clean_audit() {
    let empty = tempfile::tempdir().unwrap();
    let output = audit(&["--data", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("there is no shop"), "{}", told(&output));
    assert_eq!(
        audit(&["--url", "http://127.0.0.1:1"]).status.code(),
        Some(1),
        "nothing runs there"
    );
}
