//! From a foreign rule to one of ours that is known to compile.

use super::foreign::{Foreign, KeywordUse, Note, Reason, Refused};
use super::pattern;
use super::write::{Example, Written, file};
use crate::base::limits::{KEYWORD_LEN_BYTES_MAX, KEYWORDS_PER_RULE_MAX, PATTERNS_PER_RULE_MAX};
use crate::base::{Input, RuleIndex, Span};
use crate::rules::{Compiler, MatcherKind, Rules};
use crate::scan::{Scanner, Scratch};
use crate::syntax::{Severity, Side, Source};
use std::collections::HashSet;

/// Examples of a rule that are taken over, of each kind.
const EXAMPLES_MAX: usize = 6;
/// Longest example, in bytes.
const EXAMPLE_BYTES_MAX: usize = 4096;
/// Values to leave alone.
const ALLOW_MAX: usize = 2000;
/// Distance of a word that rules a finding out, in bytes.
const EXCLUDE_BYTES: usize = 64;
/// Longest id, in bytes.
const ID_BYTES_MAX: usize = 64;

/// A rule that was converted.
#[derive(Clone, Debug)]
pub(super) struct Converted {
    pub(super) foreign_id: String,
    pub(super) rule: Written,
    pub(super) notes: Vec<Note>,
}

/// Converts the rules of one file.
pub(super) struct Converter<'a> {
    pub(super) family: &'a str,
    /// Labels that there are.
    pub(super) labels: &'a [&'a str],
    /// What a foreign label means here.
    pub(super) label_of: &'a dyn Fn(&str) -> Option<String>,
    /// For every rule, whatever it says.
    pub(super) label: Option<&'a str>,
    /// For rules that say nothing that is known.
    pub(super) label_default: &'a str,
    pub(super) foreign_ids: HashSet<String>,
    pub(super) ids: HashSet<String>,
    pub(super) scratch: Scratch,
}

