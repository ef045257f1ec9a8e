//! `rules check`: everything that can be said about rule files, examples run on the engine included.

mod examples;
mod validators;

use super::{Format, RulesError};
use crate::cli::load::{Files, LoadError, RuleSources};
use crate::rules::{Compiler, Rules};
use crate::syntax::{
    Diagnostic, Diagnostics, Known, LabelFile, PackSpec, RuleFile, Selectable, Severity, Source,
    check, check_labels, check_pack, full_ids, lint, lint_labels, lint_pack, parse_labels,
    parse_pack, parse_rules, read_rules,
};
use crate::validate;
use clap::Args;
use serde_json::json;
use std::{
    collections::HashSet,
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Arguments of `rules check`.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// Files and folders to check; the built-in rules if none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Fail on warnings as well
    #[arg(long)]
    pub deny_warnings: bool,
}

/// Exit code of a check that found errors.
const FAILED: u8 = 1;

pub(super) fn run(
    args: &CheckArgs,
    dirs: &RuleSources,
    out: &mut dyn Write,
) -> Result<ExitCode, RulesError> {
    let report = match report(&args.paths, dirs) {
        Ok(report) => report,
        Err(LoadError(found)) => Report { rules: 0, files: 0, found },
    };
    match args.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &report.to_json())
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => {
            let color = std::io::stdout().is_terminal();
            write!(out, "{}{}", report.found.render(color), report.summary())?;
        }
    }
    let denied = args.deny_warnings && report.found.count(Severity::Warning) > 0;
    let failed = report.found.has_errors() || denied;
    Ok(if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS })
}

/// What one check has to say.
#[derive(Debug)]
struct Report {
    rules: usize,
    files: usize,
    found: Diagnostics,
}

impl Report {
    fn summary(&self) -> String {
        let plural = |count: usize, what: &str| {
            format!("{count} {what}{}", if count == 1 { "" } else { "s" })
        };
        format!(
            "{} in {}: {}, {}\n",
            plural(self.rules, "rule"),
            plural(self.files, "file"),
            plural(self.found.count(Severity::Error), "error"),
            plural(self.found.count(Severity::Warning), "warning"),
        )
    }

    fn to_json(&self) -> serde_json::Value {
        json!({
            "rules": self.rules,
            "files": self.files,
            "errors": self.found.count(Severity::Error),
            "warnings": self.found.count(Severity::Warning),
            "notes": self.found.count(Severity::Note),
            "diagnostics": self.found.to_json(),
        })
    }
}

/// Files after reading, as far as they could be read.
#[derive(Default)]
struct Parsed {
    rules: Vec<(Source, RuleFile)>,
    labels: Vec<(Source, LabelFile)>,
    packs: Vec<(Source, PackSpec)>,
    found: Vec<Diagnostic>,
}

impl Parsed {
    fn of(files: &Files) -> Self {
        let mut parsed = Self::default();
        for source in &files.rules {
            let (file, problems) = read_rules(source);
            parsed.found.extend(problems);
            parsed.rules.extend(file.map(|file| (source.clone(), file)));
        }
        for source in &files.labels {
            match parse_labels(source) {
                Ok(file) => parsed.labels.push((source.clone(), file)),
                Err(problems) => parsed.found.extend(problems),
            }
        }
        for source in &files.packs {
            match parse_pack(source) {
                Ok(pack) => parsed.packs.push((source.clone(), pack)),
                Err(problems) => parsed.found.extend(problems),
            }
        }
        parsed
    }
}

fn report(paths: &[PathBuf], dirs: &RuleSources) -> Result<Report, LoadError> {
    let around = Files::read(dirs)?;
    let (base, _) = around.compiler().build().map_err(LoadError)?;
    let files = if paths.is_empty() {
        sources_of(&base)
    } else {
        Files::read(RuleSources { paths: paths.to_vec(), keys: dirs.keys.clone() })?
    };
    let mut compiler = around.compiler();
    add(&mut compiler, &files);
    let checked: HashSet<&str> = [&files.rules, &files.labels, &files.packs]
        .into_iter()
        .flatten()
        .map(|source| &*source.name)
        .collect();

    let mut parsed = Parsed::of(&files);
    let mut found = std::mem::take(&mut parsed.found);
    found.extend(static_checks(&parsed, &base));
    match compiler.build() {
        Ok((rules, warnings)) => {
            found.extend(warnings.0);
            let concerns = |name: &str| checked.contains(name);
            found.extend(examples::run(&rules, &concerns));
            found.extend(
                parsed.rules.iter().flat_map(|(source, file)| validators::idle(source, file)),
            );
        }
        Err(errors) => found.extend(errors.0),
    }
    // Errors elsewhere keep the rule set from being compiled, so they count; warnings elsewhere do not.
    found.retain(|one| one.severity == Severity::Error || checked.contains(&*one.source.name));
    let mut found = Diagnostics(found);
    found.sort();
    let mut seen = HashSet::new();
    found.0.retain(|one| {
        seen.insert((one.code, one.source.name.clone(), one.span.clone(), one.title.clone()))
    });
    let rules = parsed.rules.iter().map(|(_, file)| file.rules.len()).sum();
    Ok(Report { rules, files: checked.len(), found })
}

