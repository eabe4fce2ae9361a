//! Every rule is broken once, in a small repository of its own, and must be named.

use tempfile::TempDir;

use super::*;

const DEFAULTS: &str = "defaults:\n  memory_mb: 256\n  timeout_s: 10\n  queue: { batch: 10, window_s: 0, receives_max: 8 }\n  stream: { batch: 100, retries_max: 20 }\n";
const MANIFEST: &str = "tables:\n  carts:\n    key: [pk, sk]\n\nfunctions:\n  carts-get:\n    trigger: { http: \"GET /v1/carts\", auth: public }\n    access: { carts: read }\n";
const MAIN: &str = "//! `GET /v1/carts`: one cart.\nfn main() {}\n";

fn cargo(name: &str, dependencies: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
         license.workspace = true\npublish.workspace = true\n\n[lints]\nworkspace = true\n\n[dependencies]\n{dependencies}"
    )
}

/// A tidy repository with these files more, or instead.
fn tree(files: &[(&str, &str)]) -> (TempDir, Tree) {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::at(folder.path());
    let tidy = [
        ("infra/manifest/_defaults.yaml", DEFAULTS.to_owned()),
        ("infra/manifest/carts.yaml", MANIFEST.to_owned()),
        (
            "functions/carts-get/Cargo.toml",
            cargo("carts-get", "carts.workspace = true\nplatform.workspace = true\n"),
        ),
        ("functions/carts-get/src/main.rs", MAIN.to_owned()),
        ("events/carts-get/works.json", "{}".to_owned()),
        ("tests/it/main.rs", "//! Tests.\nmod carts_get;\n".to_owned()),
        ("tests/it/carts_get.rs", "//! Tests.\n".to_owned()),
        ("shared/kernel/Cargo.toml", cargo("kernel", "")),
        (
            "shared/platform/Cargo.toml",
            cargo(
                "platform",
                "kernel.workspace = true\naws-sdk-sqs.workspace = true\n",
            ),
        ),
        (
            "shared/carts/Cargo.toml",
            cargo("carts", "kernel.workspace = true\n"),
        ),
        (
            "shared/catalog/Cargo.toml",
            cargo("catalog", "kernel.workspace = true\n"),
        ),
    ];
    for (path, text) in &tidy {
        repository.write(path, text).unwrap();
    }
    for (path, text) in files {
        repository.write(path, text).unwrap();
    }
    let tree = Tree::read(&repository).unwrap();
    (folder, tree)
}

/// The sentences about a repository with these files.
fn sentences(files: &[(&str, &str)]) -> Vec<String> {
    let (_folder, tree) = tree(files);
    check(&tree).iter().map(Problem::to_string).collect()
}

/// Expects exactly one broken rule.
fn breaks(files: &[(&str, &str)], expected: &str) {
    let found = sentences(files);
    assert!(
        found.len() == 1 && found[0].contains(expected),
        "expected `{expected}`, found {found:#?}"
    );
}

#[test]
fn a_tidy_repository_has_no_problems() {
    assert_eq!(sentences(&[]), Vec::<String>::new());
}

#[test]
fn a_long_file_is_named_unless_it_holds_tests() {
    let long = format!("//! Long.\n{}", "// line\n".repeat(500));
    breaks(&[("shared/carts/src/lib.rs", &long)], "501 lines");
    assert_eq!(
        sentences(&[("shared/carts/src/tests.rs", &long)]),
        Vec::<String>::new()
    );
}

#[test]
fn a_long_function_is_named_with_its_line() {
    let body = "    let a = 1;\n".repeat(69);
    let long = format!("//! Long.\n\nfn long() {{\n{body}}}\n");
    breaks(
        &[("shared/carts/src/lib.rs", &long)],
        "lib.rs:3: `long` has 71 lines",
    );
}

#[test]
fn a_long_main_is_named() {
    let long = format!("{MAIN}{}", "// line\n".repeat(59));
    breaks(&[("functions/carts-get/src/main.rs", &long)], "at most 60");
}

#[test]
fn the_largest_files_come_first() {
    let (_folder, tree) = tree(&[("shared/carts/src/lib.rs", "//! 1\n//\n//\n//\n")]);
    assert_eq!(sizes::largest(&tree, 1), [(4, "shared/carts/src/lib.rs")]);
}

#[test]
fn a_file_says_what_it_is() {
    breaks(
        &[("shared/carts/src/lib.rs", "fn quiet() {}\n")],
        "does not say what it is",
    );
}

#[test]
fn unfinished_work_is_named() {
    let comment = format!("//! Docs.\n// {}: later\n", concat!("TO", "DO"));
    breaks(&[("xtask/src/a.rs", &comment)], "finish it");
    breaks(
        &[("xtask/src/a.rs", "//! Docs.\nfn a() { todo!() }\n")],
        "`todo!`",
    );
    breaks(
        &[("xtask/src/a.rs", "//! Docs.\n#[ignore]\nfn a() {}\n")],
        "a test runs",
    );
    breaks(
        &[("xtask/src/a.rs", "//! Docs.\nfn a() { unimplemented!() }\n")],
        "`unimplemented!`",
    );
}

#[test]
fn words_that_only_look_unfinished_are_fine() {
    let text = format!(
        "//! Docs.\n/// `unimplemented!()` in a doc.\nconst A: &str = \"{}\"; // mastodon\n",
        concat!("TO", "DO")
    );
    assert_eq!(sentences(&[("xtask/src/a.rs", &text)]), Vec::<String>::new());
}

