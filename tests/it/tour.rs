//! `docs/tour.md`, run as it stands: every block of shell, and what it says below it.
//!
//! | variable | says |
//! |---|---|
//! | `SHOP_URL`, `SHOP_KEY` | a shop that runs elsewhere, with the sample in it, and a staff key |
//! | `SHOP_MAILS` | where that shop's mails can be read; without it they are not looked at |

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

/// A shop elsewhere has no pages of the local stack. What the page asks of them is answered otherwise:
/// all is at rest when an order and its payment have not changed for four seconds.
const ELSEWHERE: &str = r#"
settle() {
  local last='' now same=0
  for _ in $(seq 120); do
    now=$(command curl -s "$SHOP/v1/admin/orders/${ORDER:-none}" -H "authorization: Bearer $KEY"
      command curl -s "$SHOP/v1/admin/orders/${ORDER:-none}/payment" -H "authorization: Bearer $KEY")
    if [ "$now" = "$last" ]; then same=$((same + 1)); else same=0; fi
    [ "$same" -lt 4 ] || { echo '{"quiet":true}'; return; }
    last=$now
    sleep 1
  done
  echo '{"quiet":false}'
}
curl() {
  case " $* " in
    *' -o /dev/null '*/_cartwright/quiet*) settle > /dev/null ;;
    */_cartwright/quiet*) settle ;;
    *" $SHOP/ ") command curl -s "${SHOP_MAILS:-$SHOP/}" ;;
    *) command curl --http1.1 "$@" ;;
  esac
}
"#;

/// The page that shows mails.
const FRONT_PAGE: &str = "curl -s \"$SHOP/\"";

struct Walked {
    printed: String,
    complaint: String,
    succeeded: bool,
}

fn walk(steps: &[Step], preamble: &str, url: &str, key: &str) -> Walked {
    let folder = tempfile::tempdir().unwrap();
    let needs = "command -v curl >/dev/null || { echo 'the tour needs curl' >&2; exit 1; }";
    let blocks = steps
        .iter()
        .map(|step| format!("{}\nprintf '\\n{SEAM}\\n'", step.shell));
    let begin = [needs.to_owned(), preamble.to_owned()];
    let script: Vec<String> = begin.into_iter().chain(blocks).collect();
    let output = Command::new("bash")
        .args(["-eu", "-c", &script.join("\n")])
        .env("SHOP", url)
        .env("KEY", key)
        .env("TMPDIR", folder.path())
        .output()
        .expect("the tour needs bash");
    Walked {
        printed: String::from_utf8(output.stdout).unwrap().replace('\r', ""),
        complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        succeeded: output.status.success(),
    }
}

fn compare(steps: &[Step], walked: &Walked, skipped: impl Fn(&Step) -> bool) {
    let complaint = &walked.complaint;
    let mut printed = walked.printed.split(SEAM).map(str::trim);
    for step in steps {
        let text = printed.next().unwrap_or_default();
        let Some(expected) = &step.expected else { continue };
        assert!(
            skipped(step) || agrees(expected, text),
            "docs/tour.md, line {}, promises\n{expected}\n\nand this came\n{text}\n{complaint}",
            step.line
        );
    }
    assert!(walked.succeeded, "the tour broke off\n{complaint}");
}

#[tokio::test]
async fn the_tour_happens_as_it_is_told() {
    let page = std::fs::read_to_string(root().join("docs/tour.md")).unwrap();
    let steps = steps(&page);
    assert!(steps.len() > 20, "only {} steps", steps.len());
    if let Ok(url) = std::env::var("SHOP_URL") {
        let key = std::env::var("SHOP_KEY").expect("SHOP_URL goes with SHOP_KEY");
        let unread = std::env::var("SHOP_MAILS").is_err();
        let walked = walk(&steps, ELSEWHERE, &url, &key);
        compare(&steps, &walked, |step| unread && step.shell == FRONT_PAGE);
        return;
    }
    let shop = TestShop::open_with_sample(10).await;
    let walked = walk(&steps, "", shop.url(), shop.staff_key());
    compare(&steps, &walked, |_| false);
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
