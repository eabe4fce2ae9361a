//! Zips and lists; what cargo builds is cargo's.

use std::process::Command;

use super::*;

#[test]
fn the_same_file_is_always_the_same_zip() {
    let first = zip::one("bootstrap", b"program", 12).expect("a zip");
    let second = zip::one("bootstrap", b"program", 12).expect("a zip");
    assert_eq!(first, second);
}

#[test]
fn another_program_reads_the_zip_and_may_run_what_is_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("one.zip");
    let script = b"#!/bin/sh\necho it runs\n".repeat(50);
    fs::write(&path, zip::one("bootstrap", &script, 12).expect("a zip")).expect("written");
    let check = "import sys, zipfile\n\
        z = zipfile.ZipFile(sys.argv[1])\n\
        assert z.testzip() is None\n\
        [i] = z.infolist()\n\
        print(i.filename, oct(i.external_attr >> 16), i.date_time, i.file_size)";
    let Ok(output) = Command::new("python3").args(["-c", check]).arg(&path).output() else {
        println!("skipped: python3 is not installed");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    let expected = format!("bootstrap 0o100755 (1980, 1, 1, 0, 0, 0) {}", script.len());
    assert_eq!(
        told.trim(),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_list_tells_what_changed_since_the_last() {
    let mut before = List::new(Architecture::Arm64, "lambda");
    before.add("orders-create", b"one");
    before.add("orders-get", b"two");
    let mut after = before.clone();
    assert!(after.changed(Some(&before)).is_empty());
    after.add("orders-get", b"three");
    after.add("orders-list", b"four");
    let changed: Vec<&str> = after.changed(Some(&before)).into_iter().collect();
    assert_eq!(changed, ["orders-get", "orders-list"]);
    assert!(after.told(Some(&before)).contains("2 of 3 functions changed"));
}

#[test]
fn a_list_survives_its_file_and_its_hash_is_lambdas() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(List::read(folder.path()).expect("no list"), None);
    let mut list = List::new(Architecture::X86, "dev");
    list.add("orders-get", b"abc");
    list.write(folder.path()).expect("written");
    let text = fs::read_to_string(folder.path().join("manifest.json")).expect("the list");
    assert!(text.contains(r#""architecture": "x86_64""#), "{text}");
    assert!(
        text.contains("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        "{text}"
    );
    assert_eq!(List::read(folder.path()).expect("the list"), Some(list));
}

#[test]
fn what_was_packed_in_another_way_is_not_mixed_in() {
    let arm = List::new(Architecture::Arm64, "lambda");
    assert!(arm.continues(&arm));
    assert!(!List::new(Architecture::X86, "lambda").continues(&arm));
    assert!(!List::new(Architecture::Arm64, "dev").continues(&arm));
}

#[test]
fn a_function_without_a_zip_is_named_before_anything_is_applied() {
    let mut list = List::new(Architecture::Arm64, "lambda");
    list.add("orders-get", b"one");
    let functions = ["orders-get".to_owned(), "orders-list".to_owned()];
    assert!(list.covers(functions[..1].iter()).is_ok());
    let error = list
        .covers(functions.iter())
        .expect_err("one is missing")
        .to_string();
    assert!(error.contains("orders-list"), "{error}");
}
