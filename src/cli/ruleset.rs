//! The rule set that a command works with.

use crate::base::code::{PACK_ABSENT, RULES_INVALID, RULES_UNREADABLE};
use crate::base::limits::RULE_FILE_BYTES_MAX;
use crate::base::{Code, Fault};
use crate::rules::{Compiler, Rules};
use crate::syntax::{Diagnostics, Severity, Source};
use clap::Args;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Which rules to use.
#[derive(Clone, Debug, Args)]
pub struct RuleSetArgs {
    /// Use the rules, thresholds and actions of this pack [default: default]
    #[arg(long, value_name = "NAME", help_heading = "Rules")]
    pub pack: Option<String>,
    /// Add the rule files of this folder; a rule, label or pack replaces a built-in one with the same id
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,
}

impl RuleSetArgs {
    /// Compiles the built-in rules together with those of the folders.
    ///
    /// # Errors
    /// A folder cannot be read, a file of it is wrong, or the pack does not exist.
    pub fn compile(&self) -> Result<Rules, Fault> {
        let mut compiler = Compiler::with_builtin();
        for folder in &self.rules {
            add(&mut compiler, folder, folder)?;
        }
        let (rules, _warnings) = compiler.build().map_err(|found| invalid(&found))?;
        match &self.pack {
            Some(pack) if rules.pack(pack).is_none() => {
                let known: Vec<&str> = rules.packs().iter().map(|pack| &*pack.id).collect();
                Err(Fault::new(PACK_ABSENT, format!("the packs are {}", known.join(", "))))
            }
            _ => Ok(rules),
        }
    }
}

/// Adds every `.toml` below `path`: `labels.toml` holds labels, a folder `packs` holds packs, the rest are rules.
fn add(compiler: &mut Compiler, folder: &Path, path: &Path) -> Result<(), Fault> {
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(|error| unreadable(path, &error.to_string()))?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            add(compiler, folder, &entry)?;
        } else if entry.extension().is_some_and(|extension| extension == "toml") {
            let source = Source::new(entry.to_string_lossy(), read(&entry)?);
            if entry.file_name().is_some_and(|name| name == "labels.toml") {
                compiler.add_labels(source);
            } else if path != folder && path.file_name().is_some_and(|name| name == "packs") {
                compiler.add_pack(source);
            } else {
                compiler.add_rules(source);
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, Fault> {
    let mut text = String::new();
    let limit = RULE_FILE_BYTES_MAX as u64;
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_string(&mut text))
        .map_err(|error| unreadable(path, &error.to_string()))?;
    if text.len() as u64 > limit {
        return Err(unreadable(path, &format!("it is larger than {limit} bytes")));
    }
    Ok(text)
}

fn unreadable(path: &Path, reason: &str) -> Fault {
    located(RULES_UNREADABLE, &path.to_string_lossy(), reason)
}

fn invalid(found: &Diagnostics) -> Fault {
    let errors = || found.0.iter().filter(|one| one.severity == Severity::Error);
    match errors().next() {
        Some(first) => {
            let title = format!("{} {} ({} in all)", first.code, first.title, errors().count());
            located(RULES_INVALID, &first.source.name, &title)
        }
        None => RULES_INVALID.into(),
    }
}

fn located(code: Code, place: &str, reason: &str) -> Fault {
    Fault::new(code, format!("{place}: {reason}"))
}
