//! A copy of `infra/` in which Terraform may write what it likes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::report::Verdict;
use crate::repository::Repository;

/// Below this, one folder for each copy.
const FOLDER: &str = "target/infra";
/// The state is a file here, and not in anybody's account.
const BACKEND: &str = "terraform {\n  backend \"local\" {}\n}\n";
/// The stand-in cannot plan a write-only argument a second time; a real provider can.
const SECRETS: &str = "resource \"aws_secretsmanager_secret_version\" \"this\" {\n  secret_string            = \"fake\"\n  \
                       secret_string_wo         = null\n  secret_string_wo_version = null\n}\n";
/// Resources that Terraform works on at once: nothing here waits for a network.
const PARALLEL: &str = "-parallelism=30";

/// The copy.
#[derive(Debug)]
pub(crate) struct Workshop {
    folder: PathBuf,
    configuration: PathBuf,
}

impl Workshop {
    /// Copies `infra/` afresh. What an earlier `init` made stays: it is right as long as the modules are.
    pub(crate) fn open(repository: &Repository, name: &str, configuration: &Path) -> Result<Self> {
        let folder = repository.path(FOLDER).join(name);
        fs::create_dir_all(&folder).context("the folder for Terraform cannot be made")?;
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name == ".terraform") {
                continue;
            }
            if path.is_dir() {
                fs::remove_dir_all(&path)?;
            } else {
                fs::remove_file(&path)?;
            }
        }
        copy(&repository.path("infra"), &folder)?;
        fs::write(folder.join("backend_override.tf"), BACKEND)?;
        Ok(Self {
            folder,
            configuration: configuration.to_owned(),
        })
    }

    /// The copy as it was left.
    pub(crate) fn again(repository: &Repository, name: &str, configuration: &Path) -> Self {
        Self {
            folder: repository.path(FOLDER).join(name),
            configuration: configuration.to_owned(),
        }
    }

    /// Where the copy is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts another manifest in place of the real one.
    pub(crate) fn replace_manifest(&self, files: &[(&str, &str)]) -> Result<()> {
        let folder = self.folder.join("manifest");
        fs::remove_dir_all(&folder)?;
        fs::create_dir_all(&folder)?;
        for (name, text) in files {
            fs::write(folder.join(name), text)?;
        }
        Ok(())
    }

    /// Forgets what was applied.
    pub(crate) fn forget(&self) -> Result<()> {
        for name in ["terraform.tfstate", "terraform.tfstate.backup"] {
            let path = self.folder.join(name);
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Takes providers and modules from this machine.
    pub(crate) fn init(&self) -> Verdict {
        self.run(&["init", "-input=false"], "")
    }

    /// Types, names, references and the provider's own rules.
    pub(crate) fn validate(&self) -> Verdict {
        self.run(&["validate"], "")
    }

    /// `terraform test`; exits well without any test, so the count is looked at.
    pub(crate) fn test(&self, arguments: &[&str]) -> Verdict {
        match self.output(&[&["test"], arguments].concat()) {
            Err(cause) => Verdict::Failed(cause),
            Ok(text) => match text.lines().rev().find(|line| line.contains(" passed, ")) {
                Some(line) if !line.contains(" 0 passed") => Verdict::Ok(line.trim().to_owned()),
                _ => Verdict::Failed("no test was run".to_owned()),
            },
        }
    }

    /// Whether an environment can be planned from nothing.
    pub(crate) fn plan_of(&self, environment: &str, arguments: &[&str]) -> Verdict {
        let file = format!("-var-file=environments/{environment}.tfvars");
        let given = [
            "plan",
            "-input=false",
            "-lock=false",
            "-state=none.tfstate",
            PARALLEL,
            &file,
        ];
        self.run(&[&given[..], arguments].concat(), "")
    }

    /// Applies everything to nothing real, and plans again: nothing may be left to do. The second
    /// plan, in which every value is known, is left as JSON in `whole`.
    pub(crate) fn apply_twice(
        &self,
        environment: &str,
        more: &[&str],
        whole: &mut Option<PathBuf>,
    ) -> Verdict {
        if let Err(error) = fs::write(self.folder.join("secrets_override.tf"), SECRETS) {
            return Verdict::Failed(error.to_string());
        }
        let file = format!("-var-file=environments/{environment}.tfvars");
        let applied = self.output(
            &[
                &["apply", "-auto-approve", "-input=false", PARALLEL, &file][..],
                more,
            ]
            .concat(),
        );
        let applied = match applied {
            Ok(text) => text,
            Err(cause) => return Verdict::Failed(cause),
        };
        let planned = self.output(
            &[
                &["plan", "-input=false", PARALLEL, "-out=plan.out", &file][..],
                more,
            ]
            .concat(),
        );
        match planned {
            Err(cause) => return Verdict::Failed(format!("the second plan: {cause}")),
            Ok(text) if !text.contains("No changes.") => {
                let wishes = text.lines().filter(|line| line.trim_start().starts_with("# "));
                let wishes: Vec<&str> = wishes.take(20).collect();
                return Verdict::Failed(format!(
                    "the second plan would still change:\n{}",
                    wishes.join("\n")
                ));
            }
            Ok(_) => {}
        }
        match self.output(&["show", "-json", "plan.out"]) {
            Err(cause) => Verdict::Failed(cause),
            Ok(text) => {
                let path = self.folder.join("plan.json");
                if let Err(error) = fs::write(&path, text) {
                    return Verdict::Failed(error.to_string());
                }
                *whole = Some(path);
                let count = applied.lines().find(|line| line.starts_with("Apply complete!"));
                Verdict::Ok(count.unwrap_or_default().trim_end_matches('.').to_owned())
            }
        }
    }

    fn run(&self, arguments: &[&str], note: &str) -> Verdict {
        match self.output(arguments) {
            Ok(_) => Verdict::Ok(note.to_owned()),
            Err(cause) => Verdict::Failed(cause),
        }
    }

    /// Runs Terraform; what it printed, or why it failed.
    pub(crate) fn output(&self, arguments: &[&str]) -> std::result::Result<String, String> {
        let mut command = Command::new("terraform");
        command.current_dir(&self.folder).args(arguments);
        if arguments.first() != Some(&"show") {
            command.arg("-no-color");
        }
        command
            .env("TF_CLI_CONFIG_FILE", &self.configuration)
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            // Collecting garbage rarely is worth a third of the time, and costs some hundred MiB.
            .env("GOGC", "400");
        let output = command
            .output()
            .map_err(|error| format!("terraform cannot be started: {error}"))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(printed);
        }
        let complaint = format!("{printed}\n{}", String::from_utf8_lossy(&output.stderr));
        Err(causes(&complaint))
    }
}

