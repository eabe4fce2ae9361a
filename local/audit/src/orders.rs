//! Orders: each comes to an end, one per cart, and its goods follow it.

use std::collections::BTreeMap;

use crate::rows::{Books, Order};
use crate::{Moment, Report};

pub(crate) fn audit(books: &Books, moment: Moment, report: &mut Report) {
    numbers(books, report);
    one_living_order_per_cart(books, report);
    let reservations: BTreeMap<&str, &str> = books
        .reservations
        .iter()
        .map(|row| (row.order_id.as_str(), row.state.as_str()))
        .collect();
    for order in &books.orders {
        let reservation = reservations.get(order.order_id.as_str()).copied();
        if let "confirmed" | "fulfilled" | "completed" = order.status.as_str() {
            let kept = matches!(reservation, Some("held" | "committed"));
            report.check(kept, "orders-3", &order.order_id, || {
                format!(
                    "is {} while its reservation is {}",
                    order.status,
                    reservation.unwrap_or("absent")
                )
            });
        }
        if moment == Moment::AtRest {
            at_rest(order, reservation, report);
        }
    }
    if moment == Moment::AtRest {
        let orders: BTreeMap<&str, &Order> = books
            .orders
            .iter()
            .map(|order| (order.order_id.as_str(), order))
            .collect();
        for order_id in reservations
            .keys()
            .filter(|order_id| !orders.contains_key(**order_id))
        {
            report.find(
                "orders-1",
                *order_id,
                "a reservation names an order that does not exist",
            );
        }
        carts(books, &orders, report);
    }
}

fn numbers(books: &Books, report: &mut Report) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for order in &books.orders {
        let numbered = matches!(order.status.as_str(), "confirmed" | "fulfilled" | "completed");
        report.check(
            !numbered || order.number.is_some(),
            "orders-4",
            &order.order_id,
            || "is confirmed without a number".into(),
        );
        if let Some(number) = &order.number
            && let Some(other) = seen.insert(number, &order.order_id)
        {
            report.find(
                "orders-4",
                &order.order_id,
                format!("has the number {number} of {other}"),
            );
        }
    }
}

fn one_living_order_per_cart(books: &Books, report: &mut Report) {
    let mut living: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for order in books.orders.iter().filter(|order| order.status != "canceled") {
        living.entry(&order.cart_id).or_default().push(&order.order_id);
    }
    for (cart_id, orders) in living.into_iter().filter(|(_, orders)| orders.len() > 1) {
        report.find(
            "orders-5",
            cart_id,
            format!("has {} orders: {}", orders.len(), orders.join(", ")),
        );
    }
}

fn at_rest(order: &Order, reservation: Option<&str>, report: &mut Report) {
    let decided = matches!(
        order.status.as_str(),
        "confirmed" | "fulfilled" | "completed" | "canceled"
    );
    report.check(decided, "orders-2", &order.order_id, || {
        format!("is still {}", order.status)
    });
    match (order.status.as_str(), reservation) {
        ("canceled", Some("held" | "committed")) => {
            report.find(
                "stock-5",
                &order.order_id,
                format!(
                    "is canceled while its goods are {}",
                    reservation.unwrap_or_default()
                ),
            );
        }
        ("fulfilled" | "completed", Some("held")) => {
            report.find(
                "stock-5",
                &order.order_id,
                "is shipped while its goods still count as held",
            );
        }
        ("confirmed", Some("committed")) => {
            report.find(
                "stock-5",
                &order.order_id,
                "is not shipped while its goods have left the stock",
            );
        }
        _ => {}
    }
}

/// A completed cart names a living order, and a living order's cart is completed by it.
fn carts(books: &Books, orders: &BTreeMap<&str, &Order>, report: &mut Report) {
    for cart in books.carts.iter().filter(|cart| cart.status == "completed") {
        let order = cart.order_id.as_deref().and_then(|order_id| orders.get(order_id));
        let dead = |order: &&Order| {
            order.status == "canceled"
                && order
                    .cancellation
                    .as_ref()
                    .is_some_and(|why| !matches!(why.reason.as_str(), "buyer" | "staff"))
        };
        match order {
            None => report.find(
                "orders-1",
                &cart.cart_id,
                "is completed by an order that does not exist",
            ),
            Some(order) if dead(order) => {
                report.find(
                    "orders-5",
                    &cart.cart_id,
                    format!("stays closed although {} failed", order.order_id),
                );
            }
            Some(_) => {}
        }
    }
    let carts: BTreeMap<&str, &crate::rows::Cart> = books
        .carts
        .iter()
        .map(|cart| (cart.cart_id.as_str(), cart))
        .collect();
    for order in orders.values().filter(|order| order.status != "canceled") {
        let names_it = carts
            .get(order.cart_id.as_str())
            .is_some_and(|cart| cart.order_id.as_deref() == Some(&order.order_id));
        report.check(names_it, "orders-5", &order.order_id, || {
            "lives while its cart does not name it".into()
        });
    }
}
