//! Error codes as the sources give them: which code, with which status, and what it means.
//!
//! | written | status |
//! |---|---|
//! | `Fault::invalid("code", …)`, `Invalid { code: "code", … }` | 400 |
//! | `Unauthenticated { code: "code", … }` | 401 |
//! | `Fault::refused("code", …)`, `Refused { code: "code", … }` | 409 |
//! | an arm of `fn code` or of `let code = match`, a context's own `refused("code", …)` | 409 |
//! | `doc(status, "code", "meaning")`, the platform's own list | as it says |
//!
//! The meaning is the text beside the code, or the `#[error("…")]` of the variant in whose match
//! arm the code stands, or that of the error being converted, or the variant's first doc line.

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
    /// The error type whose `From` it stands in.
    pub(crate) error: Option<String>,
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

/// `…::refused("code", "meaning")`, or a context's own `refused("code", …)`.
fn call(tokens: &[Token], at: usize) -> Option<Given> {
    let is_path = at > 0 && text(tokens, at - 1) == ":";
    // OAuth's refusals have the codes of RFC 6749 and words of their own.
    if is_path && at > 2 && text(tokens, at - 3) == "Refusal" {
        return None;
    }
    let status = match (text(tokens, at), is_path) {
        ("invalid", true) => 400,
        ("refused", _) => 409,
        _ => return None,
    };
    if text(tokens, at + 1) != "(" {
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
        // What stands beside the code in a call of one's own may be anything.
        meaning: meaning.filter(|_| is_path),
        variant: variant_before(tokens, at),
        error: error_before(tokens, at),
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
        error: error_before(tokens, at),
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
        error: None,
    })
}

/// `fn code(&self) -> &'static str { match self { Self::SoldOut { .. } => "sold_out", … } }`, or
/// `let code = match … { … }`.
fn arms_of_code(tokens: &[Token], at: usize, found: &mut Vec<Given>) {
    let is_function = text(tokens, at) == "fn" && text(tokens, at + 1) == "code";
    let is_match = (0..4)
        .map(|more| text(tokens, at + more))
        .eq(["let", "code", "=", "match"]);
    if !is_function && !is_match {
        return;
    }
    let depth = tokens[at].depth;
    let opens = |index: &usize| tokens[*index].depth == depth && tokens[*index].text == "{";
    let Some(open) = (at..tokens.len()).find(opens) else {
        return;
    };
    let body = tokens[open + 1..]
        .iter()
        .take_while(|token| token.depth > depth)
        .count();
    for index in open + 1..open + 1 + body {
        if text(tokens, index) == ">"
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
                error: error_before(tokens, index),
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
        found.insert(named_after(tokens, at).to_owned(), sentence);
    }
    found
}

/// What each variant of a source says of itself: the first line of its doc comment.
pub(crate) fn docs(tokens: &[Token]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for at in 0..tokens.len() {
        let is_doc = (0..3).map(|more| text(tokens, at + more)).eq(["[", "doc", "="]);
        let Some(sentence) = is_doc.then(|| string(tokens, at + 3)).flatten() else {
            continue;
        };
        let name = named_after(tokens, at);
        if name.starts_with(|first: char| first.is_ascii_uppercase()) {
            found
                .entry(name.to_owned())
                .or_insert_with(|| sentence.trim().trim_end_matches('.').to_owned());
        }
    }
    found
}

/// The variant or type that the attribute here belongs to, other attributes skipped.
fn named_after(tokens: &[Token], at: usize) -> &str {
    let skipped = ["#", "[", "]", "pub", "struct", "enum"];
    let mut same = tokens[at + 1..]
        .iter()
        .filter(|token| token.depth == tokens[at].depth);
    let name = same.find(|token| !skipped.contains(&token.text.as_str()));
    name.map_or("", |token| token.text.as_str())
}

/// `PlaceError` of the nearest `impl From<PlaceError> for …` before.
fn error_before(tokens: &[Token], at: usize) -> Option<String> {
    let from = (0..at)
        .rev()
        .find(|index| text(tokens, *index) == "From" && text(tokens, index + 1) == "<")?;
    Some(text(tokens, from + 2).to_owned())
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
    fn a_code_that_is_chosen_by_a_match_is_found() {
        let source = r#"fn f() { let code = match status { Status::Canceled => "order_canceled", Status::Odd => "odd" }; }"#;
        let codes: Vec<_> = found(source).into_iter().map(|found| found.0).collect();
        assert_eq!(codes, ["order_canceled", "odd"]);
    }

    #[test]
    fn a_context_s_own_refusal_means_what_its_variant_says() {
        let source = r#"match error { StoreError::HandleTaken => refused("handle_taken", "handle", &text) }"#;
        assert_eq!(
            found(source),
            [(
                "handle_taken".to_owned(),
                409,
                None,
                Some("HandleTaken".to_owned())
            )]
        );
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
    fn the_sentence_of_a_converted_error_and_the_doc_of_a_variant_are_found() {
        let source = r#"
            #[error("this order cannot {action}")] pub struct NotAllowed;
            enum Problem { /** Nothing is left. */ SoldOut }
            impl From<NotAllowed> for Fault { fn f() { let code = match s { S::A => "order_state" }; } }"#;
        let tokens = tokens::of(source).unwrap();
        assert_eq!(super::given(&tokens)[0].error.as_deref(), Some("NotAllowed"));
        assert_eq!(sentences(&tokens)["NotAllowed"], "this order cannot {action}");
        assert_eq!(docs(&tokens)["SoldOut"], "Nothing is left");
    }

    #[test]
    fn a_variant_s_sentence_is_read_past_its_other_attributes() {
        let source = r#"enum E { #[error("the cart is empty")] Empty, #[error("`{sku}` is sold out")] #[doc = "x"] SoldOut { sku: Sku } }"#;
        let sentences = sentences(&tokens::of(source).unwrap());
        assert_eq!(sentences["Empty"], "the cart is empty");
        assert_eq!(sentences["SoldOut"], "`{sku}` is sold out");
    }
}
