//! What is on this machine: Terraform, the real provider, the stand-in, checkov.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{repository::Repository, shell};

/// Where people keep plug-ins, besides their own folder.
const PLUGIN_ROOTS: [&str; 4] = ["/opt", "/usr/local/share", "/usr/share", "/usr/lib"];
/// How far below such a root.
const DEPTH_MAX: usize = 3;
/// How the stand-in lies beside the checkout.
const BESIDE: &str = "../shared/tools/terraform-offline";

/// What was found.
#[derive(Debug)]
pub(crate) struct Tools {
    /// Whether `terraform` can be started.
    pub(crate) terraform: bool,
    /// The real provider.
    pub(crate) real: Option<Mirror>,
    /// The stand-in provider.
    pub(crate) stand_in: Option<StandIn>,
    /// checkov's program.
    pub(crate) checkov: Option<PathBuf>,
}

impl Tools {
    pub(crate) fn find(repository: &Repository) -> Self {
        Self {
            terraform: shell::is_there("terraform", &["version"]),
            real: Mirror::find(repository),
            stand_in: StandIn::find(repository),
            // It wants old versions of common packages, so it lives in an environment of its own.
            checkov: shell::own_tool("cartwright-checkov", "checkov"),
        }
    }
}

/// A folder of providers as `terraform providers mirror` makes it.
#[derive(Debug)]
pub(crate) struct Mirror {
    folder: PathBuf,
    configuration: PathBuf,
}

impl Mirror {
    fn find(repository: &Repository) -> Option<Self> {
        let named = env::var_os("TF_PLUGINS").map(PathBuf::from);
        let own = env::var_os("HOME").map(|home| Path::new(&home).join(".terraform.d/plugins"));
        let roots = named
            .into_iter()
            .chain(own)
            .chain(PLUGIN_ROOTS.iter().map(PathBuf::from));
        let folder = roots.into_iter().find_map(|root| holding_aws(&root, DEPTH_MAX))?;
        Some(Self {
            folder,
            configuration: repository.path("target/infra/real.terraformrc"),
        })
    }

    /// Writes the CLI configuration that takes the provider from here and nothing from elsewhere.
    pub(crate) fn configuration(&self) -> Result<PathBuf> {
        let text = format!(
            "disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path    = \"{}\"\n    \
             include = [\"registry.terraform.io/hashicorp/aws\"]\n  }}\n}}\n",
            self.folder.display()
        );
        if let Some(folder) = self.configuration.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.configuration, text).context("the CLI configuration cannot be written")?;
        Ok(self.configuration.clone())
    }
}

/// Writes the CLI configuration that fetches the provider from where Terraform fetches it by itself.
pub(crate) fn fetching(repository: &Repository) -> Result<PathBuf> {
    let path = repository.path("target/infra/fetching.terraformrc");
    fs::create_dir_all(repository.path("target/infra"))?;
    fs::write(&path, "disable_checkpoint = true\n").context("the CLI configuration cannot be written")?;
    Ok(path)
}

fn holding_aws(folder: &Path, depth: usize) -> Option<PathBuf> {
    if folder.join("registry.terraform.io/hashicorp/aws").is_dir() {
        return Some(folder.to_owned());
    }
    if depth == 0 {
        return None;
    }
    let entries = fs::read_dir(folder).ok()?;
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir() && !path.is_symlink())
        .collect();
    folders.sort();
    folders.iter().find_map(|folder| holding_aws(folder, depth - 1))
}

/// The stand-in provider's sources.
#[derive(Debug)]
pub(crate) struct StandIn {
    folder: PathBuf,
}

impl StandIn {
    fn find(repository: &Repository) -> Option<Self> {
        let named = env::var_os("TERRAFORM_OFFLINE").map(PathBuf::from);
        let folder = named.unwrap_or_else(|| repository.path(BESIDE));
        folder.join("setup").is_file().then_some(Self { folder })
    }

    /// Builds it, which takes minutes once and nothing after; the folder it is in.
    pub(crate) fn prepare(&self, repository: &Repository) -> Result<PathBuf> {
        let mut command = Command::new(self.folder.join("setup"));
        command
            .current_dir(repository.root())
            .env_remove("CARGO_TARGET_DIR");
        let output = command.output().context("its `setup` cannot be started")?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            bail!(
                "{}",
                complaint
                    .lines()
                    .last()
                    .unwrap_or("its `setup` failed and said nothing")
            );
        }
        let printed = String::from_utf8_lossy(&output.stdout);
        let folder = printed.lines().last().context("its `setup` named no folder")?;
        Ok(PathBuf::from(folder))
    }

    /// The program that knows every IAM action.
    pub(crate) fn policy_check(&self) -> PathBuf {
        self.folder.join("iam_check.py")
    }
}
