//! JSON in, rules out; rules in, JSON out.

use std::collections::BTreeMap;

use kernel::{Ids, SeededRandom, Time};
use serde_json::json;

use super::*;
use crate::patch::{NotesPatch, Patch};
use crate::product::{Change, ChangeId, NewProduct, Product, ProductId};

fn product(body: serde_json::Value) -> Product {
    let random = SeededRandom::new(1);
    let ids = Ids::new(Time::from_unix_ms(1_700_000_000_000), &random);
    let body: CreateProduct = serde_json::from_value(body).unwrap();
    let change = Change {
        change_id: ChangeId::mint(&ids),
        now: ids.now(),
    };
    Product::draft(
        ProductId::mint(&ids),
        NewProduct::try_from(body).unwrap(),
        &ids,
        change,
    )
    .unwrap()
}

fn patch(body: serde_json::Value) -> Patch {
    serde_json::from_value::<UpdateProduct>(body).unwrap().into()
}

#[test]
fn a_product_of_few_words_gets_the_defaults() {
    let tea = product(json!({"title": " Tea ", "variants": [{"sku": "tea"}]}));
    assert_eq!((tea.content.title.as_str(), tea.handle.as_str()), ("Tea", "tea"));
    assert_eq!(tea.content.tax_category.as_str(), "standard");
    assert!(tea.variants[0].spec.tracks_inventory);
    assert!(!tea.variants[0].spec.allow_backorder);
}

#[test]
fn a_merge_patch_keeps_what_is_absent_and_removes_what_is_null() {
    assert_eq!(patch(json!({})), Patch::default());
    let cleared = patch(json!({"title": null, "tags": null, "tax_category": null, "metadata": null}));
    assert_eq!(cleared.title.as_deref(), Some(""));
    assert_eq!(cleared.tags, Some(Vec::new()));
    assert_eq!(cleared.tax_category.unwrap().as_str(), "standard");
    assert_eq!(cleared.metadata, NotesPatch::Clear);
}

#[test]
fn notes_are_merged_one_by_one() {
    let tea = product(json!({"title": "Tea", "metadata": {"erp": "7", "shelf": "A"}}));
    let revised = patch(json!({"metadata": {"erp": null, "color": "green"}})).on(&tea);
    let expected = [("color", "green"), ("shelf", "A")];
    let expected: BTreeMap<_, _> = expected
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert_eq!(revised.content.metadata, expected);
}

#[test]
fn an_unknown_field_is_refused_and_a_handle_is_never_removed() {
    assert!(serde_json::from_value::<UpdateProduct>(json!({"titel": "Tea"})).is_err());
    let schema = schemars::schema_for!(UpdateProduct).to_value();
    assert_eq!(schema.pointer("/$defs/Handle/type"), Some(&json!("string")));
    assert_eq!(
        schema.pointer("/properties/handle/$ref"),
        Some(&json!("#/$defs/Handle"))
    );
    assert_eq!(schema.pointer("/properties/handle/default"), None);
    assert_eq!(schema.pointer("/required"), None);
}

#[test]
fn buyers_do_not_see_what_is_for_staff() {
    let tea = product(json!({"title": "Tea", "metadata": {"erp": "7"}, "variants": [
        {"sku": "tea", "prices": [{"amount": 100, "currency": "EUR"}, {"amount": 110, "currency": "USD"}]}
    ]}));
    let shown = serde_json::to_value(ProductView::of(tea.clone(), Some(kernel::Currency::EUR))).unwrap();
    for hidden in ["metadata", "status", "version", "tax_category"] {
        assert!(shown.get(hidden).is_none(), "{hidden}");
    }
    assert_eq!(
        shown["variants"][0]["prices"],
        json!([{"amount": 100, "currency": "EUR"}])
    );
    let staff = serde_json::to_value(StaffProductView::from(tea)).unwrap();
    assert_eq!(staff["allowed_actions"], json!(["update", "publish"]));
    assert_eq!(staff["variants"][0]["sku"], "tea");
    assert_eq!(
        staff["links"]["publish"],
        format!("{}/publish", staff["links"]["self"].as_str().unwrap())
    );
}

#[test]
fn two_filters_at_once_are_refused() {
    let both: ListProducts = serde_json::from_value(json!({"category": "tea", "handle": "tea"})).unwrap();
    assert_eq!(both.filter().unwrap_err().code(), "filters_conflict");
}
