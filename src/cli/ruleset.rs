//! The rule set that a command works with.

use super::console;
use super::load::{self, LoadError, RuleSources};
use crate::base::Fault;
use crate::base::code::{PACK_ABSENT, RULES_INVALID};
use crate::engine::InspectOptions;
use crate::rules::{Pack, Rules};
use crate::syntax::Severity;
use clap::Args;
use std::path::PathBuf;

/// Which rules to use.
#[derive(Clone, Debug, Args)]
pub struct RuleSetArgs {
    /// Use the rules, thresholds and actions of this pack [default: default]
    #[arg(long, value_name = "NAME", help_heading = "Rules")]
    pub pack: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub folders: FolderArgs,
}

/// Rules beside the built-in ones.
#[derive(Clone, Debug, Args)]
pub struct FolderArgs {
    /// Add the rule files of this folder; a rule, label or pack replaces a built-in one with the same id
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would replace the help of the command")]
    pub keys: ListKeyArgs,
}

/// Keys of the stored lists of rules.
#[derive(Clone, Debug, Default, Args)]
pub struct ListKeyArgs {
    /// Key of the stored lists of these rules: 32 bytes, or 64 hexadecimal digits; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub list_key_file: Vec<PathBuf>,
}

impl FolderArgs {
    pub(super) fn sources(&self) -> RuleSources {
        RuleSources { paths: self.rules.clone(), keys: self.keys.list_key_file.clone() }
    }
}

/// The pack to measure with.
#[derive(Clone, Debug, Args)]
pub struct PackArgs {
    /// Use the rules and thresholds of this pack
    #[arg(long, value_name = "NAME", default_value = "default", help_heading = "Rules")]
    pub pack: String,
}

impl PackArgs {
    pub(super) fn inspect(&self) -> InspectOptions {
        InspectOptions { pack: Some(self.pack.clone()), ..InspectOptions::default() }
    }
}

impl RuleSetArgs {
    /// Compiles the built-in rules together with those of the folders.
    ///
    /// # Errors
    /// A folder cannot be read, a file of it is wrong, or the pack does not exist.
    pub fn compile(&self) -> Result<Rules, Fault> {
        let (rules, _warnings) =
            load::rules(self.folders.sources()).map_err(|LoadError(found)| {
                console::say(&format!("{}\n", found.render(false).trim_end()));
                Fault::new(RULES_INVALID, format!("{} errors", found.count(Severity::Error)))
            })?;
        if let Some(name) = &self.pack {
            pack(&rules, name)?;
        }
        Ok(rules)
    }
}

/// The pack of this name.
pub(super) fn pack<'r>(rules: &'r Rules, name: &str) -> Result<&'r Pack, Fault> {
    let absent = || {
        let known: Vec<&str> = rules.packs().iter().map(|pack| &*pack.id).collect();
        Fault::new(PACK_ABSENT, format!("the packs are {}", known.join(", ")))
    };
    rules.pack(name).ok_or_else(absent)
}
