//! Our rule files, written.

use crate::syntax::{ConfidenceName, ShapeSpec, Side};
use std::fmt::Write as _;
use std::ops::Range;

/// A rule to write.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) preview: bool,
    pub(super) label: String,
    pub(super) confidence: ConfidenceName,
    pub(super) why: String,
    pub(super) patterns: Vec<String>,
    pub(super) not_placeholder: bool,
    /// Words, distance in bytes, side, whether one is required.
    pub(super) keywords: Option<(Vec<String>, usize, Side, bool)>,
    /// Words, distance in bytes.
    pub(super) exclude: Option<(Vec<String>, usize)>,
    pub(super) shape: ShapeSpec,
    pub(super) allow: Vec<String>,
    pub(super) references: Vec<String>,
    pub(super) matches: Vec<Example>,
    pub(super) no_matches: Vec<String>,
}

/// A text and the finding in it.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// A rule file.
pub(super) fn file(family: &str, title: &str, rules: &[Written]) -> String {
    let mut out = format!("family = \"{family}\"\ntitle = {}\n", quoted(title));
    for rule in rules {
        write_rule(&mut out, rule);
    }
    out
}

// Writing to a string cannot fail, here and below.
fn write_rule(out: &mut String, rule: &Written) {
    let _ = writeln!(out, "\n[[rule]]\nid = \"{}\"\ntitle = {}", rule.id, quoted(&rule.title));
    let _ = writeln!(out, "status = \"{}\"", if rule.preview { "preview" } else { "stable" });
    let _ = writeln!(out, "since = \"{}\"", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "labels = [\"{}\"]", rule.label);
    let _ = writeln!(out, "confidence = \"{}\"", rule.confidence.name());
    let _ = writeln!(out, "why = {}", quoted(&rule.why));
    match &rule.patterns[..] {
        [one] => {
            let _ = writeln!(out, "pattern = {}", raw(one));
        }
        several => {
            let lines: Vec<String> =
                several.iter().map(|text| format!("    {},\n", raw(text))).collect();
            let _ = writeln!(out, "patterns = [\n{}]", lines.concat());
        }
    }
    if rule.not_placeholder {
        out.push_str("validators = [\"not-placeholder\"]\n");
    }
    list(out, "allow", &rule.allow);
    list(out, "references", &rule.references);
    if let Some((words, within, side, require)) = &rule.keywords {
        out.push_str("\n[rule.keywords]\n");
        list(out, "any", words);
        let _ = writeln!(out, "within = {within}\nside = \"{}\"", side.name());
        if *require {
            out.push_str("require = true\n");
        }
    }
    if let Some((words, within)) = &rule.exclude {
        out.push_str("\n[rule.exclude]\n");
        list(out, "any", words);
        let _ = writeln!(out, "within = {within}\nside = \"both\"");
    }
    shape(out, &rule.shape);
    for example in &rule.matches {
        let (text, value) = (&example.text, &example.text[example.span.clone()]);
        let cut = value.floor_char_boundary(value.len() / 2);
        let at = example.span.start + cut;
        let _ = writeln!(
            out,
            "\n[[rule.match]]\ntext = [{}, {}]\nfind = [{}, {}]",
            quoted(&text[..at]),
            quoted(&text[at..]),
            quoted(&value[..cut]),
            quoted(&value[cut..])
        );
    }
    for text in &rule.no_matches {
        let cut = text.floor_char_boundary(text.len() / 2);
        let _ = writeln!(
            out,
            "\n[[rule.no_match]]\ntext = [{}, {}]\nwhy = \"a counter-example of the imported rule\"",
            quoted(&text[..cut]),
            quoted(&text[cut..])
        );
    }
}

fn shape(out: &mut String, shape: &ShapeSpec) {
    let counts = [
        ("min-digits", shape.min_digits),
        ("min-upper", shape.min_upper),
        ("min-lower", shape.min_lower),
    ];
    let entropy = shape.entropy.is_finite() && shape.entropy > 0.0;
    if !entropy && counts.iter().all(|(_, count)| *count == 0) {
        return;
    }
    out.push_str("\n[rule.shape]\n");
    for (name, count) in counts.iter().filter(|(_, count)| *count > 0) {
        let _ = writeln!(out, "{name} = {count}");
    }
    if entropy {
        let _ = writeln!(out, "entropy = {:?}", shape.entropy);
    }
}

fn list(out: &mut String, name: &str, items: &[String]) {
    match items {
        [] => {}
        [one] => {
            let _ = writeln!(out, "{name} = [{}]", quoted(one));
        }
        several => {
            let lines: Vec<String> =
                several.iter().map(|item| format!("    {},\n", quoted(item))).collect();
            let _ = writeln!(out, "{name} = [\n{}]", lines.concat());
        }
    }
}

/// A string in double quotes.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if char.is_control() => {
                let _ = write!(out, "\\U{:08X}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

/// A pattern without escapes, where its text allows it.
fn raw(text: &str) -> String {
    let plain = |char: char| !char.is_control() || char == '\t';
    if text.contains("'''") || text.ends_with('\'') || !text.chars().all(plain) {
        return quoted(text);
    }
    format!("'''{text}'''")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_back() {
        for text in ["", "a'b", "'''", "x'", "\u{1}\u{7f}\u{85}\n\t\"\\é", r"\b(a)\d"] {
            for written in [quoted(text), raw(text)] {
                let table: toml::Table = toml::from_str(&format!("x = {written}")).expect("TOML");
                assert_eq!(table["x"].as_str(), Some(text), "{written}");
            }
        }
    }
}