impl Converter<'_> {
    /// Converts one rule.
    pub(super) fn rule(&mut self, foreign: Foreign) -> Result<Converted, Refused> {
        if !self.foreign_ids.insert(foreign.id.clone()) {
            return Err(Refused::new(
                Reason::DuplicateId,
                "an earlier rule of the file has this id",
            ));
        }
        let mut notes = foreign.notes.clone();
        let patterns = patterns(&foreign, &mut notes)?;
        let mut rule = Written {
            id: kebab(&foreign.id),
            title: one_line(foreign.title.as_deref().unwrap_or(&foreign.id), 120),
            preview: foreign.preview,
            label: self.label_of(&foreign, &mut notes),
            confidence: foreign.confidence,
            why: format!("Another scanner reports it as `{}`.", one_line(&foreign.id, 60)),
            patterns,
            not_placeholder: foreign.not_placeholder,
            keywords: None,
            exclude: None,
            shape: foreign.shape,
            allow: allow(&foreign, &mut notes),
            references: foreign.references.clone(),
            matches: Vec::new(),
            no_matches: Vec::new(),
        };
        context(&foreign, &mut rule, &mut notes);
        let rules = self.compile(&rule)?;
        self.examples(&foreign, &rules, &mut rule, &mut notes);
        self.claim_id(&mut rule, &mut notes);
        Ok(Converted { foreign_id: foreign.id, rule, notes })
    }

    fn label_of(&self, foreign: &Foreign, notes: &mut Vec<Note>) -> String {
        if let Some(label) = self.label {
            return label.to_owned();
        }
        let known = foreign.label.as_deref().and_then(self.label_of);
        if let Some(label) = known.filter(|label| self.labels.contains(&label.as_str())) {
            return label;
        }
        if foreign.label.is_some() {
            let detail = format!("its label is not known here and became `{}`", self.label_default);
            notes.push(Note::new("label", detail));
        }
        self.label_default.to_owned()
    }

    /// The rule alone, compiled: what the compiler refuses is refused here.
    fn compile(&self, rule: &Written) -> Result<Rules, Refused> {
        let text = file(self.family, "Trial", std::slice::from_ref(rule));
        let label = format!(
            "[[label]]\nid = \"{}\"\ntitle = \"Trial\"\nsensitivity = 1\nlinkability = \"L0\"\n",
            rule.label
        );
        let mut compiler = Compiler::new();
        compiler.matcher(MatcherKind::Portable);
        compiler.add_labels(Source::new("labels.toml", label));
        compiler.add_rules(Source::new("trial.toml", text));
        let (rules, _) = compiler.build().map_err(|found| {
            let error = found.0.iter().find(|one| one.severity == Severity::Error);
            let detail =
                error.map_or_else(String::new, |one| format!("{} ({})", one.title, one.code));
            Refused::new(Reason::Malformed, detail)
        })?;
        Ok(rules)
    }

    /// Takes over the examples that the rule agrees with.
    fn examples(
        &mut self,
        foreign: &Foreign,
        rules: &Rules,
        rule: &mut Written,
        notes: &mut Vec<Note>,
    ) {
        let mut left = 0;
        for text in &foreign.matches {
            let spans = self.spans(rules, text);
            match spans[..] {
                [span] if text.is_char_boundary(span.start) && text.is_char_boundary(span.end) => {
                    rule.matches.push(Example { text: text.clone(), span: span.range() });
                }
                _ => left += 1,
            }
        }
        for text in &foreign.no_matches {
            if self.spans(rules, text).is_empty() && text.len() <= EXAMPLE_BYTES_MAX {
                rule.no_matches.push(text.clone());
            } else {
                left += 1;
            }
        }
        left += rule.matches.len().saturating_sub(EXAMPLES_MAX);
        left += rule.no_matches.len().saturating_sub(EXAMPLES_MAX);
        rule.matches.truncate(EXAMPLES_MAX);
        rule.no_matches.truncate(EXAMPLES_MAX);
        if left > 0 {
            let detail = format!(
                "{left} examples are left out: the rule says otherwise, or there are too many"
            );
            notes.push(Note::new("example", detail));
        }
    }

    fn spans(&mut self, rules: &Rules, text: &str) -> Vec<Span> {
        if text.len() > EXAMPLE_BYTES_MAX {
            return Vec::new();
        }
        let pack = rules.only(RuleIndex(0));
        let found = Scanner::new(rules, &pack).scan(&mut self.scratch, &Input::new(text));
        found.iter().map(|finding| finding.span).collect()
    }

    /// Two ids that only differ in what an id cannot hold are told apart.
    fn claim_id(&mut self, rule: &mut Written, notes: &mut Vec<Note>) {
        let wanted = rule.id.clone();
        let mut number = 2;
        while !self.ids.insert(rule.id.clone()) {
            let end = format!("-{number}");
            let room = wanted.len().min(ID_BYTES_MAX - end.len());
            rule.id = format!("{}{end}", wanted[..room].trim_end_matches('-'));
            number += 1;
        }
        if rule.id != wanted {
            notes.push(Note::new("id", format!("another rule became `{wanted}`")));
        }
    }
}

/// The patterns that can be converted; an error if there is none.
fn patterns(foreign: &Foreign, notes: &mut Vec<Note>) -> Result<Vec<String>, Refused> {
    let mut done: Vec<String> = Vec::new();
    let mut refused = None;
    if foreign.patterns.len() > PATTERNS_PER_RULE_MAX {
        let detail =
            format!("{} patterns, the limit is {PATTERNS_PER_RULE_MAX}", foreign.patterns.len());
        return Err(Refused::new(Reason::TooLarge, detail));
    }
    for (text, number) in foreign.patterns.iter().zip(1..) {
        match pattern::convert(text, &foreign.flags, foreign.value, notes) {
            Ok(text) if done.contains(&text) => {}
            Ok(text) => done.push(text),
            Err(error) => {
                if foreign.patterns.len() > 1 {
                    let detail =
                        format!("pattern {number}: {}: {}", error.reason.name(), error.detail);
                    notes.push(Note::new("pattern", detail));
                }
                refused.get_or_insert(error);
            }
        }
    }
    match refused {
        Some(refused) if done.is_empty() => Err(refused),
        None if done.is_empty() => Err(Refused::new(Reason::NoPattern, "")),
        _ => Ok(done),
    }
}

