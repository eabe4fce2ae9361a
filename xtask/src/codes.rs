//! Error codes as the sources give them: which code, with which status, and what it means.
//!
//! | written | status |
//! |---|---|
//! | `Fault::invalid("code", …)`, `Invalid { code: "code", … }` | 400 |
//! | `Unauthenticated { code: "code", … }` | 401 |
//! | `Fault::refused("code", …)`, `Refused { code: "code", … }`, an arm of `fn code` | 409 |
//! | `doc(status, "code", "meaning")`, the platform's own list | as it says |
//!
//! The meaning is the text beside the code, or the `#[error("…")]` of the variant in whose match
//! arm the code stands.

use std::collections::BTreeMap;

use crate::tokens::Token;

/// One place that gives a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// The code.
    pub(crate) code: String,
    /// The HTTP status it comes with.
    pub(crate) status: u16,
    /// Its line.
    pub(crate) line: usize,
    /// The text beside it.
    pub(crate) meaning: Option<String>,
    /// The variant whose match arm it stands in.
    pub(crate) variant: Option<String>,
}

/// Every code that a source gives.
pub(crate) fn given(tokens: &[Token]) -> Vec<Given> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let given = call(tokens, at)
            .or_else(|| fields(tokens, at))
            .or_else(|| listed(tokens, at));
        found.extend(given);
        arms_of_code(tokens, at, &mut found);
    }
    found
}

fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

fn string(tokens: &[Token], at: usize) -> Option<String> {
    tokens.get(at)?.string().map(|text| text.replace("\\\"", "\""))
}

/// `…::refused("code", "meaning")`.
fn call(tokens: &[Token], at: usize) -> Option<Given> {
    let status = match text(tokens, at) {
        "invalid" => 400,
        "refused" => 409,
        _ => return None,
    };
    let is_path = at > 0 && text(tokens, at - 1) == ":";
    if !is_path || text(tokens, at + 1) != "(" {
        return None;
    }
    let code = string(tokens, at + 2)?;
    let meaning = match text(tokens, at + 4) {
        "format" => string(tokens, at + 7),
        _ => string(tokens, at + 4),
    };
    Some(Given {
        code,
        status,
        line: tokens[at].line,
        meaning,
        variant: variant_before(tokens, at),
    })
}

/// `Refused { code: "code", … }`.
fn fields(tokens: &[Token], at: usize) -> Option<Given> {
    let status = match text(tokens, at) {
        "Invalid" => 400,
        "Unauthenticated" => 401,
        "Refused" => 409,
        _ => return None,
    };
    let open = tokens.get(at + 1).filter(|token| token.text == "{")?;
    let inside = tokens[at + 2..]
        .iter()
        .take_while(|token| token.depth > open.depth)
        .count();
    let range = at + 2..at + 2 + inside;
    let value = |name: &str| {
        let mut names = range
            .clone()
            .filter(|index| text(tokens, *index) == name && text(tokens, index + 1) == ":");
        names.find_map(|index| string(tokens, index + 2))
    };
    let (line, variant) = (tokens[at].line, variant_before(tokens, at));
    Some(Given {
        code: value("code")?,
        status,
        line,
        meaning: value("detail"),
        variant,
    })
}

/// `doc(400, "code", "meaning")`.
fn listed(tokens: &[Token], at: usize) -> Option<Given> {
    if text(tokens, at) != "doc" || text(tokens, at + 1) != "(" {
        return None;
    }
    let status = text(tokens, at + 2).parse().ok()?;
    let (code, meaning) = (string(tokens, at + 4)?, string(tokens, at + 6));
    Some(Given {
        code,
        status,
        line: tokens[at].line,
        meaning,
        variant: None,
    })
}

/// `fn code(&self) -> &'static str { match self { Self::SoldOut { .. } => "sold_out", … } }`.
fn arms_of_code(tokens: &[Token], at: usize, found: &mut Vec<Given>) {
    if text(tokens, at) != "fn" || text(tokens, at + 1) != "code" {
        return;
    }
    let depth = tokens[at].depth;
    let body = tokens[at..]
        .iter()
        .skip_while(|token| !(token.depth == depth && token.text == "{"));
    let length = body
        .clone()
        .skip(1)
        .take_while(|token| token.depth > depth)
        .count();
    let Some(first) = body
        .clone()
        .next()
        .and_then(|open| tokens.iter().position(|token| std::ptr::eq(token, open)))
    else {
        return;
    };
    for index in first..=first + length {
        if text(tokens, index) == ">"
            && index > 0
            && text(tokens, index - 1) == "="
            && let Some(code) = string(tokens, index + 1)
        {
            let (line, variant) = (tokens[index].line, variant_before(tokens, index + 1));
            found.push(Given {
                code,
                status: 409,
                line,
                meaning: None,
                variant,
            });
        }
    }
}

