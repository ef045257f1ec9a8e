//! Compares a parsed document with the shape it should have and reports every difference, not just the first.

use super::codes::{self, DiagnosticCode};
use super::shape::{Field, Kind, Table};
use super::suggest::did_you_mean;
use super::{Diagnostic, Source};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Problems of one file after which the rest is not looked for.
pub(super) const PROBLEMS_PER_FILE_MAX: usize = 100;

pub(super) struct Walk<'s> {
    source: &'s Source,
    /// Whether to report missing fields: after a syntax error they may be missing because of it.
    complete: bool,
    pub(super) found: Vec<Diagnostic>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(source: &'s Source, complete: bool) -> Self {
        Self { source, complete, found: Vec::new() }
    }

    /// Checks one table. True if it has the shape.
    pub(super) fn table(&mut self, values: &DeTable<'_>, at: Range<usize>, shape: &Table) -> bool {
        let before = self.found.len();
        for (key, value) in values {
            let name: &str = key.get_ref();
            match shape.fields.iter().find(|field| field.name == name) {
                Some(field) => self.value(field, value),
                None => self.unknown_field(name, key.span(), shape),
            }
        }
        if self.complete {
            for field in shape.fields.iter().filter(|field| field.required) {
                if !values.contains_key(field.name) {
                    // The id is on the author's screen when he looks for a rule; its header may be far away.
                    let place = values.get("id").map_or(at.clone(), Spanned::span);
                    self.report(
                        &codes::MISSING_FIELD,
                        format!("{} needs `{}`", shape.what, field.name),
                        place,
                        format!("`{}` is missing", field.name),
                        Some(format!("add {}", sample(field))),
                    );
                }
            }
        }
        self.found.len() == before
    }

    fn unknown_field(&mut self, name: &str, at: Range<usize>, shape: &Table) {
        let names = || shape.fields.iter().map(|field| field.name);
        let help = did_you_mean(name, names()).unwrap_or_else(|| {
            format!("its fields are {}", names().collect::<Vec<_>>().join(", "))
        });
        self.report(
            &codes::UNKNOWN_FIELD,
            format!("unknown field `{}`", short(name)),
            at,
            format!("not a field of {}", shape.what),
            Some(help),
        );
    }

    fn value(&mut self, field: &Field, value: &Spanned<DeValue<'_>>) {
        let at = value.span();
        match (field.kind, value.get_ref()) {
            (Kind::Text | Kind::Parts, DeValue::String(_))
            | (Kind::Flag, DeValue::Boolean(_))
            | (Kind::Number, DeValue::Integer(_)) => {}
            (Kind::Number, DeValue::Float(number)) => {
                if !number.as_str().parse::<f32>().is_ok_and(f32::is_finite) {
                    self.range(field, at, "a finite number");
                }
            }
            (Kind::Texts | Kind::Parts, DeValue::Array(items)) => {
                for item in items.iter().filter(|item| !item.get_ref().is_str()) {
                    self.wrong_type(field, "a string", item);
                }
            }
            (Kind::Whole(max), DeValue::Integer(number)) => {
                let parsed = i128::from_str_radix(number.as_str(), number.radix()).ok();
                if !parsed.is_some_and(|number| (0..=i128::from(max)).contains(&number)) {
                    self.range(field, at, "a whole number from 0");
                }
            }
            (Kind::Name(names), DeValue::String(name)) if !names.contains(&&**name) => {
                let list = names.join(", ");
                let help = did_you_mean(name, names.iter().copied())
                    .unwrap_or_else(|| format!("`{}` is one of {list}", field.name));
                self.report(
                    &codes::UNKNOWN_NAME,
                    format!("`{}` is not one of {list}", short(name)),
                    at,
                    String::new(),
                    Some(help),
                );
            }
            (Kind::Name(_), DeValue::String(_)) => {}
            (Kind::Names(names), DeValue::Array(items)) => {
                let one = Field { kind: Kind::Name(names), ..*field };
                items.iter().for_each(|item| self.value(&one, item));
            }
            (Kind::Moment, DeValue::Datetime(time)) => {
                if time.date.is_none() || time.time.is_none() || time.offset.is_none() {
                    self.wrong_type(field, "a date with a time and its offset", value);
                }
            }
            (Kind::Texted | Kind::Listed, DeValue::Table(values)) => {
                let kind =
                    if matches!(field.kind, Kind::Texted) { Kind::Text } else { Kind::Texts };
                let one = Field { kind, ..*field };
                values.iter().for_each(|(_, value)| self.value(&one, value));
            }
            (Kind::Table(shape), DeValue::Table(values)) => {
                self.table(values, at, shape);
            }
            (Kind::Tables(shape), DeValue::Array(items)) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::Table(values) => {
                            self.table(values, item.span(), shape);
                        }
                        _ => self.wrong_type(field, "a table", item),
                    }
                }
            }
            (kind, _) => self.wrong_type(field, expected(kind), value),
        }
    }

    fn wrong_type(&mut self, field: &Field, expect: &str, value: &Spanned<DeValue<'_>>) {
        self.report(
            &codes::WRONG_TYPE,
            format!("`{}` needs {expect}", field.name),
            value.span(),
            format!("this is {}", article(value.get_ref().type_str())),
            Some(format!("write {}", sample(field))),
        );
    }

    fn range(&mut self, field: &Field, at: Range<usize>, expect: &str) {
        let title = format!("`{}` needs {expect}", field.name);
        self.report(&codes::NUMBER_RANGE, title, at, "out of range".to_owned(), None);
    }

    fn report(
        &mut self,
        code: &DiagnosticCode,
        title: String,
        at: Range<usize>,
        label: String,
        help: Option<String>,
    ) {
        // One more than the limit tells the caller that there were more.
        if self.found.len() <= PROBLEMS_PER_FILE_MAX {
            let mut diagnostic = Diagnostic::new(code, self.source, title).at(at, label);
            diagnostic.help = help;
            self.found.push(diagnostic);
        }
    }
}

