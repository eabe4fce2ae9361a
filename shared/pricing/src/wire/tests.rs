//! What is put can be read again.

use kernel::{Handle, Time};
use serde_json::json;

use super::*;
use crate::region::Terms;

#[test]
fn a_region_reads_back_as_it_was_put() {
    let body = json!({
        "name": "Europe", "currency": "EUR", "countries": ["DE"],
        "tax": {"mode": "gross", "default_rate": "0.19", "rates": {"books": "0.07"}},
        "shipping_options": [{
            "option_id": "post", "name": "Post",
            "amount": {"amount": 490, "currency": "EUR"}, "free_from": {"amount": 5000, "currency": "EUR"}
        }]
    });
    let put: PutRegion = serde_json::from_value(body.clone()).unwrap();
    let terms = Terms::try_from(put).unwrap();
    let region = terms
        .into_region(Handle::parse("eu").unwrap(), None, Time::from_unix_ms(0))
        .unwrap();
    let view = serde_json::to_value(RegionView::from(region)).unwrap();
    for field in ["name", "currency", "countries", "shipping_options"] {
        assert_eq!(view[field], body[field], "{field}");
    }
    assert_eq!(view["tax"]["shipping_category"], "standard");
    assert_eq!(view["tax"]["rates"], body["tax"]["rates"]);
    assert_eq!(view["version"], 1);
}

#[test]
fn a_misspelled_field_is_refused() {
    let body = json!({"name": "Europe", "currency": "EUR", "countries": ["DE"], "taxes": {}});
    assert!(serde_json::from_value::<PutRegion>(body).is_err());
}