/// Of all that Terraform prints, the errors: each with file, line and sentence.
fn causes(printed: &str) -> String {
    let text: Vec<&str> = printed
        .lines()
        .map(|line| line.trim_start_matches(['│', '╷', '╵']).trim_end())
        .collect();
    let Some(first) = text
        .iter()
        .position(|line| line.trim_start().starts_with("Error: "))
    else {
        return text.join("\n");
    };
    let lines = text[first..].iter().filter(|line| !line.trim().is_empty());
    let lines: Vec<&str> = lines.take(60).copied().collect();
    lines.join("\n")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("`{}` cannot be read", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let path = entry.path();
        let private =
            name.to_string_lossy().starts_with(".terraform") || name.to_string_lossy().contains(".tfstate");
        if private {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name))
                .with_context(|| format!("`{}` cannot be copied", path.display()))?;
        }
    }
    Ok(())
}

/// Whether `terraform fmt` would change a file of `infra/`.
pub(crate) fn fmt(repository: &Repository) -> Verdict {
    let mut command = Command::new("terraform");
    command.args(["fmt", "-check", "-recursive", "-list=true", "infra"]);
    match command.current_dir(repository.root()).output() {
        Err(error) => Verdict::Failed(format!("terraform cannot be started: {error}")),
        Ok(output) if output.status.success() => Verdict::Ok(String::new()),
        Ok(output) => Verdict::Failed(format!(
            "run `terraform fmt -recursive infra`: {}{}",
            String::from_utf8_lossy(&output.stdout).trim().replace('\n', ", "),
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_all_that_terraform_prints_the_errors_are_left() {
        let printed = "Planning…\n╷\n│ Error: Unsupported argument\n│\n│   on tables.tf line 3:\n╵\n";
        assert_eq!(
            causes(printed),
            " Error: Unsupported argument\n   on tables.tf line 3:"
        );
    }
}