/// `SoldOut` of the nearest `… ::SoldOut { .. } =>` before, in the same function.
fn variant_before(tokens: &[Token], at: usize) -> Option<String> {
    let arrow = (1..at).rev().take(80).find(|index| {
        text(tokens, *index) == ">"
            && text(tokens, index - 1) == "="
            && tokens[*index].depth <= tokens[at].depth
    })?;
    let depth = tokens[arrow].depth;
    let pattern = (2..arrow - 1)
        .rev()
        .take(40)
        .filter(|index| tokens[*index].depth == depth);
    let mut names = pattern.take_while(|index| !matches!(text(tokens, *index), "," | ">"));
    let name = names.find(|index| {
        text(tokens, *index).starts_with(|first: char| first.is_ascii_uppercase())
            && text(tokens, index - 1) == ":"
    })?;
    Some(text(tokens, name).to_owned())
}

/// What each error variant of a source says: its `#[error("…")]`.
pub(crate) fn sentences(tokens: &[Token]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for at in 0..tokens.len() {
        let is_attribute =
            text(tokens, at) == "[" && text(tokens, at + 1) == "error" && text(tokens, at + 2) == "(";
        let Some(sentence) = is_attribute.then(|| string(tokens, at + 3)).flatten() else {
            continue;
        };
        let depth = tokens[at].depth;
        let after = tokens[at + 1..].iter().filter(|token| token.depth == depth);
        let mut names = after.filter(|token| !matches!(token.text.as_str(), "#" | "[" | "]"));
        if let Some(variant) = names.next() {
            found.insert(variant.text.clone(), sentence);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens;

    fn found(source: &str) -> Vec<(String, u16, Option<String>, Option<String>)> {
        let given = given(&tokens::of(source).unwrap());
        given
            .into_iter()
            .map(|given| (given.code, given.status, given.meaning, given.variant))
            .collect()
    }

    #[test]
    fn a_code_and_the_words_beside_it_are_found() {
        let source = r#"fn f() { Fault::refused("sold_out", "nothing is left"); Fault::invalid("odd", format!("`{x}` is odd")); }"#;
        let expected = [("sold_out", 409, "nothing is left"), ("odd", 400, "`{x}` is odd")];
        let expected =
            expected.map(|(code, status, meaning)| (code.to_owned(), status, Some(meaning.to_owned()), None));
        assert_eq!(found(source), expected);
    }

    #[test]
    fn a_code_in_a_match_arm_belongs_to_the_variant() {
        let source = r#"match error {
            PlaceError::CartEmpty => Fault::refused("cart_empty", detail),
            PlaceError::SoldOut { sku } => Self::Refused { code: "sold_out", detail, fields: vec![] },
        }"#;
        let variants: Vec<_> = found(source)
            .into_iter()
            .map(|found| (found.0, found.3.unwrap()))
            .collect();
        assert_eq!(
            variants,
            [("cart_empty", "CartEmpty"), ("sold_out", "SoldOut")].map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
    }

    #[test]
    fn the_arms_of_a_function_called_code_give_codes() {
        let source = r#"fn code(&self) -> &'static str { match self { Self::Gone(_) => "gone", Self::Odd => "odd" } } fn name() -> &'static str { match 1 { _ => "no" } }"#;
        let codes: Vec<_> = found(source).into_iter().map(|found| found.0).collect();
        assert_eq!(codes, ["gone", "odd"]);
    }

    #[test]
    fn the_platform_s_list_says_status_and_meaning() {
        let source = r#"const CODES: &[CodeDoc] = &[doc(415, "unsupported", "Not of a known type.")];"#;
        assert_eq!(
            found(source),
            [(
                "unsupported".to_owned(),
                415,
                Some("Not of a known type.".to_owned()),
                None
            )]
        );
    }

    #[test]
    fn field_codes_and_other_calls_are_no_error_codes() {
        let source = r#"fn f() { FieldFault::new("lines", "too_many", "at most 1"); invalid("x"); Fault::missing("order"); }"#;
        assert_eq!(found(source), []);
    }

    #[test]
    fn a_variant_s_sentence_is_read_past_its_other_attributes() {
        let source = r#"enum E { #[error("the cart is empty")] Empty, #[error("`{sku}` is sold out")] #[doc = "x"] SoldOut { sku: Sku } }"#;
        let sentences = sentences(&tokens::of(source).unwrap());
        assert_eq!(sentences["Empty"], "the cart is empty");
        assert_eq!(sentences["SoldOut"], "`{sku}` is sold out");
    }
}
