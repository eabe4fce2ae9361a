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
    near(bill["logs"], 1.0 * 0.53);
    near(bill["traces"], 0.6 * 5.00);
    near(bill["data out"], 0.36);
}

fn shop() -> Manifest {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/manifest");
    Manifest::read(std::path::Path::new(folder)).expect("the manifest")
}

#[test]
fn a_shop_to_try_things_on_rests_for_less_than_five_dollars() {
    let dev = Environment::read(include_str!("../../../infra/environments/dev.tfvars"));
    let bill = at_rest(&shop(), &dev, &prices());
    assert!(sum(&bill) < 5.0, "{bill:?}");
    assert!(!bill.contains_key("alarms"), "{bill:?}");
}

#[test]
fn what_is_watched_and_bounded_costs() {
    let (shop, prices) = (shop(), prices());
    let bill = |tfvars| at_rest(&shop, &Environment::read(tfvars), &prices);
    let cheap = "queue_bounds_enabled = false\nservice_alarms = false\nparked_alarms = false\n";
    let (whole, cheap) = (bill(""), bill(cheap));
    let queues = "queues that are looked into";
    // Nine more looks a minute into each bounded queue, 43,200 minutes.
    let more = bounded(&shop) * 9.0 * 43_200.0 / 1e6 * 0.40;
    assert!(more > 1.0, "{more}");
    near(whole[queues] - cheap[queues], more);
    assert!(
        whole["alarms"] > 4.0 && !cheap.contains_key("alarms"),
        "{whole:?}"
    );
}

#[test]
fn timers_run_as_often_as_they_say() {
    // Two each minute, three each hour; more when the shop gets another duty.
    assert!(ticks(&shop()) >= 2.0 * 43_200.0 + 3.0 * 720.0);
    let prices = prices();
    let environment = Environment::read("");
    // 88,560 ticks: requests, 64 ms of a quarter GB, four units, 0.6 KB.
    near(
        timers(88_560.0, &environment, &prices),
        0.0177 + 0.0189 + 0.0443 + 0.0282,
    );
    // Above 100,000 a trace each.
    let dark = Environment::read("tracing_enabled = false");
    let traces = timers(200_000.0, &environment, &prices) - timers(200_000.0, &dark, &prices);
    near(traces, 0.50);
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
