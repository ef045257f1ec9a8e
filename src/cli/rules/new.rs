//! `rules new`.

use super::RulesError;
use crate::cli::load::{self, RuleSources};
use clap::{Args, ValueEnum};
use std::{fs::OpenOptions, io::Write, path::PathBuf, process::ExitCode};

/// Arguments of `rules new`.
#[derive(Args, Clone, Debug)]
pub struct NewArgs {
    /// Full id of the rule: `domain.family.rule`
    #[arg(value_name = "ID")]
    pub id: String,
    /// What the rule looks for
    #[arg(long, value_enum, default_value_t)]
    pub kind: RuleKind,
    /// Write to this file, which must not exist yet, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What a new rule looks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RuleKind {
    /// Values of a form: a regular expression
    #[default]
    Pattern,
    /// Terms that the rule lists itself
    Words,
    /// Terms of a stored dictionary
    Dictionary,
    /// Rows of a table
    ExactData,
    /// Passages of documents
    Fingerprint,
}

pub(super) fn run(
    args: &NewArgs,
    dirs: &RuleSources,
    out: &mut dyn Write,
) -> Result<ExitCode, RulesError> {
    let (family, id) = split(&args.id).ok_or_else(|| RulesError::Name(args.id.clone()))?;
    let (rules, _) = load::rules(dirs)?;
    let labels: Vec<&str> = rules.labels().iter().map(|label| &*label.id).collect();
    let text = skeleton(family, id, &labels, args.kind);
    let Some(path) = &args.out else {
        out.write_all(text.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    };
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| RulesError::Write { path: path.clone(), error })?;
    writeln!(out, "wrote {0}; edit it, then run `lockgate rules check {0}`", path.display())?;
    Ok(ExitCode::SUCCESS)
}

