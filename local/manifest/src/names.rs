//! How things are called: the rules of names, and names made from names.

/// Under this name lie the events that functions called without waiting could not handle.
pub const ASYNC: &str = "async";

/// The queue that keeps what could not be handled: `<queue>-parked`.
pub fn parked(queue: &str) -> String {
    format!("{queue}-parked")
}

/// The name as an environment variable spells it: `order-placed` and `OrderPlaced` are `ORDER_PLACED`.
pub fn snake_upper(name: &str) -> String {
    kebab(name).replace('-', "_").to_ascii_uppercase()
}

/// A fact as a queue spells it: `OrderPlaced` is `order-placed`.
pub(crate) fn kebab(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() {
            if at > 0 {
                text.push('-');
            }
            text.push(letter.to_ascii_lowercase());
        } else {
            text.push(letter);
        }
    }
    text
}

/// Lower-case words of letters and digits, joined by `-`.
pub(crate) fn is_kebab(name: &str) -> bool {
    is_words(name, '-')
}

/// Lower-case words of letters and digits, joined by `_`.
pub(crate) fn is_snake(name: &str) -> bool {
    is_words(name, '_')
}

/// Capitalized words without joints: `OrderPlaced`.
pub(crate) fn is_fact(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// `<context>.<verb>`: `orders.write`.
pub(crate) fn is_scope(name: &str) -> bool {
    matches!(name.split_once('.'), Some((context, verb)) if is_snake(context) && is_snake(verb))
}

fn is_words(name: &str, joint: char) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.split(joint).all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}
