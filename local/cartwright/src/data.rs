//! The data folder: what survives a restart, and the lock that keeps a second stack out.
//!
//! | file | holds |
//! |---|---|
//! | `dynamo.sqlite`, `sqs.sqlite` | tables and queues |
//! | `book.json` | secrets, the operator's key, the staff key |
//! | `mails.jsonl` | every mail |
//! | `checkpoints/` | how far each stream function has read |

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use embedded_aws::{Dynamo, Sqs};
use serde::{Deserialize, Serialize};

use crate::{api_key, moment, random};

/// Keys and secrets, made once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Book {
    /// The access key id that may do everything.
    pub(crate) operator_key: String,
    /// The text of the first staff key.
    pub(crate) staff_key: String,
    /// Secret values by name.
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, String>,
}

impl Book {
    fn new() -> Self {
        Self {
            operator_key: format!("AKIA{}", random::hex(8).to_ascii_uppercase()),
            staff_key: api_key::mint(),
            secrets: BTreeMap::new(),
        }
    }
}

/// An opened data folder, or none: then everything is in memory and ends with the stack.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) book: Book,
    folder: Option<PathBuf>,
    /// Held as long as the stack lives; the system lets it go however the stack dies.
    _lock: Option<File>,
}

impl Data {
    /// Opens the folder, makes what is missing, and gives each named secret a value.
    pub(crate) fn open<'a>(
        folder: Option<&Path>,
        secrets: impl IntoIterator<Item = &'a str>,
    ) -> anyhow::Result<Self> {
        let lock = folder.map(lock).transpose()?;
        let path = folder.map(|folder| folder.join("book.json"));
        let mut book = match &path {
            Some(path) if path.exists() => {
                let text =
                    fs::read(path).with_context(|| format!("`{}` could not be read", path.display()))?;
                serde_json::from_slice(&text).with_context(|| format!("`{}` is damaged", path.display()))?
            }
            _ => Book::new(),
        };
        // A key of an older form opens nothing any more.
        if api_key::row(&book.staff_key, "", &[]).is_none() {
            book.staff_key = api_key::mint();
        }
        for name in secrets {
            book.secrets
                .entry(name.to_owned())
                .or_insert_with(|| random::hex(32));
        }
        if let Some(path) = &path {
            replace(path, &serde_json::to_vec_pretty(&book)?)?;
        }
        Ok(Self {
            book,
            folder: folder.map(Path::to_owned),
            _lock: lock,
        })
    }

    /// Opens the engines on the folder's files.
    pub(crate) fn engines(&self, base_url: &str) -> anyhow::Result<(Dynamo, Sqs)> {
        match &self.folder {
            Some(folder) => {
                let dynamo =
                    Dynamo::open(&folder.join("dynamo.sqlite")).context("the tables could not be opened")?;
                let sqs = Sqs::open(&folder.join("sqs.sqlite"), base_url)
                    .context("the queues could not be opened")?;
                // Whoever held a message ended with the stack before.
                sqs.release_held(moment::now_ms())
                    .context("the queues could not be written")?;
                Ok((dynamo, sqs))
            }
            None => Ok((Dynamo::memory()?, Sqs::memory(base_url)?)),
        }
    }

    /// Where mails are kept.
    pub(crate) fn mails(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("mails.jsonl"))
    }

    /// How far a stream function had read.
    pub(crate) fn checkpoint(&self, function: &str) -> Option<String> {
        let path = self.checkpoint_path(function)?;
        fs::read_to_string(path).ok().filter(|text| !text.is_empty())
    }

    /// Remembers how far a stream function has read.
    pub(crate) fn keep_checkpoint(&self, function: &str, checkpoint: &str) -> anyhow::Result<()> {
        match self.checkpoint_path(function) {
            Some(path) => replace(&path, checkpoint.as_bytes()),
            None => Ok(()),
        }
    }

    fn checkpoint_path(&self, function: &str) -> Option<PathBuf> {
        self.folder
            .as_ref()
            .map(|folder| folder.join("checkpoints").join(function))
    }
}

fn lock(folder: &Path) -> anyhow::Result<File> {
    let place = folder.display();
    fs::create_dir_all(folder.join("checkpoints")).with_context(|| format!("`{place}` could not be made"))?;
    let path = folder.join("lock");
    let lock = File::create(&path).with_context(|| format!("`{}` could not be written", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            bail!("another stack uses `{place}`; stop it, or give another --data")
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("`{place}` could not be locked"))
        }
    }
}

/// Writes a file whole or not at all, readable by its owner only.
fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let draft = path.with_extension("draft");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(bytes)?;
        fs::rename(&draft, path)
    };
    write().with_context(|| format!("`{}` could not be written", path.display()))
}
