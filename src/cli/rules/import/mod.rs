//! `rules import`: rules of other scanners become ours; what cannot is listed with the reason.

mod convert;
mod fields;
mod foreign;
mod gitleaks;
mod kingfisher;
mod node;
mod noseyparker;
mod pattern;
mod presidio;
mod report;
mod trufflehog;
mod write;

use super::{Format, RulesError, write_file};
use crate::base::limits::RULE_FILE_BYTES_MAX;
use crate::cli::load::{self, RuleSources};
use crate::eval::{LabelMatch, Labels, builtin_label};
use crate::scan::Scratch;
use clap::{Args, ValueEnum};
use convert::{Converter, kebab};
use foreign::Read;
use node::Node;
use report::{FileReport, Report};
use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit code of an import that left rules behind.
const LEFT_BEHIND: u8 = 1;
/// Rules of one file.
const RULES_MAX: usize = 10_000;

const HELP: &str = "\
Reads rule files of other scanners and writes ours into the folder of --out, one file each. Without --out nothing
is written: the report says what could be converted. A rule that cannot be converted is listed with the reason
(look-around, back-reference, no anchor …); what was converted with a difference is listed as a note. What is
written passes `lockgate rules check`. docs/IMPORT.md explains reasons and notes.

Examples:
  lockgate rules import gitleaks.toml                     what could be converted
  lockgate rules import gitleaks.toml --out rules/        convert
  lockgate rules import *.yml --report json | jq '.files[].refused'

Exit codes: 0 every rule was converted, 1 some rules were not, 2 error.";

/// Arguments of `rules import`.
#[derive(Args, Clone, Debug)]
#[command(after_help = HELP)]
pub struct ImportArgs {
    /// Rule files of other scanners
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Whose files they are
    #[arg(long, value_enum, default_value_t)]
    pub format: ForeignFormat,
    /// Write the converted rules into this folder, `<name of the file>.toml`
    #[arg(short, long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long)]
    pub force: bool,
    /// Family of the rules; a file that is imported together with others adds its name [default: imported]
    #[arg(long, value_name = "FAMILY", default_value = "imported", hide_default_value = true)]
    pub family: String,
    /// Label of all rules, whatever they say
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    pub report: Format,
}

/// Whose rule files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ForeignFormat {
    /// By the content
    #[default]
    Auto,
    /// TOML of gitleaks and betterleaks
    Gitleaks,
    /// YAML of Kingfisher
    Kingfisher,
    /// YAML of Nosey Parker
    Noseyparker,
    /// YAML of Presidio's recognisers
    Presidio,
    /// YAML of trufflehog's custom detectors
    Trufflehog,
}

impl ForeignFormat {
    fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Gitleaks => "gitleaks",
            Self::Kingfisher => "kingfisher",
            Self::Noseyparker => "noseyparker",
            Self::Presidio => "presidio",
            Self::Trufflehog => "trufflehog",
        }
    }

    /// The label of rules that say nothing that is known here.
    fn label_default(self) -> &'static str {
        match self {
            Self::Presidio => "corporate.confidential",
            _ => "credential.generic",
        }
    }

    fn read(self, root: &Node) -> Read {
        match self {
            Self::Gitleaks => gitleaks::read(root),
            Self::Noseyparker => noseyparker::read(root),
            Self::Presidio => presidio::read(root),
            Self::Trufflehog => trufflehog::read(root),
            Self::Kingfisher | Self::Auto => kingfisher::read(root),
        }
    }
}

