//! Each kind of function is made in a copy of the manifest, and the copy must pass every check.

use std::{fs, path::Path};

use manifest::Trigger;

use super::*;

/// A checkout with the shipped manifest and a list of tests.
fn checkout() -> (tempfile::TempDir, Repository) {
    let folder = tempfile::tempdir().unwrap();
    let shipped = Repository::find().unwrap();
    for name in shipped.list("infra/manifest").unwrap() {
        let path = format!("infra/manifest/{name}");
        copy(&shipped, &path, folder.path());
    }
    let repository = Repository::at(folder.path());
    repository
        .write(
            "tests/it/main.rs",
            "//! Tests.\n\nmod carts_get;\nmod orders_ship;\nmod shop;\n",
        )
        .unwrap();
    (folder, repository)
}

fn copy(from: &Repository, path: &str, to: &Path) {
    let target = to.join(path);
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::copy(from.path(path), target).unwrap();
}

fn wish(name: &str) -> Wish {
    Wish {
        name: name.to_owned(),
        http: None,
        queue: None,
        schedule: None,
        auth: Caller::Staff,
        scope: None,
    }
}

fn invoice() -> Wish {
    Wish {
        http: Some("GET /v1/orders/{order_id}/invoice".to_owned()),
        auth: Caller::Guest,
        ..wish("orders-get-invoice")
    }
}

#[test]
fn a_route_gets_its_folder_sample_test_and_entry() {
    let (_folder, repository) = checkout();
    make(&repository, &invoice()).unwrap();

    let function = repository
        .manifest()
        .unwrap()
        .functions
        .remove("orders-get-invoice")
        .unwrap();
    assert_eq!(function.secrets, ["signing"]);
    assert!(function.access.contains_key("orders"));
    let main = repository
        .read("functions/orders-get-invoice/src/main.rs")
        .unwrap();
    assert!(
        main.starts_with("//! `GET /v1/orders/{order_id}/invoice`: "),
        "{main}"
    );
    let sample = repository.read("events/orders-get-invoice/works.json").unwrap();
    let sample: serde_json::Value = serde_json::from_str(&sample).unwrap();
    assert_eq!(sample["as"], "guest");
    let test = repository.read("tests/it/orders_get_invoice.rs").unwrap();
    assert_eq!(test.matches("#[tokio::test]").count(), 3);
    let modules = repository.read("tests/it/main.rs").unwrap();
    assert!(
        modules.contains("mod carts_get;\nmod orders_get_invoice;\nmod orders_ship;\n"),
        "{modules}"
    );
}

#[test]
fn comments_and_order_of_the_manifest_are_kept() {
    let (_folder, repository) = checkout();
    let before = repository.read("infra/manifest/orders.yaml").unwrap();
    make(&repository, &invoice()).unwrap();
    let after = repository.read("infra/manifest/orders.yaml").unwrap();
    assert!(
        after.starts_with(&before),
        "the entry stands behind everything else"
    );
}

#[test]
fn a_mutation_for_staff_gets_the_rights_it_needs() {
    let (_folder, repository) = checkout();
    let route = Some("POST /v1/admin/orders/{order_id}/notes".to_owned());
    let function = make(
        &repository,
        &Wish {
            http: route,
            ..wish("orders-add-note")
        },
    )
    .unwrap();
    let Trigger::Http(http) = &function.trigger else {
        panic!("no route")
    };
    assert_eq!(http.scope.as_deref(), Some("orders.write"));
    for resource in ["orders", "authority", "idempotency"] {
        assert!(function.access.contains_key(resource), "{resource}");
    }
}

#[test]
fn a_listener_gets_its_queue_and_the_announcer_may_send_to_it() {
    let (_folder, repository) = checkout();
    let heard = Wish {
        queue: Some("OrderPlaced".to_owned()),
        ..wish("notifications-on-order-placed")
    };
    make(&repository, &heard).unwrap();
    let manifest = repository.manifest().unwrap();
    assert_eq!(
        manifest.queues["notifications-order-placed"].from,
        ["OrderPlaced"]
    );
    assert!(
        manifest.functions["orders-stream"]
            .access
            .contains_key("notifications-order-placed")
    );
}

#[test]
fn an_announcer_with_inline_access_may_send_too() {
    let (_folder, repository) = checkout();
    let heard = Wish {
        queue: Some("StockDecided".to_owned()),
        ..wish("catalog-on-stock-decided")
    };
    make(&repository, &heard).unwrap();
    assert!(
        repository.manifest().unwrap().functions["inventory-stream"]
            .access
            .contains_key("catalog-stock-decided")
    );
}

#[test]
fn a_timer_gets_its_schedule() {
    let (_folder, repository) = checkout();
    let timer = Wish {
        schedule: Some("rate(1 day)".to_owned()),
        ..wish("catalog-clean")
    };
    let function = make(&repository, &timer).unwrap();
    assert!(matches!(function.trigger, Trigger::Schedule(_)));
}

#[test]
fn a_context_without_functions_gets_its_first() {
    let (_folder, repository) = checkout();
    repository
        .write(
            "infra/manifest/returns.yaml",
            "tables:\n  returns:\n    key: [pk, sk]\n",
        )
        .unwrap();
    let wish = Wish {
        http: Some("GET /v1/admin/returns".to_owned()),
        scope: Some("returns.read".to_owned()),
        ..wish("returns-list")
    };
    make(&repository, &wish).unwrap();
    assert!(
        repository
            .manifest()
            .unwrap()
            .functions
            .contains_key("returns-list")
    );
}

#[test]
fn a_bad_wish_is_refused_with_the_rule_and_changes_nothing() {
    let route = |name: &str, route: &str| Wish {
        http: Some(route.to_owned()),
        ..wish(name)
    };
    let cases = [
        (route("orders-create", "GET /v1/x"), "already"),
        (route("warehouse-get", "GET /v1/x"), "begins with no context"),
        (route("orders-Get", "GET /v1/x"), "lower-case words"),
        (route("orders-peek", "GET /v1/admin/orders"), "is served by"),
        (
            Wish {
                queue: Some("OrderPlaced".to_owned()),
                ..wish("catalog-hear")
            },
            "`catalog-on-order-placed`",
        ),
        (
            Wish {
                queue: Some("CatBought".to_owned()),
                ..wish("catalog-on-cat-bought")
            },
            "nobody announces CatBought",
        ),
        (
            Wish {
                schedule: Some("whenever".to_owned()),
                ..wish("catalog-clean")
            },
            "whenever",
        ),
    ];
    for (wish, expected) in cases {
        let (_folder, repository) = checkout();
        let before = repository
            .files("infra", "")
            .unwrap()
            .iter()
            .map(|path| repository.read(path).unwrap())
            .collect::<Vec<_>>();
        let error = format!("{:#}", make(&repository, &wish).unwrap_err());
        assert!(error.contains(expected), "{error}");
        let after = repository
            .files("infra", "")
            .unwrap()
            .iter()
            .map(|path| repository.read(path).unwrap())
            .collect::<Vec<_>>();
        assert_eq!(before, after);
        assert!(!repository.path("functions").exists());
    }
}