fn allow(foreign: &Foreign, notes: &mut Vec<Note>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut allow: Vec<String> = Vec::new();
    for value in foreign.allow.iter().filter(|value| !value.trim().is_empty()) {
        if seen.insert(value.to_ascii_lowercase()) {
            allow.push(value.clone());
        }
    }
    if allow.len() > ALLOW_MAX {
        notes.push(Note::new("allow-list", format!("only the first {ALLOW_MAX} values are kept")));
        allow.truncate(ALLOW_MAX);
    }
    allow
}

/// Keywords and excluding words.
fn context(foreign: &Foreign, rule: &mut Written, notes: &mut Vec<Note>) {
    let mut seen = HashSet::new();
    let mut words = |list: &[String], notes: &mut Vec<Note>| {
        let mut kept = Vec::new();
        for word in list.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            // Words that are found at the same places count once.
            let folded = word.to_ascii_lowercase().replace(['_', '-'], " ");
            if word.len() <= KEYWORD_LEN_BYTES_MAX && seen.insert(folded) {
                kept.push(word.to_owned());
            }
        }
        if kept.len() > KEYWORDS_PER_RULE_MAX {
            let detail = format!("only the first {KEYWORDS_PER_RULE_MAX} words are kept");
            notes.push(Note::new("keywords", detail));
            kept.truncate(KEYWORDS_PER_RULE_MAX);
        }
        kept
    };
    let keywords = words(&foreign.keywords, notes);
    let exclude = words(&foreign.exclude, notes);
    if !exclude.is_empty() {
        rule.exclude = Some((exclude, EXCLUDE_BYTES));
    }
    if keywords.is_empty() {
        return;
    }
    match foreign.keyword_use {
        KeywordUse::Supporting { within, side } => {
            rule.keywords = Some((keywords, within, side, false));
        }
        // What every match contains needs no looking for; the compiler finds its own anchors.
        KeywordUse::Prefilter { .. } if in_patterns(&rule.patterns, &keywords) => {}
        KeywordUse::Prefilter { within } => {
            let detail = format!("one of the keywords must now stand within {within} bytes");
            notes.push(Note::new("keywords", detail));
            rule.keywords = Some((keywords, within, Side::Both, true));
        }
    }
}

/// Whether the patterns spell one of the words.
fn in_patterns(patterns: &[String], words: &[String]) -> bool {
    patterns.iter().all(|pattern| {
        let plain = pattern.replace('\\', "").to_ascii_lowercase();
        words.iter().any(|word| plain.contains(&word.to_ascii_lowercase()))
    })
}

fn one_line(text: &str, chars_max: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let printable = line.chars().filter(|char| !char.is_control());
    let short: String = printable.take(chars_max).collect();
    if short.is_empty() { "Imported rule".to_owned() } else { short }
}

/// Lower-case words joined by hyphens.
pub(super) fn kebab(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for char in name.chars() {
        let starts_word = char.is_ascii_uppercase() && before.is_ascii_lowercase();
        if (!char.is_ascii_alphanumeric() || starts_word) && !out.is_empty() && !out.ends_with('-')
        {
            out.push('-');
        }
        if char.is_ascii_alphanumeric() {
            out.push(char.to_ascii_lowercase());
        }
        before = char;
        if out.len() >= ID_BYTES_MAX {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "rule".to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_words_with_hyphens() {
        for (name, expect) in [
            ("acme-api-key", "acme-api-key"),
            ("np.acme.1", "np-acme-1"),
            ("ZipCodeRecognizer", "zip-code-recognizer"),
            ("  Ünïcode__id  ", "n-code-id"),
            ("///", "rule"),
            ("", "rule"),
        ] {
            assert_eq!(kebab(name), expect, "{name}");
        }
        assert_eq!(kebab(&"a".repeat(200)).len(), ID_BYTES_MAX);
    }
}
