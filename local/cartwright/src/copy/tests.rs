//! A shop goes out into files and comes in again: the same rows, and nobody is told anything twice.

use super::*;

const MANIFEST: &str = "../../infra/manifest";

fn row(order: u32) -> Value {
    json!({
        "pk": { "S": format!("order#{order:03}") },
        "sk": { "S": "order" },
        "total": { "N": "2270" },
        "lines": { "L": [{ "M": { "sku": { "S": "sencha" } } }] },
    })
}

/// A folder with a shop of so many rows in `orders`, its stream read to the end or not.
fn shop(folder: &Path, rows: u32, at_rest: bool) -> Manifest {
    let manifest = read(Path::new(MANIFEST)).expect("the manifest");
    let data = Data::open(Some(folder), ["signing"]).expect("a folder");
    let physical = physical();
    let (dynamo, sqs) = data.engines(&physical.shop_url).expect("engines");
    provision::tables(&dynamo, &manifest, &physical).expect("tables");
    provision::queues(&sqs, &manifest, &physical).expect("queues");
    let rows: Vec<Value> = (0..rows).map(row).collect();
    for rows in rows.chunks(BATCH) {
        write(&dynamo, &physical.name("orders"), rows).expect("written");
    }
    if at_rest {
        pass(&dynamo, &physical.name("orders"), |end| {
            data.keep_checkpoint("orders-stream", end)
        })
        .expect("read");
    }
    manifest
}

#[test]
fn a_shop_that_was_wiped_comes_back_as_it_was_and_says_nothing_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let manifest = shop(&at("shop"), 60, true);
    let book = fs::read(at("shop").join("book.json")).expect("the book");
    let label = export(&at("shop"), Path::new(MANIFEST), &at("copy")).expect("a copy");
    assert_eq!(label.tables["orders"].rows, 60);

    fs::remove_dir_all(at("shop")).expect("wiped");
    import(&at("copy"), Path::new(MANIFEST), &at("shop")).expect("restored");

    assert_eq!(fs::read(at("shop").join("book.json")).expect("the book"), book);
    let data = Data::open(Some(&at("shop")), []).expect("the folder");
    let physical = physical();
    let (dynamo, sqs) = data.engines(&physical.shop_url).expect("engines");
    let mut restored = scan(&dynamo, &physical, "orders").expect("rows");
    restored.sort_by_key(|row| row["pk"]["S"].to_string());
    assert_eq!(restored, (0..60).map(row).collect::<Vec<_>>());
    let rests = sources::at_rest(&manifest, &physical, (&dynamo, &sqs), |function| {
        data.checkpoint(function)
    });
    assert!(rests.expect("readable"), "restored rows would be announced again");
    drop((dynamo, sqs, data));

    let again = export(&at("shop"), Path::new(MANIFEST), &at("second")).expect("a second copy");
    assert_eq!(again.tables, label.tables);
}

#[test]
fn a_shop_with_work_under_way_is_not_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    shop(&folder.path().join("shop"), 1, false);
    let error = export(
        &folder.path().join("shop"),
        Path::new(MANIFEST),
        &folder.path().join("copy"),
    );
    assert!(error.expect_err("refused").to_string().contains("under way"));
}

#[test]
fn a_copy_that_was_changed_and_a_folder_in_use_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    shop(&at("shop"), 2, true);
    export(&at("shop"), Path::new(MANIFEST), &at("copy")).expect("a copy");
    let in_use = import(&at("copy"), Path::new(MANIFEST), &at("shop")).expect_err("in use");
    assert!(in_use.to_string().contains("already"), "{in_use}");

    let path = at("copy").join("tables/orders.jsonl");
    let text = fs::read_to_string(&path).expect("rows");
    fs::write(&path, text.replace("2270", "1")).expect("changed");
    let changed = import(&at("copy"), Path::new(MANIFEST), &at("other")).expect_err("changed");
    assert!(changed.to_string().contains("hash"), "{changed}");
    assert!(
        !at("other").join("dynamo.sqlite").exists(),
        "nothing is made of a bad copy"
    );
}
