//! Money: what was promised, taken and given back, in three books that must agree.

use std::collections::BTreeMap;

use crate::rows::{Account, Books, Payment, Standing};
use crate::{Moment, Report};

pub(crate) fn audit(books: &Books, moment: Moment, report: &mut Report) {
    let mut balances: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    for entry in &books.entries {
        let accounts = balances
            .entry(entry.pk.trim_start_matches("payment#"))
            .or_default();
        *accounts.entry(&entry.debit).or_default() += entry.amount.amount;
        *accounts.entry(&entry.credit).or_default() -= entry.amount.amount;
    }
    let accounts: BTreeMap<&str, &Account> = books
        .accounts
        .iter()
        .map(|account| (account.payment_id.as_str(), account))
        .collect();
    for payment in &books.payments {
        sums(&payment.payment_id, &payment.standing, report);
        ledger(payment, balances.get(payment.payment_id.as_str()), report);
        if moment == Moment::AtRest {
            provider(
                payment,
                accounts.get(payment.payment_id.as_str()).copied(),
                report,
            );
        }
    }
    for account in &books.accounts {
        sums(&account.payment_id, &account.standing, report);
        let ours = books
            .payments
            .iter()
            .any(|payment| payment.payment_id == account.payment_id);
        report.check(ours, "money-3", &account.payment_id, || {
            "the provider knows a payment that we do not".into()
        });
    }
    orders(books, moment, report);
}

fn sums(payment_id: &str, standing: &Standing, report: &mut Report) {
    let (authorized, captured, refunded) = (
        standing.authorized.amount,
        standing.captured(),
        standing.refunded(),
    );
    let ordered = authorized >= captured && captured >= refunded && refunded >= 0;
    report.check(ordered, "money-1", payment_id, || {
        format!("authorized {authorized}, captured {captured}, refunded {refunded}")
    });
    let mut ids: Vec<&str> = standing
        .movements
        .iter()
        .map(|movement| movement.id.as_str())
        .collect();
    ids.sort_unstable();
    let repeated = ids.windows(2).any(|pair| pair[0] == pair[1]);
    report.check(!repeated, "money-1", payment_id, || {
        "a movement stands twice in the books".into()
    });
}

fn ledger(payment: &Payment, balances: Option<&BTreeMap<&str, i64>>, report: &mut Report) {
    let balance = |account: &str| {
        balances
            .and_then(|balances| balances.get(account))
            .copied()
            .unwrap_or_default()
    };
    let standing = &payment.standing;
    let expected = [
        ("held", standing.held()),
        ("merchant", standing.captured() - standing.refunded()),
    ];
    for (account, expected) in expected {
        let found = balance(account);
        report.check(found == expected, "money-2", &payment.payment_id, || {
            format!("the ledger has {found} in `{account}`, the payment says {expected}")
        });
    }
    let sum: i64 = balances.into_iter().flat_map(BTreeMap::values).sum();
    report.check(sum == 0, "money-2", &payment.payment_id, || {
        format!("the ledger adds up to {sum}")
    });
}

fn provider(payment: &Payment, account: Option<&Account>, report: &mut Report) {
    if let Some(mismatch) = &payment.mismatch {
        report.find(
            "money-3",
            &payment.payment_id,
            format!("is marked as a mismatch: {mismatch}"),
        );
    }
    report.check(payment.intents.is_empty(), "money-3", &payment.payment_id, || {
        format!("{} decisions are still under way", payment.intents.len())
    });
    let Some(account) = account else {
        let untouched = payment.standing.held() == 0 && payment.standing.movements.is_empty();
        report.check(untouched, "money-3", &payment.payment_id, || {
            "the provider has never heard of it".into()
        });
        return;
    };
    report.check(
        account.standing == payment.standing,
        "money-3",
        &payment.payment_id,
        || {
            format!(
                "the provider says {:?}, we say {:?}",
                account.standing, payment.standing
            )
        },
    );
}

fn orders(books: &Books, moment: Moment, report: &mut Report) {
    let payments: BTreeMap<&str, &Payment> = books
        .payments
        .iter()
        .map(|payment| (payment.order_id.as_str(), payment))
        .collect();
    for order in &books.orders {
        let payment = payments.get(order.order_id.as_str()).copied();
        let total = order.purchase.total.amount;
        match (order.status.as_str(), payment) {
            ("confirmed" | "fulfilled" | "completed", None) => {
                report.find("money-4", &order.order_id, "is confirmed without a payment");
            }
            ("confirmed" | "fulfilled" | "completed", Some(payment)) => {
                let authorized = payment.standing.authorized.amount;
                report.check(
                    authorized == total && payment.total.amount == total,
                    "money-4",
                    &order.order_id,
                    || format!("costs {total}, authorized is {authorized}"),
                );
            }
            ("canceled", Some(payment)) if moment == Moment::AtRest => {
                let (held, kept) = (
                    payment.standing.held(),
                    payment.standing.captured() - payment.standing.refunded(),
                );
                let open = matches!(payment.standing.stage.kind.as_str(), "asked" | "needs_buyer");
                report.check(
                    held == 0 && kept == 0 && !open,
                    "money-5",
                    &order.order_id,
                    || {
                        format!(
                            "is canceled while {held} are held and {kept} are kept (payment is {})",
                            payment.standing.stage.kind
                        )
                    },
                );
            }
            _ => {}
        }
    }
}
