//! YAML of Presidio's recognisers.

use super::fields::{Fields, number};
use super::foreign::{Foreign, KeywordUse, Read, Reason, Refused, Value};
use super::node::Node;
use crate::syntax::{ConfidenceName, Side};
use std::collections::BTreeMap;

const REFERENCE: &str = "https://github.com/microsoft/presidio";
/// Presidio looks at the five words in front of a match.
const CONTEXT_BYTES: usize = 48;
/// Scores from which a pattern alone is medium and high here. Presidio adds 0.35 for context, and takes 0.4 for sure at least then.
const MEDIUM_SCORE_MIN: f32 = 0.4;
const HIGH_SCORE_MIN: f32 = 0.8;
/// Python's numbers of the flags that a regex can have, and our letters.
const FLAGS: [(u32, char); 4] = [(2, 'i'), (8, 'm'), (16, 's'), (64, 'x')];
/// Ignore case, `^` and `$` at lines, `.` takes line feeds: what Presidio sets if nothing is said.
const FLAGS_DEFAULT: u32 = 2 | 8 | 16;

pub(super) fn read(root: &Node) -> Read {
    let mut read = Read::default();
    let list = root.field("recognizers").unwrap_or(root);
    for (node, number) in list.items().iter().zip(1..) {
        let fields = Fields::new(node, "name", number);
        let id = fields.id();
        match rules(fields) {
            Ok(rules) => {
                read.rules.extend(rules.into_iter().map(|rule| (rule.id.clone(), Ok(rule))))
            }
            Err(refused) => read.rules.push((id, Err(refused))),
        }
    }
    read
}

/// One rule per level of confidence that the patterns of a recogniser have.
fn rules(mut fields: Fields<'_>) -> Result<Vec<Foreign>, Refused> {
    let mut base = fields.foreign()?;
    if fields.text("enabled").as_deref() == Some("false") {
        return Err(Refused::new(Reason::Disabled, "the recogniser is off"));
    }
    let predefined = fields.text("type").as_deref() == Some("predefined");
    base.title = Some(base.id.clone());
    base.label = fields.text("supported_entity");
    base.references.push(REFERENCE.to_owned());
    base.value = Value::Whole;
    base.flags = flags(fields.text("global_regex_flags"))?;
    base.keywords = context(&mut fields);
    base.keyword_use = KeywordUse::Supporting { within: CONTEXT_BYTES, side: Side::Before };
    let mut levels: BTreeMap<u8, Vec<String>> = BTreeMap::new();
    for pattern in fields.take("patterns").map_or(&[][..], Node::items) {
        let text = |name: &str| pattern.field(name).and_then(Node::text);
        let Some(regex) = text("regex") else {
            return Err(Refused::new(Reason::Malformed, "a pattern has no `regex`"));
        };
        let level = level(number("score", text("score").unwrap_or("0"))?);
        levels.entry(level).or_default().push(regex.to_owned());
    }
    let words = fields.texts("deny_list");
    let score = fields.text("deny_list_score").unwrap_or_else(|| "1".to_owned());
    if !words.is_empty() {
        let words: Vec<String> = words.iter().map(|word| regex_syntax::escape(word)).collect();
        let listed = format!(r"\b(?:{})\b", words.join("|"));
        levels.entry(level(number("deny_list_score", &score)?)).or_default().push(listed);
    }
    if levels.is_empty() {
        return Err(if predefined {
            Refused::new(Reason::Code, "a predefined recogniser is a program, not a pattern")
        } else {
            Refused::new(Reason::NoPattern, "there are neither patterns nor a deny list")
        });
    }
    fields.ignore(&["supported_languages", "supported_language", "version", "package_name"]);
    fields.finish(&mut base);
    let several = levels.len() > 1;
    Ok(levels
        .into_iter()
        .rev()
        .map(|(level, patterns)| {
            let confidence = [ConfidenceName::Low, ConfidenceName::Medium, ConfidenceName::High]
                [usize::from(level.min(2))];
            let mut rule = Foreign { patterns, confidence, ..base.clone() };
            if several {
                rule.id = format!("{}-{}", base.id, confidence.name());
            }
            rule
        })
        .collect())
}

fn level(score: f32) -> u8 {
    u8::from(score >= MEDIUM_SCORE_MIN) + u8::from(score >= HIGH_SCORE_MIN)
}

fn flags(written: Option<String>) -> Result<String, Refused> {
    let bits = match written {
        Some(text) => number("global_regex_flags", &text)?,
        None => FLAGS_DEFAULT,
    };
    let letters: String =
        FLAGS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, letter)| letter).collect();
    Ok(if letters.is_empty() { letters } else { format!("(?{letters})") })
}

/// Context words of the recogniser and of each of its languages.
fn context(fields: &mut Fields<'_>) -> Vec<String> {
    let mut words = fields.texts("context");
    for language in fields.take("supported_languages").map_or(&[][..], Node::items) {
        words.extend(language.field("context").map(Node::texts).unwrap_or_default());
    }
    words
}
