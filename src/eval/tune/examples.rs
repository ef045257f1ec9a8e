//! Whether a rule still does what its examples say.

use crate::base::Input;
use crate::rules::Rules;
use crate::scan::{Scanner, Scratch};

/// True if the rule finds exactly its match examples and nothing in its counter-examples.
pub(super) fn hold(rules: &Rules, id: &str) -> bool {
    let Some(index) = rules.find(id) else { return false };
    let rule = rules.rule(index);
    let pack = rules.only(index);
    let mut scratch = Scratch::new(rules);
    let mut spans = |text: &str| -> Vec<String> {
        let found = Scanner::new(rules, &pack).scan(&mut scratch, &Input::new(text));
        let own = found.iter().filter(|finding| finding.rule == index);
        own.map(|finding| text.get(finding.span.range()).unwrap_or_default().to_owned()).collect()
    };
    let matches =
        rule.spec.matches.iter().all(|one| spans(&one.text.joined()) == [one.find.joined()]);
    matches && rule.spec.no_matches.iter().all(|one| spans(&one.text.joined()).is_empty())
}
