//! The designs that are compared: ours, on both matchers, and three that others use, over the same rules.

use lockgate::base::{Action, Confidence, Direction, Input};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::rules::{Pack, RuleSetting, Rules};
use lockgate::scan::{Scanner, Scratch};
use regex_automata::{
    Input as Haystack, PatternSet,
    meta::{Cache, Regex},
    util::syntax,
};
use std::sync::Arc;

/// Looks for things in a text and says how many it found.
pub(crate) trait Design {
    /// Name in the table.
    fn name(&self) -> &'static str;
    /// Patterns it really looks for, of all there are.
    fn patterns(&self) -> usize;
    /// Findings, or for the other designs hits, in one document.
    fn count(&mut self, text: &[u8]) -> usize;
}

/// Lockgate's scanner with every rule on.
#[derive(Debug)]
pub(crate) struct Ours {
    name: &'static str,
    rules: Arc<Rules>,
    pack: Pack,
    scratch: Scratch,
}

impl Ours {
    pub(crate) fn new(name: &'static str, rules: Arc<Rules>) -> Self {
        let mut pack = rules.everything();
        for setting in &mut pack.settings {
            setting.min_confidence = Confidence::Medium;
        }
        Self { name, rules, pack, scratch: Scratch::default() }
    }

    /// Id, place and text of every finding, to compare a wrong count with.
    pub(crate) fn describe(&mut self, text: &[u8]) -> Vec<String> {
        let scanner = Scanner::new(&self.rules, &self.pack);
        let findings = scanner.scan(&mut self.scratch, &Input::new(text)).iter();
        let describe = |finding: &lockgate::base::Finding| {
            let id = &self.rules.rule(finding.rule).id;
            let value = String::from_utf8_lossy(&text[finding.span.range()]);
            format!("{id} at {}: {value}", finding.span.start)
        };
        findings.map(describe).collect()
    }
}

impl Design for Ours {
    fn name(&self) -> &'static str {
        self.name
    }

    fn patterns(&self) -> usize {
        patterns(&self.rules).len()
    }

    fn count(&mut self, text: &[u8]) -> usize {
        let scanner = Scanner::new(&self.rules, &self.pack);
        scanner.scan(&mut self.scratch, &Input::new(text)).len()
    }
}

/// Lockgate's façade on JSON, with the default pack.
#[derive(Debug)]
pub(crate) struct Inspect {
    engine: Engine,
    options: InspectOptions,
}

impl Inspect {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        let options = InspectOptions { direction: Direction::Input, ..InspectOptions::default() };
        Self { engine: Engine::new(rules), options }
    }
}

impl Design for Inspect {
    fn name(&self) -> &'static str {
        "lockgate inspect"
    }

    fn patterns(&self) -> usize {
        patterns(self.engine.rules()).len()
    }

    fn count(&mut self, text: &[u8]) -> usize {
        let verdict = self.engine.inspect(Content::Json(text), &self.options);
        verdict.expect("generated JSON is valid").findings.len()
    }
}

/// The patterns of all rules; of a region, its beginning.
pub(crate) fn patterns(rules: &Rules) -> Vec<String> {
    let of_rule = |rule: &lockgate::rules::Rule| {
        let spec = &rule.spec;
        let single = spec.pattern.iter().chain(&spec.patterns);
        let region = spec.region.iter().map(|region| &region.begin);
        single.chain(region).map(|pattern| pattern.get_ref().clone()).collect::<Vec<_>>()
    };
    rules.rules().iter().flat_map(of_rule).collect()
}

fn regex_builder() -> regex_automata::meta::Builder {
    let mut builder = Regex::builder();
    let config =
        Regex::config().utf8_empty(false).nfa_size_limit(None).hybrid_cache_capacity(64 << 20);
    builder.configure(config).syntax(syntax::Config::new().unicode(false).utf8(false));
    builder
}

/// One regex per pattern, one after the other.
#[derive(Debug)]
pub(crate) struct RegexLoop(Vec<Regex>);

impl RegexLoop {
    pub(crate) fn new(patterns: &[String]) -> Self {
        let build = |pattern: &String| regex_builder().build(pattern).expect("rules hold regexes");
        Self(patterns.iter().map(build).collect())
    }
}

impl Design for RegexLoop {
    fn name(&self) -> &'static str {
        "loop over regexes"
    }

    fn patterns(&self) -> usize {
        self.0.len()
    }

    fn count(&mut self, text: &[u8]) -> usize {
        self.0.iter().map(|regex| regex.find_iter(text).count()).sum()
    }
}

/// All patterns in one multi-pattern regex, as RegexSet does: which of them match, not where.
#[derive(Debug)]
pub(crate) struct RegexSet {
    regex: Regex,
    cache: Cache,
    set: PatternSet,
}

impl RegexSet {
    pub(crate) fn new(patterns: &[String]) -> Self {
        let regex = regex_builder().build_many(patterns).expect("rules hold regexes");
        let (cache, set) = (regex.create_cache(), PatternSet::new(regex.pattern_len()));
        Self { regex, cache, set }
    }
}

impl Design for RegexSet {
    fn name(&self) -> &'static str {
        "regex set"
    }

    fn patterns(&self) -> usize {
        self.regex.pattern_len()
    }

    fn count(&mut self, text: &[u8]) -> usize {
        self.set.clear();
        let haystack = Haystack::new(text);
        self.regex.which_overlapping_matches_with(&mut self.cache, &haystack, &mut self.set);
        self.set.len()
    }
}