#[test]
fn a_context_knows_no_float() {
    breaks(
        &[(
            "shared/carts/src/lib.rs",
            "//! Docs.\nfn price() -> f64 { todo() }\n",
        )],
        "never floats",
    );
    assert_eq!(
        sentences(&[("xtask/src/a.rs", "//! Docs.\nfn price() -> f64 { 1.5 }\n")]),
        Vec::<String>::new()
    );
}

#[test]
fn a_rule_knows_no_serde() {
    let text = "//! Docs.\nuse serde::Serialize;\n";
    breaks(&[("shared/carts/src/cart.rs", text)], "in a rule file");
    for path in [
        "wire.rs",
        "store.rs",
        "store/row.rs",
        "wire/parts.rs",
        "facts.rs",
        "cart/tests.rs",
    ] {
        let path = format!("shared/carts/src/{path}");
        assert_eq!(sentences(&[(&path, text)]), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn a_function_of_the_manifest_has_folder_sample_and_test() {
    let two = format!("{MANIFEST}  carts-list:\n    trigger: {{ http: \"GET /v1/lists\", auth: public }}\n");
    let found = sentences(&[("infra/manifest/carts.yaml", &two)]).join("\n");
    for expected in [
        "`carts-list` has no package",
        "`carts-list` has no sample",
        "`carts-list` has no test",
    ] {
        assert!(found.contains(expected), "{found}");
    }
    assert!(found.contains("infra/manifest/carts.yaml:9:"), "{found}");
}

#[test]
fn a_folder_that_the_manifest_does_not_know_is_named() {
    let cargo = cargo("carts-peek", "");
    breaks(
        &[("functions/carts-peek/Cargo.toml", &cargo)],
        "no function `carts-peek`",
    );
    breaks(
        &[("events/carts-peek/works.json", "{}")],
        "no function `carts-peek`",
    );
    assert_eq!(
        sentences(&[("events/facts/order-placed-1.json", "{}")]),
        Vec::<String>::new()
    );
}

#[test]
fn a_main_begins_with_its_route() {
    breaks(
        &[(
            "functions/carts-get/src/main.rs",
            "//! `GET /v1/cart`: one cart.\n",
        )],
        "must begin with `//! `GET /v1/carts`: …`",
    );
}

#[test]
fn a_package_is_called_like_its_folder() {
    let cargo = cargo("get-carts", "");
    breaks(
        &[("functions/carts-get/Cargo.toml", &cargo)],
        "called `get-carts`",
    );
}

#[test]
fn a_sample_is_a_json_object() {
    breaks(&[("events/carts-get/works.json", "[1]")], "no JSON object");
    breaks(&[("events/carts-get/works.txt", "{}")], "`<case>.json`");
}

#[test]
fn a_test_file_that_nobody_lists_is_named() {
    breaks(
        &[("tests/it/lost.rs", "//! Tests.\n")],
        "does not list `mod lost;`",
    );
}

#[test]
fn a_package_inherits_everything() {
    let own = cargo("carts", "").replace("edition.workspace = true", "edition = \"2021\"");
    breaks(&[("shared/carts/Cargo.toml", &own)], "`edition.workspace = true`");
    let own = cargo("carts", "").replace("[lints]\nworkspace = true\n", "");
    breaks(&[("shared/carts/Cargo.toml", &own)], "`[lints]`");
    breaks(
        &[("shared/carts/Cargo.toml", &cargo("carts", "serde = \"1\"\n"))],
        "names its own version",
    );
}

#[test]
fn dependencies_go_one_way() {
    let cases = [
        (
            "shared/kernel",
            "kernel",
            "platform",
            "shared/kernel may not depend on shared/platform",
        ),
        (
            "shared/platform",
            "platform",
            "carts",
            "shared/platform may not depend on shared/carts",
        ),
        (
            "shared/catalog",
            "catalog",
            "carts",
            "shared/catalog may not depend on shared/carts",
        ),
        (
            "functions/carts-get",
            "carts-get",
            "catalog",
            "may not depend on shared/catalog",
        ),
        ("xtask", "xtask", "carts", "xtask may not depend on shared/carts"),
        (
            "shared/carts",
            "carts",
            "aws-sdk-sqs",
            "only shared/platform knows AWS",
        ),
        (
            "functions/carts-get",
            "carts-get",
            "lambda_http",
            "only shared/platform knows AWS",
        ),
    ];
    for (folder, name, dependency, expected) in cases {
        let path = format!("{folder}/Cargo.toml");
        breaks(
            &[(&path, &cargo(name, &format!("{dependency}.workspace = true\n")))],
            expected,
        );
    }
    let allowed = cargo("carts", "catalog.workspace = true\n");
    assert_eq!(
        sentences(&[("shared/carts/Cargo.toml", &allowed)]),
        Vec::<String>::new()
    );
}

#[test]
fn a_code_belongs_to_one_context() {
    let text = "//! Docs.\nfn a() { Fault::refused(\"sold_out\", \"gone\") }\n";
    assert_eq!(
        sentences(&[("shared/carts/src/a.rs", text), ("shared/carts/src/b.rs", text)]),
        Vec::<String>::new()
    );
    breaks(
        &[("shared/carts/src/a.rs", text), ("shared/catalog/src/a.rs", text)],
        "a code of `carts` already",
    );
    let odd = "//! Docs.\nfn a() { Fault::refused(\"SoldOut\", \"gone\") }\n";
    breaks(&[("shared/carts/src/a.rs", odd)], "no error code");
}