/// A name as written, cut where nobody would read on.
pub(super) fn short(name: &str) -> String {
    const SHOWN_CHARS_MAX: usize = 64;
    match name.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Name(_) => "a string",
        Kind::Parts => "a string or an array of strings",
        Kind::Texts | Kind::Names(_) => "an array of strings",
        Kind::Moment => "a date with a time and its offset",
        Kind::Texted => "a table of strings",
        Kind::Listed => "a table of arrays of strings",
        Kind::Whole(_) => "a whole number",
        Kind::Number => "a number",
        Kind::Flag => "true or false",
        Kind::Table(_) => "a table",
        Kind::Tables(_) => "an array of tables",
    }
}

fn sample(field: &Field) -> String {
    let name = field.name;
    match field.kind {
        Kind::Text | Kind::Parts => format!("`{name} = \"…\"`"),
        Kind::Texts => format!("`{name} = [\"…\"]`"),
        Kind::Whole(_) => format!("`{name} = 64`"),
        Kind::Number => format!("`{name} = 0.5`"),
        Kind::Flag => format!("`{name} = true`"),
        Kind::Name(names) => format!("`{name} = \"{}\"`", names.join("\" or \"")),
        Kind::Names(names) => format!("`{name} = [\"{}\"]`", names.join("\", \"")),
        Kind::Moment => format!("`{name} = 2026-11-23T18:00:00Z`"),
        Kind::Texted => format!("`{name} = {{ tee = \"…\" }}`"),
        Kind::Listed => format!("`{name} = {{ tee = [\"…\"] }}`"),
        Kind::Table(_) => format!("`{name} = {{ … }}`"),
        Kind::Tables(_) if matches!(name, "rule" | "label" | "on" | "agent" | "grant" | "case") => {
            format!("`[[{name}]]`")
        }
        Kind::Tables(_) => format!("`[[rule.{name}]]`"),
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'i']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}
