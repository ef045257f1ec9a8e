//! Four times the rules: synthetic copies of the built-in ones with other literals.

use crate::{letters, texts::Random};
use lockgate::rules::{Compiler, Rules};
use lockgate::syntax::Source;
use std::{collections::BTreeMap, sync::Arc};
use toml::{Table, Value};

/// The built-in rules and three copies of each, in which every letter of every literal is another one.
///
/// A rule without letters (a card, a date) is copied as it is: its anchor, a run of digits, is shared by all.
pub(crate) fn rules4x(rules: &Rules) -> Rules {
    let mut compiler = Compiler::with_builtin();
    let sources: BTreeMap<_, _> =
        rules.rules().iter().map(|rule| (&rule.source.name, &rule.source.text)).collect();
    for copy in 1..=3 {
        let table = permutation(copy);
        for (name, text) in &sources {
            let text = copied(text, copy, &|byte| table[usize::from(byte)]);
            // The path of a rule file says its family.
            let name = name.replace(".toml", &format!("-copy{copy}.toml"));
            compiler.add_rules(Source { name: name.into(), text: text.into() });
        }
    }
    match compiler.build() {
        Ok((rules, _)) => rules,
        Err(problems) => panic!("the copies do not compile: {:?}", problems.0.first()),
    }
}

/// A byte for each byte: letters become other letters of the same case, everything else stays.
fn permutation(seed: u64) -> [u8; 256] {
    let order = Random::new(seed).shuffled(26);
    let mut table: [u8; 256] = std::array::from_fn(|byte| byte as u8);
    for (from, to) in order.into_iter().enumerate() {
        table[usize::from(b'a') + from] = b'a' + to as u8;
        table[usize::from(b'A') + from] = b'A' + to as u8;
    }
    table
}

fn copied(text: &Arc<str>, copy: u64, letter: &dyn Fn(u8) -> u8) -> String {
    let mut file: Table = text.parse().expect("built-in files are TOML");
    rename(&mut file, "family", copy);
    let rules = file.get_mut("rule").and_then(Value::as_array_mut).into_iter().flatten();
    for rule in rules.filter_map(Value::as_table_mut) {
        // Examples would no longer match, and companions and successors have other ids.
        for key in ["match", "no_match", "requires", "replaced-by"] {
            rule.remove(key);
        }
        rule.get_mut("pattern").into_iter().for_each(|pattern| rewrite(pattern, letter));
        let many = rule.get_mut("patterns").and_then(Value::as_array_mut).into_iter().flatten();
        many.for_each(|pattern| rewrite(pattern, letter));
        if let Some(region) = rule.get_mut("region").and_then(Value::as_table_mut) {
            region.get_mut("begin").into_iter().for_each(|pattern| rewrite(pattern, letter));
            region.get_mut("end").into_iter().for_each(|pattern| rewrite(pattern, letter));
        }
    }
    file.to_string()
}

fn rename(table: &mut Table, key: &str, copy: u64) {
    if let Some(Value::String(name)) = table.get_mut(key) {
        name.push_str(&format!("-copy{copy}"));
    }
}

fn rewrite(value: &mut Value, letter: &dyn Fn(u8) -> u8) {
    if let Value::String(pattern) = value {
        *pattern = letters::with_letters(pattern, letter);
    }
}
