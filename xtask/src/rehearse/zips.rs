//! What is deployed in a rehearsal: folders of zips, which differ in one function.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use super::{CHANGED, small};
use crate::{files, package, repository::Repository};

/// A program that ends before it has asked for work.
const BROKEN: &[u8] = b"#!/bin/sh\nexit 1\n";

/// Folders, each with its list.
pub(super) struct Zips {
    pub(super) first: PathBuf,
    pub(super) changed: PathBuf,
    /// Its list has a zip that is not there.
    pub(super) missing: PathBuf,
    pub(super) broken: PathBuf,
    pub(super) mended: PathBuf,
    /// The mended ones, as another machine would have them.
    pub(super) elsewhere: PathBuf,
}

impl Zips {
    /// Packs the small shop's functions, or takes them as they were packed, and makes the others of
    /// them.
    pub(super) fn of(repository: &Repository, folder: &Path, packed: bool) -> Result<Self> {
        let first = folder.join("first");
        if !packed {
            let mut wish = package::Wish::to_try(first.clone());
            wish.functions = small::FUNCTIONS.map(str::to_owned).into();
            package::run(repository, &wish)?;
        }
        let path = first.join(format!("{CHANGED}.zip"));
        let zip = fs::read(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        let variant = |name: &str, zip: &[u8]| -> Result<PathBuf> {
            let to = folder.join(name);
            files::copy(&first, &to)?;
            package::replace(&to, CHANGED, zip)?;
            Ok(to)
        };
        let zips = Self {
            changed: variant("changed", &noted(&zip, "two")?)?,
            missing: variant("missing", &noted(&zip, "three")?)?,
            broken: variant("broken", &package::zipped(BROKEN)?)?,
            mended: variant("mended", &noted(&zip, "four")?)?,
            elsewhere: variant("elsewhere", &noted(&zip, "four")?)?,
            first,
        };
        fs::remove_file(zips.missing.join(format!("{CHANGED}.zip")))?;
        Ok(zips)
    }
}

/// The same zip with a comment at its end: the same program, another hash.
fn noted(zip: &[u8], comment: &str) -> Result<Vec<u8>> {
    let (rest, len) = zip.split_last_chunk::<2>().context("this is no zip")?;
    ensure!(*len == [0, 0], "the zip has a comment");
    let len = u16::try_from(comment.len())?.to_le_bytes();
    Ok([rest, &len, comment.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn another_comment_is_another_zip_of_the_same_program() {
        let zip = package::zipped(BROKEN).expect("a zip");
        let (two, three) = (
            noted(&zip, "two").expect("a zip"),
            noted(&zip, "three").expect("a zip"),
        );
        assert_ne!(two, three);
        assert!(noted(&two, "four").is_err());
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("one.zip");
        fs::write(&path, two).expect("written");
        let check = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(z.comment.decode(), z.read('bootstrap'))";
        let Ok(output) = Command::new("python3").args(["-c", check]).arg(&path).output() else {
            println!("skipped: python3 is not installed");
            return;
        };
        let told = String::from_utf8_lossy(&output.stdout);
        assert_eq!(told.trim(), r"two b'#!/bin/sh\nexit 1\n'");
    }
}
