//! `rules new`.

use super::RulesError;
use crate::cli::load::{self, RuleSources};
use clap::Args;
use std::{fs::OpenOptions, io::Write, path::PathBuf, process::ExitCode};

/// Arguments of `rules new`.
#[derive(Args, Clone, Debug)]
pub struct NewArgs {
    /// Full id of the rule: `domain.family.rule`
    #[arg(value_name = "ID")]
    pub id: String,
    /// Write to this file, which must not exist yet, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

pub(super) fn run(
    args: &NewArgs,
    dirs: &RuleSources,
    out: &mut dyn Write,
) -> Result<ExitCode, RulesError> {
    let (family, id) = split(&args.id).ok_or_else(|| RulesError::Name(args.id.clone()))?;
    let (rules, _) = load::rules(dirs)?;
    let labels: Vec<&str> = rules.labels().iter().map(|label| &*label.id).collect();
    let text = skeleton(family, id, &labels);
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

/// A complete rule file that finds an invented token, with a comment on everything there is to change.
fn skeleton(family: &str, id: &str, labels: &[&str]) -> String {
    let vendor = family.rsplit('.').next().unwrap_or(family);
    let credential = labels.iter().find(|label| label.starts_with("credential."));
    let label = credential.or(labels.first()).copied().unwrap_or("credential.generic");
    let prefix: String = vendor.bytes().filter(u8::is_ascii_alphanumeric).map(char::from).collect();
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
why = "Whoever holds the value can act as the account it belongs to."   # the harm, one sentence

# Rust syntax, ASCII classes, no look-around, a finite maximum length. Group 1 is what is reported and redacted.
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
"#,
        path = family.replacen('.', "/", 1),
        version = env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Known, Source, check, lint, parse_rules};

    #[test]
    fn the_skeleton_passes_every_check() {
        for full in ["secrets.acme.api-key", "a.b", "pii.us.long-name.x1"] {
            let (family, id) = split(full).expect("well formed");
            let source = Source::new("new.toml", skeleton(family, id, &["credential.x"]));
            let file = parse_rules(&source).expect("parses");
            let files = [(source, file)];
            let known = Known { labels: &["credential.x"], ..Known::default() };
            let mut found = check(&files, &known);
            found.extend(lint(&files));
            assert!(found.is_empty(), "{full}: {found:?}");
        }
    }

    #[test]
    fn malformed_ids_are_refused() {
        for id in ["", "a", "a.", ".a", "a..b", "A.b", "a.b c", "a.b_c", "../x.y", "a.b.c.d.e.f"] {
            assert_eq!(split(id), None, "{id}");
        }
    }
}
