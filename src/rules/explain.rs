//! What the compiler made of a rule: the anchor it chose, the window it looks at, the work that follows.

use super::checks::Window;
use super::pattern::Pattern;
use super::stored::Lookup;
use super::{Pack, Rules};
use crate::base::RuleIndex;
use crate::matcher::anchor::{Anchor, Reach};
use crate::matcher::{Groups, hir};
use std::sync::Arc;

/// A compiled rule as plain data.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Full id.
    pub id: Arc<str>,
    /// One entry per pattern; for a region its begin marker.
    pub patterns: Vec<PatternExplanation>,
    /// What is looked up in a list, if that is what the rule does.
    pub lookup: Option<LookupExplanation>,
    /// Where words that support or allow a finding are looked for.
    pub keywords: Option<WindowExplanation>,
    /// Where words that rule a finding out are looked for.
    pub exclude: Option<WindowExplanation>,
    /// Full ids of the rules that must have a finding near, with the greatest distance in bytes.
    pub companions: Vec<(Arc<str>, usize)>,
    /// Score of a finding without supporting words, 0 to 1.
    pub score: f32,
    /// Gives way to specific rules.
    pub generic: bool,
}

/// A list that a rule looks things up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupExplanation {
    /// `terms`, `rows` or `passages`.
    pub kind: &'static str,
    /// Terms, rows or documents.
    pub entries: usize,
    /// Memory of the list in bytes.
    pub memory_bytes: usize,
}

/// One compiled pattern.
#[derive(Clone, Debug)]
pub struct PatternExplanation {
    /// As written.
    pub text: String,
    /// What is looked for.
    pub anchor: Anchor,
    /// Where a match can start, seen from the anchor.
    pub reach: Reach,
    /// Positions around the anchor whose bytes are checked before the automaton runs.
    pub guard_positions: usize,
    /// Most bytes of a match in front of the anchor.
    pub before_max: usize,
    /// Most bytes of a match from the anchor on.
    pub after_max: usize,
    /// Shortest match in bytes.
    pub len_min: usize,
    /// Longest match in bytes; of a region without its end and body.
    pub len_max: usize,
    /// The automaton that verifies.
    pub engine: &'static str,
    /// What follows a begin marker.
    pub region: Option<RegionExplanation>,
}

/// A region behind its begin marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionExplanation {
    /// Longest region in bytes, both markers included.
    pub len_max: usize,
    /// Whether a region without its end marker is reported as far as its body reaches.
    pub open_ended: bool,
}

/// A window around a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowExplanation {
    /// Bytes in front of the match.
    pub before: usize,
    /// Bytes behind the match.
    pub after: usize,
    /// Without a word there is no finding.
    pub required: bool,
}

impl Rules {
    /// Explains one rule.
    pub fn explain(&self, index: RuleIndex) -> Explanation {
        let rule = self.rule(index);
        let checks = &self.checks[index.index()];
        let companions = checks.companions.iter();
        Explanation {
            id: rule.id.clone(),
            patterns: self.patterns[rule.patterns.clone()].iter().map(pattern).collect(),
            lookup: self.stored.of(rule).map(lookup),
            keywords: checks.keywords.map(|words| window(&words, checks.keywords_required)),
            exclude: checks.exclude.map(|words| window(&words, false)),
            companions: companions
                .map(|companion| (self.rule(companion.rule).id.clone(), companion.within))
                .collect(),
            score: checks.score,
            generic: checks.generic,
        }
    }

    /// A pack in which no rule is on: what a scan costs before any rule has work.
    pub fn nothing(&self) -> Pack {
        let mut pack = self.everything();
        for setting in &mut pack.settings {
            setting.enabled = false;
        }
        pack.activate(&self.rules, &self.checks, self.patterns.len(), &self.stored);
        pack
    }

    /// Number of places of a text at which an automaton of the rules in `pack` would have to run.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn count_candidates(&self, pack: &Pack, text: &[u8]) -> Result<usize, String> {
        let mut candidates = Vec::new();
        let mut scratch = self.matcher.scratch()?;
        let mut context = |_, _, _| Groups::ALL;
        self.matcher.candidates(&mut scratch, text, &pack.active, &mut context, &mut candidates);
        Ok(candidates.len())
    }
}

fn pattern(pattern: &Pattern) -> PatternExplanation {
    let (reach, guard_positions) = place(&pattern.anchor);
    let longest = pattern.region.as_ref().map_or(pattern.len_max, |region| region.len_max);
    PatternExplanation {
        text: pattern.verifier.text().to_owned(),
        anchor: pattern.anchor.clone(),
        reach,
        guard_positions,
        before_max: reach.max,
        after_max: longest.saturating_sub(reach.min),
        len_min: hir::lengths(&pattern.verifier.pattern()).0,
        len_max: pattern.len_max,
        engine: pattern.verifier.engine(),
        region: pattern.region.as_ref().map(|region| RegionExplanation {
            len_max: region.len_max,
            open_ended: region.body.is_some(),
        }),
    }
}

