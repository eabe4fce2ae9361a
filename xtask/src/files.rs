//! Folders of files.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("`{}` cannot be read", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_every_folder_and_file() {
        let (from, to) = (
            tempfile::tempdir().expect("a folder"),
            tempfile::tempdir().expect("a folder"),
        );
        fs::create_dir_all(from.path().join("modules/table")).expect("made");
        fs::write(from.path().join("modules/table/main.tf"), "x").expect("written");
        copy(from.path(), &to.path().join("infra")).expect("copied");
        let copied = fs::read_to_string(to.path().join("infra/modules/table/main.tf")).expect("the copy");
        assert_eq!(copied, "x");
    }
}
