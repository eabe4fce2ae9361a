//! `docs/tour.md`, run as it stands: every block of shell, and what it says below it.

use std::process::Command;

use crate::shop::{TestShop, root};

/// Stands between what two blocks print.
const SEAM: &str = "=== the next block ===";
/// What the page leaves out.
const GAP: char = '…';

/// A block of shell, and what the page says it prints.
struct Step {
    line: usize,
    shell: String,
    expected: Option<String>,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        let block = block.join("\n");
        match language {
            "sh" => steps.push(Step {
                line: at + 1,
                shell: block,
                expected: None,
            }),
            "text" => {
                let step = steps.last_mut().filter(|step| step.expected.is_none());
                let step = step.unwrap_or_else(|| panic!("line {}: nothing above prints this", at + 1));
                step.expected = Some(block);
            }
            "console" => {}
            other => panic!("line {}: `{other}` is no kind of block", at + 1),
        }
    }
    steps
}

/// Whether the text is what the page says: every piece between two gaps, in order, and no gap at an
/// end that has none.
fn agrees(expected: &str, text: &str) -> bool {
    let mut pieces = expected.split(GAP);
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[tokio::test]
async fn the_tour_happens_as_it_is_told() {
    let page = std::fs::read_to_string(root().join("docs/tour.md")).unwrap();
    let steps = steps(&page);
    assert!(steps.len() > 20, "only {} steps", steps.len());
    let shop = TestShop::open_with_sample(10).await;
    let folder = tempfile::tempdir().unwrap();
    let needs = "command -v curl >/dev/null || { echo 'the tour needs curl' >&2; exit 1; }".to_owned();
    let blocks = steps
        .iter()
        .map(|step| format!("{}\nprintf '\\n{SEAM}\\n'", step.shell));
    let script: Vec<String> = std::iter::once(needs).chain(blocks).collect();

    let output = Command::new("bash")
        .args(["-eu", "-c", &script.join("\n")])
        .env("SHOP", shop.url())
        .env("KEY", shop.staff_key())
        .env("TMPDIR", folder.path())
        .output()
        .expect("the tour needs bash");

    let printed = String::from_utf8(output.stdout).unwrap().replace('\r', "");
    let complaint = String::from_utf8_lossy(&output.stderr);
    let mut printed = printed.split(SEAM).map(str::trim);
    for step in &steps {
        let text = printed.next().unwrap_or_default();
        let Some(expected) = &step.expected else { continue };
        assert!(
            agrees(expected, text),
            "docs/tour.md, line {}, promises\n{expected}\n\nand this came\n{text}\n{complaint}",
            step.line
        );
    }
    assert!(output.status.success(), "the tour broke off\n{complaint}");
    shop.audit().await;
}

#[test]
fn a_page_that_promises_something_else_is_found_out() {
    let check = |expected: &str, text: &str, agreed: bool| {
        assert_eq!(agrees(expected, text), agreed, "{expected} | {text}");
    };
    check("cw_sk_…", "cw_sk_1", true);
    check("cw_sk_…", "no", false);
    check("{…\"a\":1…}", "{\"b\":2,\"a\":1,\"c\":3}", true);
    check("{…\"a\":1…}", "{\"b\":2,\"a\":2}", false);
    check("one…two", "one two three", false);
    check("one…two", "one two", true);
    check("…two…one…", "one two", false);
    check("all of it", "all of it", true);
    check("all of it", "all of it and more", false);
}