pub(super) fn run(
    args: &ImportArgs,
    dirs: &RuleSources,
    out: &mut dyn Write,
) -> Result<ExitCode, RulesError> {
    let (rules, _) = load::rules(dirs)?;
    let labels: Vec<&str> = rules.labels().iter().map(|label| &*label.id).collect();
    if let Some(label) = args.label.as_deref().filter(|label| !labels.contains(label)) {
        return Err(RulesError::unknown("label", label, labels));
    }
    // All files are read before the first one is written.
    let read: Result<Vec<_>, RulesError> =
        args.files.iter().map(|path| Ok((path, read(path, args.format)?))).collect();
    let mut report = Report::default();
    let mut names = HashSet::new();
    for (path, (format, read)) in read? {
        let mut name = kebab(&path.file_stem().unwrap_or_default().to_string_lossy());
        let mut number = 2;
        while !names.insert(name.clone()) {
            name = format!(
                "{}-{number}",
                name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-')
            );
            number += 1;
        }
        report.files.push(convert(args, path, &name, format, read, &labels));
    }
    if let Some(folder) = &args.out {
        for file in &mut report.files {
            file.write(folder, args.force)?;
        }
    }
    match args.report {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &report.json())
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => out.write_all(report.text().as_bytes())?,
    }
    let left = report.files.iter().any(|file| !file.refused.is_empty());
    Ok(if left { ExitCode::from(LEFT_BEHIND) } else { ExitCode::SUCCESS })
}

fn convert(
    args: &ImportArgs,
    path: &Path,
    name: &str,
    format: ForeignFormat,
    read: Read,
    labels: &[&str],
) -> FileReport {
    let family = format!("{}.{name}", args.family);
    let known = Labels::new(labels.iter().copied(), LabelMatch::Same);
    let label_of =
        |foreign: &str| builtin_label(foreign, &known).map(|label| known.name(label).to_string());
    let mut converter = Converter {
        family: &family,
        labels,
        label_of: &label_of,
        label: args.label.as_deref(),
        label_default: format.label_default(),
        foreign_ids: HashSet::new(),
        ids: HashSet::new(),
        scratch: Scratch::default(),
    };
    let mut file = FileReport::new(path, name, &family, format.name(), read.notes);
    for (id, rule) in read.rules {
        match rule.and_then(|foreign| converter.rule(foreign)) {
            Ok(converted) => file.converted.push(converted),
            Err(refused) => file.refused.push((id, refused)),
        }
    }
    file
}

/// Reads a foreign file.
fn read(path: &Path, format: ForeignFormat) -> Result<(ForeignFormat, Read), RulesError> {
    let failed = |why: String| RulesError::Import { path: path.to_owned(), why };
    let data = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if !data.is_file() {
        return Err(failed("it is no file".to_owned()));
    }
    if data.len() > RULE_FILE_BYTES_MAX as u64 {
        return Err(failed(format!("{} bytes, the limit is {RULE_FILE_BYTES_MAX}", data.len())));
    }
    let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        failed(format!("it is not UTF-8 at byte {}", error.utf8_error().valid_up_to()))
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let is_toml = match format {
        ForeignFormat::Auto => path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml")),
        format => format == ForeignFormat::Gitleaks,
    };
    let root = if is_toml { node::toml(text) } else { node::yaml(text) }.map_err(failed)?;
    let format = match format {
        ForeignFormat::Auto if is_toml => ForeignFormat::Gitleaks,
        ForeignFormat::Auto => detect(&root)
            .ok_or_else(|| failed("nobody's format; name it with --format".to_owned()))?,
        format => format,
    };
    let read = format.read(&root);
    match read.rules.len() {
        0 => Err(failed(format!("it holds no rules of {}", format.name()))),
        count if count > RULES_MAX => {
            Err(failed(format!("{count} rules, the limit is {RULES_MAX}")))
        }
        _ => Ok((format, read)),
    }
}

/// Whose YAML it is.
fn detect(root: &Node) -> Option<ForeignFormat> {
    if root.field("recognizers").is_some() {
        return Some(ForeignFormat::Presidio);
    }
    if root.field("detectors").is_some() {
        return Some(ForeignFormat::Trufflehog);
    }
    let rules = root.field("rules")?.items();
    let noseyparker = |rule: &Node| {
        let id = rule.field("id").and_then(Node::text).unwrap_or_default();
        id.starts_with("np.") || rule.field("categories").is_some()
    };
    Some(if rules.iter().any(noseyparker) {
        ForeignFormat::Noseyparker
    } else {
        ForeignFormat::Kingfisher
    })
}
