//! The ledger adds up.

use kernel::Currency;

use super::*;

#[test]
fn balances_follow_the_money_and_add_up_to_zero() {
    let eur = |minor| Money::new(minor, Currency::EUR);
    let entry = |credit, debit, minor| Entry {
        debit,
        credit,
        amount: eur(minor),
        cause: "test".to_owned(),
        at: Time::from_unix_ms(0),
    };
    let entries = [
        entry(Account::Buyer, Account::Held, 100),
        entry(Account::Held, Account::Merchant, 60),
        entry(Account::Merchant, Account::Buyer, 25),
        entry(Account::Held, Account::Buyer, 40),
    ];
    for (account, expected) in [(Account::Buyer, -35), (Account::Held, 0), (Account::Merchant, 35)] {
        assert_eq!(
            balance(&entries, account, eur(0)),
            Ok(eur(expected)),
            "{}",
            account.as_str()
        );
    }
}
