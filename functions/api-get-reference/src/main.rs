//! `GET /docs`: a reference page that the browser makes from `/v1/openapi.json`.

use platform::http::{self, Call, Document, Problem};

/// One file without anything from elsewhere: its script and style are in it.
const PAGE: &str = include_str!("page.html");

/// What is worked out once from the page.
struct Reference {
    tag: String,
    policy: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(|_| Reference::new(), answer).await
}

async fn answer(reference: &'static Reference, _: Call) -> Result<Document, Problem> {
    let page = Document::new("text/html; charset=utf-8", PAGE.as_bytes());
    Ok(page
        .content_security_policy(&reference.policy)
        .with_etag(&reference.tag)
        .public_cache(300))
}

impl Reference {
    /// The page may run and show what is in itself, read the contract from its own origin, and
    /// nothing else.
    fn new() -> Self {
        let (script, style) = (
            http::inline_source(PAGE, "script"),
            http::inline_source(PAGE, "style"),
        );
        let policy = format!(
            "default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; img-src data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self {
            tag: http::digest(PAGE.as_bytes()),
            policy,
        }
    }
}
