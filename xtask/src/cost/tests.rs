//! The arithmetic, on the files as they are and on small ones.

use super::*;

fn prices() -> Prices {
    Prices::read(include_str!("../../../infra/prices.yaml")).expect("prices")
}

fn near(figure: f64, expected: f64) {
    assert!((figure - expected).abs() < 0.005, "{figure} is not {expected}");
}

#[test]
fn a_million_reads_cost_what_their_parts_do() {
    let measured = Measured {
        purchase: measured::Purchase {
            invocations: 1.0,
            requests: 1.0,
            messages: 1.0,
            calls: 1.0,
            read_units: 1.0,
            write_units: 1.0,
        },
        product_calls: 1.0,
        product_read_units: 0.5,
    };
    let bill = reads(&measured, &prices());
    near(bill["API"], 1.00);
    near(bill["tables"], 0.06);
    // A million of 8 ms at a quarter of a GB are 2,000 GB-s.
    near(bill["functions"], 0.20 + 0.0267);
    near(bill["logs"], 1.3 * 0.53);
    near(bill["data out"], 0.36);
}

#[test]
fn the_page_of_measurements_is_understood() {
    let measured = Measured::read(include_str!("../../../docs/performance.md")).expect("figures");
    assert!(measured.purchase.write_units > 10.0, "{measured:?}");
    assert!(measured.purchase.requests >= 5.0, "{measured:?}");
    assert!(measured.purchase.messages >= 4.0, "{measured:?}");
    assert!(measured.product_calls >= 1.0, "{measured:?}");
}

#[test]
fn an_environment_is_switches_and_lists() {
    let environment =
        Environment::read("# a = true\nparked_alarms = false\nwatched_queues = [\"a\", \"b\"]\n");
    assert!(!environment.is_on("parked_alarms", true));
    assert!(environment.is_on("customer_managed_keys", true));
    assert!(!environment.is_on("a", false));
    assert_eq!(environment.length("watched_queues"), 2);
    assert_eq!(environment.length("watched_functions"), 0);
}

#[test]
fn a_misspelt_price_is_refused() {
    let text = include_str!("../../../infra/prices.yaml").replace("secret_month", "secret_moth");
    assert!(Prices::read(&text).is_err());
}