fn add(compiler: &mut Compiler, files: &Files) {
    for source in &files.labels {
        compiler.add_labels(source.clone());
    }
    for source in &files.rules {
        compiler.add_rules(source.clone());
    }
    for source in &files.packs {
        compiler.add_pack(source.clone());
    }
    for (path, list) in &files.lists {
        compiler.add_list(path.as_str(), list.clone());
    }
}

/// The files that a rule set was compiled from.
fn sources_of(rules: &Rules) -> Files {
    let mut seen = HashSet::new();
    let sources = rules.rules().iter().map(|rule| &rule.source);
    let unique = sources.filter(|source| seen.insert(source.name.clone())).cloned();
    Files { rules: unique.collect(), ..Files::default() }
}

/// Everything that can be said without running the engine. `base` is what stands around the checked files.
fn static_checks(parsed: &Parsed, base: &Rules) -> Vec<Diagnostic> {
    let own_labels = parsed.labels.iter().flat_map(|(_, file)| &file.labels);
    let labels: Vec<&str> = base
        .labels()
        .iter()
        .map(|label| &*label.id)
        .chain(own_labels.map(|label| label.id.get_ref().as_str()))
        .collect();
    let validators: Vec<&str> = validate::ALL.iter().map(|validator| validator.name).collect();
    let base_ids: Vec<&str> = base.rules().iter().map(|rule| &*rule.id).collect();
    let known = Known { labels: &labels, validators: &validators, rules: &base_ids };
    let mut found = check(&parsed.rules, &known);
    found.extend(lint(&parsed.rules));

    let base_sources = sources_of(base).rules;
    let base_files: Vec<RuleFile> =
        base_sources.iter().filter_map(|source| parse_rules(source).ok()).collect();
    let all: Vec<&RuleFile> =
        base_files.iter().chain(parsed.rules.iter().map(|(_, file)| file)).collect();
    let own_ids: Vec<String> = parsed.rules.iter().flat_map(|(_, file)| full_ids(file)).collect();
    let ids: Vec<&str> =
        base_ids.iter().copied().chain(own_ids.iter().map(String::as_str)).collect();
    for (source, file) in &parsed.labels {
        found.extend(check_labels(source, file));
    }
    found.extend(lint_labels(&parsed.labels, &all));
    for (source, pack) in &parsed.packs {
        found.extend(check_pack(source, pack, Selectable { rules: &ids, labels: &labels }));
        found.extend(lint_pack(source, pack, &all));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(files: &[(&str, &str)]) -> Report {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        report(&[folder.path().to_owned()], &RuleSources::default()).expect("readable")
    }

    #[test]
    fn problems_of_all_files_are_in_one_report() {
        let report = checked(&[
            ("a.toml", "family = 'x.a'\ntitle = ''\n[[rule]]\nid = 'r'\n"),
            ("b.toml", "family = 'x.b'\ntitle = 'B'\nrules = 1\n"),
            (
                "labels.toml",
                "[[label]]\nid = 'x'\ntitle = 'X'\nsensitivity = 9\nlinkability = 'L0'\n",
            ),
        ]);
        let codes: HashSet<&str> = report.found.0.iter().map(|one| one.code).collect();
        for code in ["R003", "R004", "R064", "R070", "R072"] {
            assert!(codes.contains(code), "{code} is missing in {codes:?}");
        }
        assert!(report.summary().starts_with("0 rules in 3 files: "), "{}", report.summary());
        assert_eq!(report.to_json()["files"], 3);
    }

    #[test]
    fn words_agree_with_numbers() {
        let report = Report { rules: 1, files: 2, found: Diagnostics::default() };
        assert_eq!(report.summary(), "1 rule in 2 files: 0 errors, 0 warnings\n");
    }
}