/// Family and rule of a full id, if it is well formed.
fn split(full: &str) -> Option<(&str, &str)> {
    let (family, id) = full.rsplit_once('.')?;
    let words = full.split('.');
    let fine = |word: &str| {
        let parts = word.split('-');
        word.len() <= 64
            && parts.into_iter().all(|part| {
                !part.is_empty()
                    && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
    };
    (words.clone().count() <= 5 && words.into_iter().all(fine)).then_some((family, id))
}

/// A complete rule file that finds something invented, with a comment on everything there is to change.
fn skeleton(family: &str, id: &str, labels: &[&str], kind: RuleKind) -> String {
    let vendor = family.rsplit('.').next().unwrap_or(family);
    let wanted = if kind == RuleKind::Pattern { "credential." } else { "pii.person" };
    let fitting = labels.iter().find(|label| label.starts_with(wanted));
    let label = fitting.or(labels.first()).copied().unwrap_or("credential.generic");
    let why = match kind {
        RuleKind::Pattern => "Whoever holds the value can act as the account it belongs to.",
        _ => "What it says is meant for people of this organisation alone.",
    };
    let body = match kind {
        RuleKind::Pattern => pattern_body(vendor),
        kind => list_body(kind),
    };
    format!(
        r#"family = "{family}"        # the file is patterns/{path}.toml
title = "{vendor}"           # the vendor or kind of document, as it writes itself
references = ["https://example.com/{vendor}/docs"]   # where the format is described

[[rule]]
id = "{id}"                  # permanent; the full id is {family}.{id}
title = "{vendor} {id}"      # what is found, in a few words
status = "preview"           # preview | stable | deprecated
since = "{version}"
labels = ["{label}"]         # what a match means; the first one is reported
confidence = "medium"        # low | medium | high: how often a finding is right
why = "{why}"   # the harm, one sentence

{body}"#,
        path = family.replacen('.', "/", 1),
        version = env!("CARGO_PKG_VERSION"),
    )
}

/// What a rule with a list looks for, and its examples.
fn list_body(kind: RuleKind) -> String {
    let (lookup, text, find) = match kind {
        RuleKind::Pattern | RuleKind::Words => (
            "# Found on word borders, in any case; spaces, hyphens and underscores between words are the same.\n\
             words = [\"blue heron\", \"night owl\"]",
            "the Blue-Heron schedule slipped",
            "Blue-Heron",
        ),
        RuleKind::Dictionary => (
            "# lockgate dictionary build projects.txt -o projects.dict\ndictionary = \"projects.dict\"",
            "the Blue-Heron schedule slipped",
            "Blue-Heron",
        ),
        RuleKind::ExactData => (
            "# lockgate edm build customers.csv --primary number --supporting last_name,born -o customers.edm\n\
             exact-data = { file = \"customers.edm\", supporting = 1, within = 256 }",
            "Ms Okonkwo, KD-4711-08",
            "KD-4711-08",
        ),
        RuleKind::Fingerprint => (
            "# lockgate fingerprint build contract.txt -o contract.fpr\n\
             fingerprint = { file = \"contract.fpr\", containment = 0.5, passage = 200 }",
            "a passage of the contract, long enough to be recognised",
            "a passage of the contract, long enough to be recognised",
        ),
    };
    format!(
        r#"{lookup}

# [rule.keywords]            # words near the match; they raise the confidence, or are a condition with `require = true`
# any = ["project"]
# within = 64
# side = "both"

# Examples are tests.
[[rule.match]]
text = "{text}"
find = "{find}"

[[rule.no_match]]
text = "herons that are blue"
why = "other words"

[[rule.no_match]]
text = "a night with an owl"
why = "words in between"
"#
    )
}

/// A pattern with its examples.
fn pattern_body(vendor: &str) -> String {
    let prefix: String = vendor.bytes().filter(u8::is_ascii_alphanumeric).map(char::from).collect();
    format!(
        r#"# Rust syntax, ASCII classes, no look-around, a finite maximum length. Group 1 is what is reported and redacted.
# It needs a cheap anchor: a literal of at least three bytes, leading digits, or a long token.
pattern = '''\b({prefix}_live_[0-9A-Za-z]{{24}})\b'''

# validators = ["luhn"]      # checks on the reported bytes

# [rule.keywords]            # words near the match; they raise the confidence, or are a condition with `require = true`
# any = ["{vendor}"]
# within = 64
# side = "both"

# Examples are tests. Parts are joined: split every value that looks real.
[[rule.match]]
text = ["key = \"{prefix}_live_", "8fK2mQ7xZ1vB4nC6tR9wY3pL", "\""]
find = ["{prefix}_live_", "8fK2mQ7xZ1vB4nC6tR9wY3pL"]

[[rule.match]]
text = ["curl -H 'X-Key: {prefix}_live_", "Jd5sG0hT8uE2oA7iM4kV6bNx", "' example.com"]
find = ["{prefix}_live_", "Jd5sG0hT8uE2oA7iM4kV6bNx"]

[[rule.no_match]]
text = "{prefix}_live_8fK2mQ7xZ1vB4nC6tR9wY3p"
why = "one character short"

[[rule.no_match]]
text = "{prefix}_live_<your-key-goes-here>"
why = "a placeholder"
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Known, Source, check, lint, parse_rules};

    #[test]
    fn the_skeleton_passes_every_check() {
        let ids = ["secrets.acme.api-key", "a.b", "pii.us.long-name.x1"];
        let kinds = RuleKind::value_variants();
        for (full, kind) in ids.iter().flat_map(|id| kinds.iter().map(move |kind| (id, kind))) {
            let (family, id) = split(full).expect("well formed");
            let text = skeleton(family, id, &["credential.x"], *kind);
            let source = Source::new("new.toml", text);
            let file = parse_rules(&source).expect("parses");
            let files = [(source, file)];
            let known = Known { labels: &["credential.x"], ..Known::default() };
            let mut found = check(&files, &known);
            found.extend(lint(&files));
            assert!(found.is_empty(), "{full} {kind:?}: {found:?}");
        }
    }

    #[test]
    fn malformed_ids_are_refused() {
        for id in ["", "a", "a.", ".a", "a..b", "A.b", "a.b c", "a.b_c", "../x.y", "a.b.c.d.e.f"] {
            assert_eq!(split(id), None, "{id}");
        }
    }
}
