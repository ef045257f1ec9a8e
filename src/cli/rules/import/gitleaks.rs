//! TOML of gitleaks and betterleaks.

use super::fields::{Fields, number, rules};
use super::foreign::{Foreign, Note, Read, Reason, Refused, Value};
use super::node::Node;

const REFERENCE: &str = "https://github.com/gitleaks/gitleaks";
/// What a file may hold besides rules without a change of what they find.
const IDLE: [&str; 5] = ["title", "description", "minVersion", "betterleaksMinVersion", "rules"];

pub(super) fn read(root: &Node) -> Read {
    let mut read = Read::default();
    for key in root.keys().filter(|key| !IDLE.contains(key)) {
        let detail = match key {
            "allowlist" | "allowlists" => "the allow list of the whole file is not converted",
            "extend" => "the rules that the file extends are not converted; import their file too",
            "filter" | "prefilter" => "the expression over all findings is not converted",
            _ => {
                read.notes.push(Note::new("unknown-field", format!("`{key}`")));
                continue;
            }
        };
        read.notes.push(Note::new("whole-file", detail));
    }
    read.rules = rules(root.field("rules"), "id", rule);
    read
}

fn rule(mut fields: Fields<'_>) -> Result<Foreign, Refused> {
    let mut foreign = fields.foreign()?;
    foreign.title = fields.text("description");
    foreign.references.push(REFERENCE.to_owned());
    let path = fields.text("path");
    let Some(pattern) = fields.text("regex") else {
        return Err(match path {
            Some(_) => Refused::new(Reason::Path, "the rule looks at names of files only"),
            None => Refused::new(Reason::NoPattern, "there is no `regex`"),
        });
    };
    if path.is_some() {
        let detail = "the rule holds for certain files only, which a text does not tell";
        return Err(Refused::new(Reason::Path, detail));
    }
    for part in ["required", "components"] {
        if fields.take(part).is_some_and(|node| !node.items().is_empty()) {
            let detail = format!("`{part}`: findings of other rules decide");
            return Err(Refused::new(Reason::Composite, detail));
        }
    }
    foreign.patterns.push(pattern);
    if let Some(group) = fields.text("secretGroup") {
        let group: u32 = number("secretGroup", &group)?;
        foreign.value = if group == 0 { Value::First } else { Value::Group(group) };
    }
    if let Some(entropy) = fields.text("entropy") {
        foreign.shape.entropy = number("entropy", &entropy)?;
    }
    foreign.keywords = fields.texts("keywords");
    foreign.confidence = fields.confidence();
    foreign.preview = fields.text("skipReport").as_deref() == Some("true");
    for part in ["filter", "prefilter"] {
        if fields.take(part).is_some() {
            foreign.note("expression", format!("`{part}` is a program and is not converted"));
        }
    }
    if fields.take("validate").is_some() {
        foreign.note("validation", "asking the vendor whether the value works is not converted");
    }
    for part in ["allowlist", "allowlists"] {
        for list in fields.take(part).map_or(&[][..], Node::items) {
            allow_list(list, &mut foreign);
        }
    }
    fields.ignore(&["tags", "specificity", "tokenEfficiency"]);
    fields.finish(&mut foreign);
    Ok(foreign)
}

/// Values that are equal to a literal can be carried over; what looks into values, lines and paths cannot.
fn allow_list(list: &Node, foreign: &mut Foreign) {
    let texts = |name: &str| list.field(name).map(Node::texts).unwrap_or_default();
    if list.field("condition").and_then(Node::text).is_some_and(|c| c.eq_ignore_ascii_case("and")) {
        foreign.note("allow-list", "an allow list whose parts must all hold is not converted");
        return;
    }
    let on_secret = match list.field("regexTarget").and_then(Node::text) {
        None | Some("" | "secret") => true,
        Some(_) => false,
    };
    let regexes = texts("regexes");
    let mut kept = 0;
    for regex in &regexes {
        if let (true, Some(value)) = (on_secret, literal(regex)) {
            foreign.allow.push(value);
            kept += 1;
        } else if let (false, Some(word)) = (on_secret, word(regex)) {
            foreign.exclude.push(word);
            kept += 1;
        }
    }
    if kept < regexes.len() {
        let left = regexes.len() - kept;
        foreign
            .note("allow-list", format!("{left} expressions of an allow list are not converted"));
    }
    foreign.stop_words(texts("stopwords"));
    for part in ["paths", "commits"] {
        if !texts(part).is_empty() {
            foreign.note("allow-list", format!("`{part}` of an allow list are not converted"));
        }
    }
}

/// The text that an expression stands for, if it is one.
fn literal(regex: &str) -> Option<String> {
    let inner = regex.strip_prefix('^').unwrap_or(regex);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let hir = regex_syntax::parse(inner).ok()?;
    match hir.kind() {
        regex_syntax::hir::HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok(),
        _ => None,
    }
}

/// The word that an expression stands for, if it can be looked for as one.
fn word(regex: &str) -> Option<String> {
    let inner = regex.trim_start_matches("(?i)").trim_start_matches(r"\b");
    let word = literal(inner.trim_end_matches(r"\b"))?;
    let is_word = word.chars().all(|char| char.is_alphanumeric() || " _-.".contains(char));
    (is_word && word.trim().len() >= 3).then_some(word)
}