fn lookup(lookup: &Lookup) -> LookupExplanation {
    let (kind, entries) = match lookup {
        Lookup::Terms(list) => ("terms", list.terms()),
        Lookup::Rows(list, _) => ("rows", list.rows()),
        Lookup::Passages(list, _) => ("passages", list.documents()),
    };
    LookupExplanation { kind, entries, memory_bytes: lookup.memory_usage() }
}

fn place(anchor: &Anchor) -> (Reach, usize) {
    match anchor {
        Anchor::Literals { reach, guard, .. } | Anchor::Byte { reach, guard, .. } => {
            (*reach, guard.0.len())
        }
        Anchor::Digits { lead_max, lead } => (Reach { min: 0, max: *lead_max, alphabet: *lead }, 0),
        Anchor::Token { reach, .. } => (*reach, 0),
        Anchor::Every => (Reach { min: 0, max: 0, alphabet: Default::default() }, 0),
    }
}

fn window(window: &Window, required: bool) -> WindowExplanation {
    let side = |on: bool| if on { window.within } else { 0 };
    WindowExplanation { before: side(window.before), after: side(window.after), required }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Compiler;
    use crate::syntax::Source;

    fn rules(fields: &str) -> Rules {
        let mut compiler = Compiler::new();
        compiler.add_labels(Source::new(
            "labels.toml",
            "[[label]]\nid='a.b'\ntitle='A'\nsensitivity=1\nlinkability='L0'\n",
        ));
        let head = "family='x.y'\ntitle='X'\n[[rule]]\nid='z'\ntitle='Z'\nsince='0.1.0'\n\
                    labels=['a.b']\nconfidence='high'\nwhy='w'\n";
        compiler.add_rules(Source::new("x.toml", format!("{head}{fields}\n")));
        compiler.build().expect("the rule is valid").0
    }

    fn check(fields: &str, kind: &str, window: (usize, usize), len: (usize, usize)) {
        let explained = rules(fields).explain(RuleIndex(0));
        let pattern = &explained.patterns[0];
        let found = (
            pattern.anchor.kind(),
            (pattern.before_max, pattern.after_max),
            (pattern.len_min, pattern.len_max),
        );
        assert_eq!(found, (kind, window, len), "{fields}");
    }

    #[test]
    fn anchors_and_windows_are_those_of_the_pattern() {
        check(r"pattern='\bacme_[0-9a-f]{16}\b'", "literal", (0, 21), (21, 21));
        check(r"pattern='[a-z]{2,4}acme_[0-9]{4,6}'", "literal", (4, 13), (11, 15));
        check(r"pattern='\b(?:A|B)?[0-9]{7,9}\b'", "digits", (1, 10), (7, 10));
        check(r"pattern='\b[0-9A-Za-z]{32,40}\b'", "token", (0, 40), (32, 40));
        check(r"pattern='[a-z]{1,8}@[a-z]{2,8}'", "byte", (8, 16), (4, 17));
        check("pattern='[a-z]x'\nslow-ok='test'", "none", (0, 2), (2, 2));
    }

    #[test]
    fn context_is_explained() {
        let explained = rules(
            "region={begin='BEGIN_ACME',end='END_ACME',max=500,body='[a-z]'}\n\
             keywords={any=['key'],within=40,side='before',require=true}\nexclude={any=['no'],within=9,side='both'}\n\
             precedence='generic'",
        )
        .explain(RuleIndex(0));
        let region = RegionExplanation { len_max: 500, open_ended: true };
        assert_eq!(explained.patterns[0].region, Some(region));
        assert_eq!(explained.patterns[0].after_max, 500);
        let words = WindowExplanation { before: 40, after: 0, required: true };
        assert_eq!(explained.keywords, Some(words));
        assert_eq!(explained.exclude.map(|words| (words.before, words.after)), Some((9, 9)));
        assert!(explained.generic);
    }

    #[test]
    fn candidates_are_those_of_the_pack() {
        let rules = rules(r"pattern='\bacme_[0-9a-f]{16}\b'");
        let text = b"acme_0123456789abcdef and acme_x";
        let count = |pack: &Pack| rules.count_candidates(pack, text).expect("memory");
        assert_eq!(count(&rules.only(RuleIndex(0))), 1);
        assert_eq!(count(&rules.nothing()), 0);
    }
}
