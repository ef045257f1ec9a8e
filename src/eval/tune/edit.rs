//! Changes of rule files that leave comments and layout as they are.

use super::settings::{Bound, EXCLUDE_BYTES, Settings};
use crate::syntax::Side;
use toml_edit::{Array, DocumentMut, Item, Table, Value};

/// A change of one rule.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// Name within the family.
    pub(super) id: String,
    pub(super) from: Settings,
    pub(super) to: Settings,
}

/// The text of a rule file with some rules changed; nothing if it is no rule file or lacks one of them.
pub(super) fn edited(text: &str, edits: &[Edit]) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    let rules = document.get_mut("rule")?.as_array_of_tables_mut()?;
    for edit in edits {
        let rule = rules
            .iter_mut()
            .find(|rule| rule.get("id").and_then(Item::as_str) == Some(edit.id.as_str()))?;
        change(rule, edit);
    }
    Some(document.to_string())
}

/// The same with the unchanged rules left out.
pub(super) fn only_edited(text: &str, edits: &[Edit]) -> Option<String> {
    let mut document: DocumentMut = edited(text, edits)?.parse().ok()?;
    let rules = document.get_mut("rule")?.as_array_of_tables_mut()?;
    rules.retain(|rule| {
        let id = rule.get("id").and_then(Item::as_str).unwrap_or_default();
        edits.iter().any(|edit| edit.id == id)
    });
    Some(document.to_string())
}

fn change(rule: &mut Table, Edit { from, to, .. }: &Edit) {
    if from.confidence != to.confidence {
        put(rule, "confidence", to.confidence.name().into());
    }
    if let (Some(from), Some(to)) = (from.keywords, to.keywords)
        && let Some(words) = below(rule, "keywords")
    {
        if from.within != to.within {
            put(words, "within", whole(to.within));
        }
        if from.side != to.side {
            put(words, "side", to.side.name().into());
        }
        if from.require != to.require {
            put(words, "require", to.require.into());
        }
    }
    for bound in Bound::ALL {
        let (from, to) = (from.shape[bound as usize], to.shape[bound as usize]);
        if from != to
            && let Some(shape) = below(rule, "shape")
        {
            if to == 0.0 {
                shape.remove(bound.field());
            } else if bound.is_count() {
                put(shape, bound.field(), whole(to as usize));
            } else {
                // Through its shortest decimal form: 0.9 and not 0.8999999761581421.
                put(shape, bound.field(), to.to_string().parse::<f64>().unwrap_or(0.0).into());
            }
        }
    }
    if let Some((within, side)) = to.exclude.filter(|_| from.exclude != to.exclude)
        && let Some(words) = below(rule, "exclude")
    {
        put(words, "within", whole(within));
        if from.exclude.map(|(_, side)| side) != Some(side) {
            put(words, "side", side.name().into());
        }
    }
    if from.exclude.is_some() && to.exclude.is_none() {
        rule.remove("exclude");
    }
    if !to.added.is_empty() {
        exclude(rule, to);
    }
    // A table that says nothing any more.
    if rule.get("shape").and_then(Item::as_table_like).is_some_and(|shape| shape.is_empty()) {
        rule.remove("shape");
    }
}

fn exclude(rule: &mut Table, to: &Settings) {
    let is_new = rule.get("exclude").is_none();
    let Some(words) = below(rule, "exclude") else { return };
    let any = words.entry("any").or_insert(Item::Value(Value::Array(Array::new())));
    if let Some(any) = any.as_array_mut() {
        let layout = any.iter().last().and_then(|last| last.decor().prefix()).cloned();
        for word in &to.added {
            let mut value = Value::from(word.as_str());
            if let Some(prefix) = &layout {
                value.decor_mut().set_prefix(prefix.clone());
            }
            any.push_formatted(value);
            if layout.is_none()
                && any.len() > 1
                && let Some(last) = any.get_mut(any.len() - 1)
            {
                last.decor_mut().set_prefix(" ");
            }
        }
    }
    if is_new {
        put(words, "within", whole(EXCLUDE_BYTES));
        put(words, "side", Side::Before.name().into());
    }
}

