//! The JSON that clients send and see.

use kernel::Fault;
use serde_json::{Value, json};

use super::{
    CancelOrder, CreateOrder, CreatePaymentMethod, OrderSummaryView, OrderView, StaffOrderView, StatusWord,
    Viewer,
};
use crate::order::tests::{NOW, order_at, payment};
use crate::order::{Order, PaymentMethod, PaymentStatus, Status};

fn buyers(order: Order) -> Value {
    serde_json::to_value(OrderView::new(order, Viewer::Buyer)).unwrap()
}

fn staffs(order: Order) -> Value {
    serde_json::to_value(StaffOrderView::from(order)).unwrap()
}

#[test]
fn a_buyer_is_offered_only_what_a_buyer_may_do() {
    let confirmed = order_at(Status::Confirmed);
    let cancel = format!("/v1/orders/{}/cancel", confirmed.order_id());
    let buyers = buyers(confirmed.clone());
    assert_eq!(buyers["allowed_actions"], json!(["cancel"]));
    assert_eq!(
        (&buyers["links"]["cancel"], &buyers["links"]["ship"]),
        (&json!(cancel), &Value::Null)
    );
    let staffs = staffs(confirmed);
    assert_eq!(staffs["allowed_actions"], json!(["cancel", "ship"]));
    assert_eq!(staffs["links"]["cancel"], json!(cancel));
    assert!(
        staffs["links"]["ship"]
            .as_str()
            .unwrap()
            .starts_with("/v1/admin/orders/")
    );
}

#[test]
fn a_buyer_sees_no_internals() {
    let mut declined = order_at(Status::Reserved);
    declined
        .payment_changed(payment(1, PaymentStatus::Failed), None, NOW)
        .unwrap();
    let text = buyers(declined.clone()).to_string();
    for internal in [
        "history",
        "cart_id",
        "tok_approve",
        "card_declined",
        "payment_id",
        "version",
    ] {
        assert!(!text.contains(internal), "{internal} in {text}");
    }
    let staffs = staffs(declined);
    assert_eq!(staffs["cancellation_detail"], "card_declined");
    assert_eq!(
        staffs["payment_record"]["payment_id"],
        "payment_01h455vb4pex5vsknk084sn02q"
    );
    assert!(!staffs.to_string().contains("tok_approve"));
}

#[test]
fn a_buyer_who_must_act_is_told_where_and_only_while_it_helps() {
    let mut order = order_at(Status::Reserved);
    let mut challenged = payment(1, PaymentStatus::ActionRequired);
    challenged.challenge_url = Some("https://bank.example/3ds".into());
    order.payment_changed(challenged, None, NOW).unwrap();
    assert_eq!(
        buyers(order.clone())["payment"]["challenge_url"],
        "https://bank.example/3ds"
    );
    order.expire(order.expires_at);
    assert_eq!(buyers(order)["payment"]["challenge_url"], Value::Null);
}

#[test]
fn a_sold_out_order_tells_what_was_short() {
    let canceled = buyers(order_at(Status::Canceled));
    assert_eq!(
        canceled["cancellation"],
        json!({ "reason": "sold_out", "detail": "tea-green-100" })
    );
    assert_eq!(canceled["expires_at"], Value::Null);
}

#[test]
fn a_list_shows_summaries() {
    let summary = serde_json::to_value(OrderSummaryView::from(order_at(Status::Confirmed))).unwrap();
    assert_eq!(
        (&summary["number"], &summary["line_count"]),
        (&json!("CW-100123"), &json!(1))
    );
    assert_eq!(summary["total"], json!({ "amount": 4_488, "currency": "EUR" }));
}

#[test]
fn every_status_has_its_word() {
    for &status in Status::ALL {
        let word = StatusWord::from(status);
        assert_eq!(serde_json::to_value(word).unwrap(), status.as_str());
        assert_eq!(Status::from(word), status);
    }
}

#[test]
fn unknown_fields_are_refused() {
    let order =
        json!({ "quote_id": "q", "payment_method": { "provider": "sandbox", "token": "t", "card": "4242" } });
    assert!(serde_json::from_value::<CreateOrder>(order).is_err());
    assert!(serde_json::from_value::<CancelOrder>(json!({ "because": "x" })).is_err());
}

#[test]
fn a_card_number_is_refused_before_anything_is_kept() {
    let refusal = |provider: &str, token: &str| {
        let method = CreatePaymentMethod {
            provider: provider.into(),
            token: token.into(),
        };
        let fault = Fault::from(crate::PlaceError::from(
            PaymentMethod::try_from(method).unwrap_err(),
        ));
        (fault.code(), fault.to_string())
    };
    let (code, sentence) = refusal("sandbox", "4242 4242 4242 4242");
    assert_eq!(code, "card_number_refused");
    assert!(
        !sentence.contains("4242"),
        "the number is not repeated: {sentence}"
    );
    assert_eq!(refusal("barter", "cow").0, "payment_provider_unknown");
    assert_eq!(refusal("sandbox", "tok_unheard_of").0, "payment_token_unknown");
}
