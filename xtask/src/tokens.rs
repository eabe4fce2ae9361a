//! Rust sources as tokens: enough to count lines of functions and to find words outside comments.

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

/// One token in the order of the file, groups opened, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// The token as it is written; `(`, `)` and so on for the edges of groups.
    pub(crate) text: String,
    /// Its line, counted from one.
    pub(crate) line: usize,
    /// How many groups are around it.
    pub(crate) depth: usize,
}

impl Token {
    /// The value of a plain string literal.
    pub(crate) fn string(&self) -> Option<&str> {
        self.text.strip_prefix('"')?.strip_suffix('"')
    }

    /// Whether it is a number with a fraction, or a type of such.
    pub(crate) fn is_float(&self) -> bool {
        let number = self.text.starts_with(|first: char| first.is_ascii_digit());
        let fraction = self.text.contains('.') || self.text.ends_with("f32") || self.text.ends_with("f64");
        matches!(self.text.as_str(), "f32" | "f64") || (number && !self.text.starts_with("0x") && fraction)
    }
}

/// A function and the lines it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionSize {
    /// Its name.
    pub(crate) name: String,
    /// The line of `fn`.
    pub(crate) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(crate) lines: usize,
}

/// The tokens of a source; comments are gone, doc comments are attributes.
pub(crate) fn of(text: &str) -> Result<Vec<Token>, LexError> {
    let stream: TokenStream = text.parse()?;
    let mut tokens = Vec::new();
    flatten(stream, 0, &mut tokens);
    Ok(tokens)
}

fn flatten(stream: TokenStream, depth: usize, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(Token {
                    text: open.to_owned(),
                    line,
                    depth,
                });
                flatten(group.stream(), depth + 1, tokens);
                tokens.push(Token {
                    text: close.to_owned(),
                    line: group.span_close().end().line,
                    depth,
                });
            }
            other => tokens.push(Token {
                text: other.to_string(),
                line,
                depth,
            }),
        }
    }
}

/// Every function with a body, nested ones too.
pub(crate) fn functions(tokens: &[Token]) -> Vec<FunctionSize> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        let named = name
            .text
            .starts_with(|first: char| first.is_alphabetic() || first == '_');
        if keyword.text != "fn" || !named {
            continue;
        }
        let mut rest = tokens[at..].iter().filter(|token| token.depth == keyword.depth);
        let Some(body) = rest.find(|token| matches!(token.text.as_str(), "{" | ";")) else {
            continue;
        };
        if body.text == ";" {
            continue;
        }
        if let Some(end) = rest.find(|token| token.text == "}") {
            let lines = end.line - keyword.line + 1;
            found.push(FunctionSize {
                name: name.text.clone(),
                line: keyword.line,
                lines,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(text: &str) -> Vec<(String, usize)> {
        functions(&of(text).unwrap())
            .into_iter()
            .map(|f| (f.name, f.lines))
            .collect()
    }

    #[test]
    fn a_function_is_measured_from_its_keyword_to_its_last_brace() {
        let text = "/// Says {\nfn one(\n  a: u8,\n) -> u8\nwhere\n{\n  a\n}\n";
        assert_eq!(sizes(text), [("one".to_owned(), 7)]);
    }

    #[test]
    fn braces_in_texts_and_comments_do_not_count() {
        let text = "fn one() { // }\n  let a = \"}\";\n}\nfn two() {}\n";
        assert_eq!(sizes(text), [("one".to_owned(), 3), ("two".to_owned(), 1)]);
    }

    #[test]
    fn declarations_and_function_types_have_no_size() {
        let text = "trait T { fn one(&self); }\ntype F = fn(u8) -> u8;\nstruct S { f: fn() }\n";
        assert_eq!(sizes(text), []);
    }

    #[test]
    fn nested_functions_are_measured_too() {
        let text = "impl S {\n  fn outer() {\n    fn inner() {\n    }\n  }\n}\n";
        assert_eq!(sizes(text), [("outer".to_owned(), 4), ("inner".to_owned(), 2)]);
    }

    #[test]
    fn floats_are_types_and_numbers_but_not_paths_or_hexadecimals() {
        let floats = |text: &str| of(text).unwrap().iter().filter(|token| token.is_float()).count();
        assert_eq!(floats("let a: f64 = 1.5; let b = 2f32;"), 3);
        assert_eq!(
            floats("let a = tuple.0; let b = 0x1f32; let c = \"1.5\"; // 2.5"),
            0
        );
    }
}
