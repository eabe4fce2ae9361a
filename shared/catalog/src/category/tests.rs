//! The tree keeps its order and its depth.

use kernel::{Ids, SeededRandom};

use super::*;

fn category(handle: &str, parent: Option<&Category>) -> Result<Category, TooDeep> {
    let seed = handle.bytes().map(u64::from).sum();
    let random = SeededRandom::new(seed);
    let ids = Ids::new(Time::from_unix_ms(1), &random);
    let new = NewCategory {
        handle: Handle::parse(handle).unwrap(),
        name: handle.to_owned(),
        parent_id: parent.map(|parent| parent.category_id.clone()),
    };
    Category::new(CategoryId::mint(&ids), new, parent, ids.now())
}

#[test]
fn the_tree_sorts_each_category_before_all_below_it_and_these_before_its_sibling() {
    let drinks = category("drinks", None).unwrap();
    let tea = category("tea", Some(&drinks)).unwrap();
    let green = category("green", Some(&tea)).unwrap();
    let hot = category("drinks-hot", None).unwrap();
    assert_eq!(green.path(), "drinks/tea/green");
    let mut all = [&hot, &green, &drinks, &tea];
    all.sort_by_key(|category| category.tree_position());
    assert_eq!(
        all.map(Category::path),
        ["drinks", "drinks/tea", "drinks/tea/green", "drinks-hot"]
    );
}

#[test]
fn a_product_stands_in_its_categories_and_all_above_them_once() {
    let drinks = category("drinks", None).unwrap();
    let tea = category("tea", Some(&drinks)).unwrap();
    let coffee = category("coffee", Some(&drinks)).unwrap();
    let listed = shelves(&[tea.clone(), coffee.clone()]);
    assert_eq!(listed.len(), 3);
    for category in [&drinks, &tea, &coffee] {
        assert!(listed.contains(&category.category_id), "{}", category.handle);
    }
}

#[test]
fn the_tree_is_at_most_five_deep() {
    let mut deepest = category("a", None).unwrap();
    for name in ["b", "c", "d", "e"] {
        deepest = category(name, Some(&deepest)).unwrap();
    }
    assert_eq!(category("f", Some(&deepest)), Err(TooDeep));
}
