//! Files in, manifest out: every problem of every file in one answer.

use std::{fmt, fs, path::Path};

use crate::{check, convert::Converter, model::Manifest, model::Place, raw::RawFile};

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// File and line.
    pub place: Place,
    /// What was found and what was expected.
    pub sentence: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.sentence)
    }
}

/// Why there is no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The folder or one of its files cannot be read.
    #[error("`{path}` could not be read")]
    Unreadable {
        /// The path that was tried.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The files say something that cannot be.
    #[error("{}", list(.0))]
    Wrong(Vec<Problem>),
}

fn list(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(Problem::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

impl Manifest {
    /// Reads every `*.yaml` of the folder, in the order of their names, and checks the whole.
    pub fn read(folder: &Path) -> Result<Self, ManifestError> {
        let unreadable = |path: &Path, source| ManifestError::Unreadable {
            path: path.display().to_string(),
            source,
        };
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            let path = entry.map_err(|error| unreadable(folder, error))?.path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                paths.push(path);
            }
        }
        paths.sort();
        let mut texts = Vec::new();
        for path in paths {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            texts.push((name, text));
        }
        Self::from_texts(&texts)
    }

    /// The same from file names and texts.
    pub fn from_texts(texts: &[(String, String)]) -> Result<Self, ManifestError> {
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for (name, text) in texts {
            match serde_saphyr::from_str::<RawFile>(text) {
                Ok(file) => files.push((name.as_str(), file)),
                Err(error) => problems.push(unparsed(name, &error)),
            }
        }
        if !problems.is_empty() {
            return Err(ManifestError::Wrong(problems));
        }
        let (manifest, mut problems) = Converter::convert(files);
        problems.extend(check::check(&manifest));
        problems.sort();
        problems.dedup();
        if problems.is_empty() {
            Ok(manifest)
        } else {
            Err(ManifestError::Wrong(problems))
        }
    }
}

fn unparsed(file: &str, error: &serde_saphyr::Error) -> Problem {
    let line = error.location().map_or(1, |location| location.line());
    let rendered = error.without_snippet().to_string();
    let sentence = rendered.lines().next().unwrap_or_default().to_owned();
    Problem {
        place: Place {
            file: file.to_owned(),
            line,
        },
        sentence,
    }
}