/// The table of this name in a rule, made if it is not there.
fn below<'t>(rule: &'t mut Table, name: &str) -> Option<&'t mut dyn toml_edit::TableLike> {
    if rule.get(name).is_none() {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        table.set_position(position_before_examples(rule));
        rule.insert(name, Item::Table(table));
    }
    rule.get_mut(name)?.as_table_like_mut()
}

/// Where a new table goes: with the last one that is no example.
fn position_before_examples(rule: &Table) -> Option<isize> {
    let own = rule.position();
    let others = rule.iter().filter_map(|(_, item)| item.as_table()?.position());
    others.chain(own).max()
}

/// Sets a value and leaves the comment behind it.
fn put(table: &mut dyn toml_edit::TableLike, name: &str, mut value: Value) {
    if let Some(old) = table.get(name).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    table.insert(name, Item::Value(value));
}

fn whole(number: usize) -> Value {
    Value::from(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::tune::settings::KeywordSettings;
    use crate::syntax::ConfidenceName;

    const FILE: &str = r#"# Head.
family = "a.b"
title = "B"

[[rule]]
id = "one"            # the first
confidence = "medium" # says who
pattern = '''x'''

[rule.keywords]
any = ["key"]
within = 64   # bytes

[rule.shape]
entropy = 1.5

[[rule.match]]
text = "x"
find = "x"

[[rule]]
id = "two"
confidence = "low"
pattern = '''y'''

[[rule.match]]
text = "y"
find = "y"
"#;

    fn settings() -> Settings {
        Settings {
            confidence: ConfidenceName::Medium,
            keywords: Some(KeywordSettings { within: 64, side: Side::Both, require: false }),
            shape: [0.0, 0.0, 0.0, 0.0, 0.0, 1.5, 0.0],
            exclude: None,
            added: Vec::new(),
        }
    }

    #[test]
    fn comments_and_layout_stay() {
        let from = settings();
        let to = Settings {
            confidence: ConfidenceName::High,
            keywords: Some(KeywordSettings { within: 32, side: Side::Before, require: true }),
            shape: [0.0, 0.0, 0.0, 0.0, 8.0, 3.2, 0.0],
            added: vec!["commit".to_owned(), "hash".to_owned()],
            ..settings()
        };
        let got = edited(FILE, &[Edit { id: "one".to_owned(), from, to }]).unwrap();
        let expect = FILE
            .replace("\"medium\" # says", "\"high\" # says")
            .replace("within = 64   # bytes\n", "within = 32   # bytes\nside = \"before\"\nrequire = true\n")
            .replace(
                "entropy = 1.5\n",
                "entropy = 3.2\nmin-unique = 8\n\n[rule.exclude]\nany = [\"commit\", \"hash\"]\nwithin = 32\nside = \"before\"\n",
            );
        assert_eq!(got, expect, "{got}");
    }

    #[test]
    fn a_table_is_made_and_taken_away() {
        let none = Settings { shape: [0.0; 7], keywords: None, ..settings() };
        let some = Settings { shape: [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9], ..none.clone() };
        let made = Edit { id: "two".to_owned(), from: none.clone(), to: some };
        let got = only_edited(FILE, &[made]).unwrap();
        assert!(
            got.contains("pattern = '''y'''\n\n[rule.shape]\nrandomness = 0.9\n\n[[rule.match]]"),
            "{got}"
        );
        assert!(!got.contains("one"), "{got}");
        let gone = Edit {
            id: "one".to_owned(),
            from: settings(),
            to: Settings { shape: [0.0; 7], ..settings() },
        };
        let got = edited(FILE, &[gone]).unwrap();
        assert!(!got.contains("shape") && !got.contains("entropy"), "{got}");
        assert!(
            edited(FILE, &[Edit { id: "three".to_owned(), from: none.clone(), to: none }])
                .is_none()
        );
        assert!(edited("= =", &[]).is_none());
    }
}
