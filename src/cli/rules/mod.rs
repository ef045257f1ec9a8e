//! `lockgate rules`: check, list, show, start, describe and document rules.

mod check;
mod describe;
mod docs;
mod error;
mod explain;
mod import;
mod list;
mod new;
mod schema;
mod show;

pub use check::CheckArgs;
pub use docs::{DocsArgs, pages};
pub use error::RulesError;
pub use explain::ExplainArgs;
pub use import::{ForeignFormat, ImportArgs};
pub use list::ListArgs;
pub use new::{NewArgs, RuleKind};
pub use schema::{SchemaArgs, SchemaKind, schema};
pub use show::ShowArgs;

use crate::cli::load::RuleSources;
use clap::{Args, Subcommand, ValueEnum};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Arguments of `lockgate rules`.
#[derive(Args, Clone, Debug)]
pub struct RulesArgs {
    /// Folder or file with rules, labels or packs to add to the built-in ones; may be repeated
    #[arg(long = "rules", value_name = "DIR", global = true)]
    pub dirs: Vec<PathBuf>,
    /// Key of the stored lists of these rules; may be repeated
    #[arg(long = "list-key-file", value_name = "FILE", global = true)]
    pub keys: Vec<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// What to do with rules.
#[derive(Clone, Debug, Subcommand)]
pub enum RulesCommand {
    /// Check rule files and run their examples
    Check(CheckArgs),
    /// List rules
    List(ListArgs),
    /// Show everything about one rule
    Show(ShowArgs),
    /// Explain how one rule is looked for and measure what that costs
    Explain(ExplainArgs),
    /// Start a new rule
    New(NewArgs),
    /// Convert rule files of other scanners
    Import(Box<ImportArgs>),
    /// Print the JSON Schema of rule files, label files or packs
    Schema(SchemaArgs),
    /// Write a page of documentation for every family of rules
    Docs(DocsArgs),
}

/// Output format of the `rules` commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Runs one of the `rules` commands. Exit code 1 means that `check` found errors.
///
/// # Errors
/// The rules cannot be read, a name is unknown, or output cannot be written.
pub fn run(args: &RulesArgs, out: &mut dyn Write) -> Result<ExitCode, RulesError> {
    let sources = RuleSources { paths: args.dirs.clone(), keys: args.keys.clone() };
    match &args.command {
        RulesCommand::Check(check) => check::run(check, &sources, out),
        RulesCommand::List(list) => list::run(list, &sources, out),
        RulesCommand::Show(show) => show::run(show, &sources, out),
        RulesCommand::Explain(explain) => explain::run(explain, &sources, out),
        RulesCommand::New(new) => new::run(new, &sources, out),
        RulesCommand::Import(import) => import::run(import, &sources, out),
        RulesCommand::Schema(schema) => schema::run(schema, out),
        RulesCommand::Docs(docs) => docs::run(docs, &sources, out),
    }
}

/// Writes one generated file, folders included.
fn write_file(path: &Path, text: &str) -> Result<(), RulesError> {
    let failed = |error| RulesError::Write { path: path.to_owned(), error };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        rules: RulesArgs,
    }

    fn command(line: &[&str]) -> Result<(String, ExitCode), RulesError> {
        let line = Line::try_parse_from([&["rules"], line].concat()).expect("valid arguments");
        let mut out = Vec::new();
        let code = run(&line.rules, &mut out)?;
        Ok((String::from_utf8(out).expect("UTF-8"), code))
    }

    #[test]
    fn check_fails_on_errors_and_names_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.toml");
        let name = path.to_str().expect("UTF-8");
        std::fs::write(&path, "family = 'x.a'\ntitle = 'A'\n[[rule]]\nid = 'r'\n")
            .expect("written");
        let (text, code) = command(&["check", name]).expect("checked");
        assert_eq!(code, ExitCode::from(1));
        assert!(text.contains("error[R004]") && text.contains("^^^"), "{text}");
        assert!(text.contains("0 rules in 1 file: 5 errors"), "{text}");

        let (json, code) = command(&["check", "--format", "json", name]).expect("checked");
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!((value["errors"].as_u64(), value["files"].as_u64()), (Some(5), Some(1)));
        assert_eq!(value["diagnostics"][0]["line"], 4);
        assert_eq!(code, ExitCode::from(1));
    }

    #[test]
    fn check_can_deny_warnings() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("labels.toml");
        let text = "[[label]]\nid = 'a.b'\ntitle = 'A'\nsensitivity = 1\nlinkability = 'L0'\n";
        std::fs::write(&path, text).expect("written");
        let name = path.to_str().expect("UTF-8");
        let (text, code) = command(&["check", name]).expect("checked");
        assert!(text.contains("warning[R308]"), "{text}");
        assert_eq!(code, ExitCode::SUCCESS);
        assert_eq!(
            command(&["check", "--deny-warnings", name]).expect("checked").1,
            ExitCode::from(1)
        );
    }

    #[test]
    fn unreadable_paths_are_errors() {
        let (text, code) = command(&["check", "/no/such/file.toml"]).expect("checked");
        assert!(text.contains("error[R090]"), "{text}");
        assert_eq!(code, ExitCode::from(1));
        let error = command(&["list", "--rules", "/no/such/file.toml"]).expect_err("unreadable");
        assert_eq!(error.code(), "rules.load");
    }

    #[test]
    fn unknown_names_are_errors() {
        for line in [
            &["show", "no.such.rule"][..],
            &["explain", "no.such.rule"],
            &["list", "--pack", "none"],
            &["list", "--label", "none"],
        ] {
            let error = command(line).expect_err("unknown");
            assert_eq!(error.code(), "rules.unknown", "{line:?}");
            assert!(error.to_string().starts_with("there is no "), "{error}");
        }
    }

    #[test]
    fn list_is_json_on_demand() {
        let (json, _) = command(&["list", "--format", "json"]).expect("listed");
        assert!(serde_json::from_str::<Vec<serde_json::Value>>(&json).is_ok(), "{json}");
    }

    #[test]
    fn a_rule_is_explained_and_measured() {
        let (json, _) =
            command(&["explain", "secrets.github.token", "--format", "json"]).expect("explained");
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(value["patterns"][0]["anchor"]["kind"], "literal");
        assert_eq!(value["patterns"][0]["length"]["max"], 40);
        assert!(value["measured"]["ns_per_kib_without"].as_f64() > Some(0.0), "{json}");
        let (text, _) = command(&["explain", "secrets.github.token"]).expect("explained");
        for name in ["anchor", "match starts", "window", "automaton", "then", "clean text"] {
            assert!(text.lines().any(|line| line.starts_with(name)), "{name} in\n{text}");
        }
    }

    #[test]
    fn generated_files_are_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out");
        let name = path.to_str().expect("UTF-8");
        command(&["schema", "--out", name]).expect("written");
        command(&["docs", "--out", name]).expect("written");
        for file in [
            "rules.schema.json",
            "labels.schema.json",
            "pack.schema.json",
            "README.md",
            "diagnostics.md",
        ] {
            assert!(path.join(file).is_file(), "{file}");
        }
        let rule = path.join("new.toml");
        let rule = rule.to_str().expect("UTF-8");
        command(&["new", "secrets.acme.token", "--out", rule]).expect("written");
        let error = command(&["new", "secrets.acme.token", "--out", rule]).expect_err("is there");
        assert_eq!(error.code(), "rules.write");
        let error = command(&["new", "Acme"]).expect_err("malformed");
        assert_eq!(error.code(), "rules.name");
    }
}
