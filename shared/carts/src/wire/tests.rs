//! The JSON that clients send and see.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{AddLine, CartView, CreateCart, UpdateCart, UpdateLine};
use crate::cart::tests::cart;
use crate::cart::{Details, Status};
use crate::quote::Quote;
use crate::quote::tests::{complete_cart, region};

fn view(cart: crate::Cart) -> CartView {
    let quote = Quote::of(&cart, &region(), &BTreeMap::new()).unwrap();
    CartView::new(cart, quote, None)
}

fn json(view: &CartView) -> Value {
    serde_json::to_value(view).unwrap()
}

#[test]
fn null_empties_and_absence_leaves() {
    let patch: UpdateCart = serde_json::from_value(json!({ "email": null })).unwrap();
    assert_eq!(
        Details::from(patch),
        Details {
            email: Some(None),
            ..Details::default()
        }
    );
    let patch: UpdateCart = serde_json::from_value(json!({})).unwrap();
    assert_eq!(patch, UpdateCart::default());
}

#[test]
fn unknown_fields_are_refused() {
    let typo = json!({ "region_id": "eu", "emial": "anna@example.com" });
    assert!(serde_json::from_value::<CreateCart>(typo).is_err());
    assert!(serde_json::from_value::<UpdateLine>(json!({ "quantity": 1, "sku": "tea" })).is_err());
    assert!(serde_json::from_value::<UpdateCart>(json!({ "status": "completed" })).is_err());
}

#[test]
fn one_piece_is_added_unless_said_otherwise() {
    let add: AddLine = serde_json::from_value(json!({ "sku": "tea" })).unwrap();
    assert_eq!(add.quantity.get(), 1);
    assert!(serde_json::from_value::<AddLine>(json!({ "sku": "tea", "quantity": 0 })).is_err());
}

#[test]
fn a_cart_shows_what_is_wrong_and_what_is_missing() {
    let empty = json(&view(cart()));
    assert_eq!(
        empty["missing"],
        json!(["lines", "email", "shipping_address", "shipping_option_id"])
    );
    assert_eq!(empty["total"], json!({ "amount": 0, "currency": "EUR" }));
    assert_eq!(empty["allowed_actions"], json!(["update", "add_line"]));
    let unsold = json(&view(complete_cart()));
    assert_eq!(unsold["problems"][0]["code"], "not_for_sale");
    assert_eq!(unsold["quote_id"], Value::Null);
}

#[test]
fn a_closed_cart_offers_nothing_but_its_order() {
    let mut closed = complete_cart();
    closed.status = Status::Completed;
    closed.order_id = Some(crate::OrderId::parse("order_01h455vb4pex5vsknk084sn02q").unwrap());
    let closed = json(&view(closed));
    assert_eq!(closed["status"], "completed");
    assert_eq!(
        (
            &closed["problems"],
            &closed["missing"],
            &closed["allowed_actions"]
        ),
        (&json!([]), &json!([]), &json!([]))
    );
    assert_eq!(
        closed["links"]["order"],
        "/v1/orders/order_01h455vb4pex5vsknk084sn02q"
    );
    assert_eq!(closed["expires_at"], Value::Null);
}

#[test]
fn the_entity_tag_changes_exactly_when_the_view_does() {
    let first = view(complete_cart());
    assert_eq!(first.etag(), view(complete_cart()).etag());
    assert_ne!(first.etag(), view(cart()).etag());
}
