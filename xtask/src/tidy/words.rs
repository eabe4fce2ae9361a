//! Words: every file says what it is; none says it is unfinished; contexts know no float, and their
//! rules no serde.

use super::{
    Problem,
    tree::{Source, Tree},
};

/// Comments that mark unfinished work; written so that this file does not contain them.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Files of a context that turn values into JSON, rows or signed texts and back, by the first word
/// of their name.
const SERIALIZING: [&str; 10] = [
    "wire",
    "store",
    "facts",
    "heard",
    "books",
    "quote_id.rs",
    "claims.rs",
    "mail.rs",
    "second_step.rs",
    "signing.rs",
];

/// Files and lines that break a rule about words.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for source in &tree.sources {
        docs(source, &mut problems);
        unfinished(source, &mut problems);
        let counts_money = source.context().is_some() || source.path.starts_with("shared/kernel/");
        if counts_money && !source.is_test() {
            floats(source, &mut problems);
        }
        if source.context().is_some() && !source.is_test() && !is_serializing(&source.path) {
            serde(source, &mut problems);
        }
    }
    problems
}

fn docs(source: &Source, problems: &mut Vec<Problem>) {
    let first = source.text.lines().find(|line| !line.trim().is_empty());
    if !first.is_some_and(|line| line.starts_with("//! ")) {
        problems.push(Problem::new(
            &source.path,
            1,
            "the file does not say what it is: begin with `//! …`",
        ));
    }
}

fn unfinished(source: &Source, problems: &mut Vec<Problem>) {
    for (index, line) in source.text.lines().enumerate() {
        let comment = line.find("//").map_or("", |at| &line[at..]);
        let mut words = comment.split(|letter: char| !letter.is_alphanumeric());
        if let Some(mark) = words.find(|word| MARKS.contains(word)) {
            let sentence = format!("`{mark}`: finish it, or file an issue");
            problems.push(Problem::new(&source.path, index + 1, sentence));
        }
    }
    for window in source.tokens.windows(3) {
        let [first, second, third] = window else { continue };
        let texts = [first.text.as_str(), second.text.as_str(), third.text.as_str()];
        let found = match texts {
            [name @ ("todo" | "unimplemented"), "!", _] => Some(format!("`{name}!`: write it")),
            ["#", "[", "ignore"] => Some("`#[ignore]`: a test runs, or is no test".to_owned()),
            _ => None,
        };
        problems.extend(found.map(|sentence| Problem::new(&source.path, first.line, sentence)));
    }
}

fn floats(source: &Source, problems: &mut Vec<Problem>) {
    for token in source.tokens.iter().filter(|token| token.is_float()) {
        let sentence = format!(
            "`{}`: money and rates are integers or decimals, never floats",
            token.text
        );
        problems.push(Problem::new(&source.path, token.line, sentence));
    }
}

/// Whether a context's file is the place for serde: `wire.rs`, `wire/…`, `store_rows.rs`, ….
fn is_serializing(path: &str) -> bool {
    let Some((_, inside)) = path.split_once("/src/") else {
        return false;
    };
    inside.split('/').any(|part| {
        let first = part.trim_end_matches(".rs").split('_').next().unwrap_or_default();
        SERIALIZING.contains(&first) || SERIALIZING.contains(&part)
    })
}

fn serde(source: &Source, problems: &mut Vec<Problem>) {
    let words = [
        "serde",
        "Serialize",
        "Deserialize",
        "serde_json",
        "schemars",
        "JsonSchema",
    ];
    if let Some(token) = source
        .tokens
        .iter()
        .find(|token| words.contains(&token.text.as_str()))
    {
        let sentence = format!(
            "`{}` in a rule file: shapes belong to wire, store or facts",
            token.text
        );
        problems.push(Problem::new(&source.path, token.line, sentence));
    }
}
