//! What is erased names nobody, and what the law wants of a sale stays.

use super::super::tests::{NOW, order_at};
use super::{Erasure, Moved, Status};
use crate::order::Order;
use carts::CustomerId;

fn user(last: char) -> CustomerId {
    CustomerId::parse(&format!("usr_01h455vb4pex5vsknk084sn02{last}")).unwrap()
}

/// Everything about a person that the sample order holds.
fn traces(order: &Order) -> Vec<String> {
    let address = &order.purchase.shipping.address;
    let all = [
        order.purchase.email.as_str(),
        &address.name,
        &address.line1,
        &order.purchase.payment_method.token,
    ];
    all.into_iter().map(str::to_owned).collect()
}

#[test]
fn an_order_that_has_ended_forgets_at_once_and_keeps_the_sale() {
    for status in [Status::Completed, Status::Canceled] {
        let mut order = order_at(status);
        let before = order.clone();
        assert_eq!(order.erase(NOW).unwrap(), Moved::Yes);
        assert_eq!(order.erasure, Erasure::Done);
        let kept = format!("{order:?}");
        for trace in traces(&before) {
            assert!(
                !kept.contains(&trace),
                "{status}: `{trace}` is still there: {kept}"
            );
        }
        assert_eq!(
            (
                &order.number,
                order.purchase.total,
                order.purchase.tax,
                &order.purchase.lines
            ),
            (
                &before.number,
                before.purchase.total,
                before.purchase.tax,
                &before.purchase.lines
            )
        );
        assert_eq!(
            order.purchase.shipping.address.country,
            before.purchase.shipping.address.country
        );
        assert_eq!(order.erase(NOW).unwrap(), Moved::No, "the second call");
    }
}

#[test]
fn an_order_under_way_keeps_its_address_until_its_end() {
    for status in [
        Status::Pending,
        Status::Reserved,
        Status::Confirmed,
        Status::Fulfilled,
    ] {
        let mut order = order_at(status);
        assert_eq!(order.erase(NOW).unwrap(), Moved::Yes);
        assert_eq!(order.erasure, Erasure::AtEnd);
        assert_eq!(order.purchase, order_at(status).purchase);
        assert_eq!(order.erase(NOW).unwrap(), Moved::No, "not before its end");
    }
}

#[test]
fn an_order_comes_to_one_account_and_stays_there() {
    let mut order = order_at(Status::Confirmed);
    let version = order.version();
    assert_eq!(order.attach(&user('q'), NOW), Moved::Yes);
    assert!(order.version() > version);
    assert_eq!(order.attach(&user('q'), NOW), Moved::No);
    assert_eq!(order.attach(&user('r'), NOW), Moved::No);
    assert_eq!(order.customer_id(), Some(&user('q')));
}
