//! Products with more variants than one transaction can hold.

use kernel::Fault;
use serde_json::{Value, json};

use super::{Shop, new_product, simple, sku};
use crate::Filter;
use crate::content::VARIANTS_MAX;
use crate::offer::Offer;
use crate::product::Product;

/// A product of so many variants, named by a prefix, all of one price.
pub(super) fn many(prefix: &str, count: usize, minor: i64) -> Value {
    let sizes: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let colors = ["red", "green", "blue"];
    let variant = |number: usize| {
        json!({
            "sku": format!("{prefix}-{number}"),
            "options": {"Color": colors[number / 100], "Size": sizes[number % 100]},
            "prices": [{"amount": minor, "currency": "EUR"}]
        })
    };
    json!({
        "title": prefix,
        "options": [{"name": "Color", "values": colors}, {"name": "Size", "values": sizes}],
        "variants": (0..count).map(variant).collect::<Vec<_>>()
    })
}

/// Every SKU that a product has or had offers exactly what the product says now.
pub(super) async fn assert_offers_are_true(shop: &Shop, product: &Product, names: &[String]) {
    let skus: Vec<_> = names.iter().map(|name| sku(name)).collect();
    let offers = shop.catalog.variants(&skus).await.unwrap();
    for sku in &skus {
        let told = offers
            .get(sku)
            .filter(|offer| offer.product_id == product.product_id);
        match (told, Offer::of(product, sku)) {
            (Some(told), Some(truth)) => assert!(told.says_the_same_as(&truth), "{sku}: {told:?}"),
            (told, truth) => assert_eq!(told.is_some(), truth.is_some(), "{sku}"),
        }
    }
}

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}-{number}")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_product_of_250_variants_lives_like_any_other() {
    let shop = Shop::open();
    let all = names("shirt", VARIANTS_MAX);
    let shirt = shop.create(1, many("shirt", VARIANTS_MAX, 500)).await.unwrap();
    assert_offers_are_true(&shop, &shirt, &all).await;
    let shirt = shop.publish(2, &shirt).await.unwrap();
    assert_eq!(shop.listed(Filter::All).await, ["shirt"]);
    assert_offers_are_true(&shop, &shirt, &all).await;

    let mut fewer = many("shirt", 120, 400);
    fewer.as_object_mut().unwrap().remove("title");
    let shirt = shop.update(3, &shirt, fewer).await.unwrap();
    assert_offers_are_true(&shop, &shirt, &all).await;
    let marked = shop.world.rows("catalog").unwrap();
    assert!(
        marked.iter().all(|row| row.get("pending").is_none()),
        "everything is settled"
    );
    let other = json!({"title": "other", "variants": [{"sku": "shirt-249"}]});
    shop.create(4, other).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_taken_sku_among_many_refuses_the_whole_product() {
    let shop = Shop::open();
    let tea = shop
        .create(1, json!({"title": "tea", "variants": [{"sku": "shirt-200"}]}))
        .await
        .unwrap();
    let refused = shop
        .create(2, many("shirt", VARIANTS_MAX, 500))
        .await
        .unwrap_err();
    let Fault::Refused { code, fields, .. } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (code, fields[0].field.as_str()),
        ("sku_taken", "variants[200].sku")
    );
    assert!(shop.offered("shirt-0").await.is_none());
    assert_eq!(
        shop.offered("shirt-200").await.unwrap().product_id,
        tea.product_id
    );
    // What the refused product had claimed is free for others, few or many.
    shop.create(3, json!({"title": "few", "variants": [{"sku": "shirt-0"}]}))
        .await
        .unwrap();
    let mut rest = many("shirt", VARIANTS_MAX, 500);
    let variants = rest["variants"].as_array_mut().unwrap();
    variants.retain(|variant| !["shirt-0", "shirt-200"].contains(&variant["sku"].as_str().unwrap()));
    let rest = shop.create(4, rest).await.unwrap();
    assert_eq!(shop.offered("shirt-1").await.unwrap().product_id, rest.product_id);
}

#[tokio::test(start_paused = true)]
async fn who_loses_a_claim_can_no_longer_commit() {
    use crate::product::{Change, ChangeId, ProductId};
    use crate::store::plan::Plan;

    let shop = Shop::open();
    let random = super::seeded(1);
    let ids = super::ids(1, &random);
    let change = Change {
        change_id: ChangeId::mint(&ids),
        now: ids.now(),
    };
    let slow = new_product(many("shirt", VARIANTS_MAX, 500));
    let slow = Product::draft(ProductId::mint(&ids), slow, &ids, change).unwrap();
    let plan = Plan::new(None, &slow).unwrap();
    let store = &shop.catalog.store;
    // The slow writer has claimed all its SKUs and is about to commit …
    store.table.put(&plan.intent()).send().await.unwrap();
    for piece in plan.marks(&store.table).pieces() {
        piece.into_transaction().1.commit().await.unwrap();
    }
    // … when another product takes one of them.
    let mut quick = simple("quick");
    quick["variants"][0]["sku"] = json!("shirt-7");
    let quick = shop.create(2, quick).await.unwrap();
    assert!(store.commit_staged(&plan).await.is_err());
    assert!(shop.catalog.inspect(&slow.product_id).await.is_err());
    assert_eq!(
        shop.offered("shirt-7").await.unwrap().product_id,
        quick.product_id
    );
}

#[tokio::test(start_paused = true)]
async fn who_settles_late_undoes_nothing_newer() {
    use crate::product::{Change, ChangeId};
    use crate::store::plan::Plan;

    let shop = Shop::open();
    let first = shop.create(1, many("shirt", VARIANTS_MAX, 500)).await.unwrap();
    let random = super::seeded(2);
    let ids = super::ids(2, &random);
    let change = Change {
        change_id: ChangeId::mint(&ids),
        now: ids.now(),
    };
    let mut dearer = many("shirt", VARIANTS_MAX, 600);
    let patch = super::patch(json!({"variants": dearer["variants"]}));
    let second = first.revised(patch.on(&first), &ids, change).unwrap();
    let plan = Plan::new(Some(&first), &second).unwrap();
    let store = &shop.catalog.store;
    // A writer has committed the second version and is about to settle its offers …
    store.table.put(&plan.intent()).send().await.unwrap();
    for piece in plan.marks(&store.table).pieces() {
        piece.into_transaction().1.commit().await.unwrap();
    }
    assert!(store.commit_staged(&plan).await.is_ok());
    // … when a third version changes one of them at once.
    dearer["variants"][7]["prices"][0]["amount"] = json!(700);
    let third = json!({"variants": dearer["variants"]});
    let third = shop.update(3, &second, third).await.unwrap();
    assert_eq!(third.version, 3);
    for piece in plan.settling(&store.table).pieces() {
        store.settle_piece(piece).await.unwrap();
    }
    assert_offers_are_true(&shop, &third, &names("shirt", VARIANTS_MAX)).await;
}
