//! The designs that are compared: ours, on both matchers, and three that others use, over the same rules.

use lockgate::base::{Confidence, Input};
use lockgate::engine::{Content, Engine, InspectOptions};
use lockgate::matcher::Backend;
use lockgate::matcher::literals::{Hit, Literal, LiteralScratch, LiteralSet};
use lockgate::rules::{Pack, Rules};
use lockgate::scan::{Scanner, Scratch};
use regex_automata::{
    Input as Haystack, MatchKind, PatternSet,
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

/// Lockgate's scanner with every rule on, from medium confidence.
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
        let thresholds = pack.settings.iter_mut().map(|setting| &mut setting.min_confidence);
        thresholds.for_each(|threshold| *threshold = Confidence::Medium);
        let scratch = Scratch::new(&rules);
        Self { name, rules, pack, scratch }
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
        self.rules.pattern_count()
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
        Self { engine: Engine::new(rules), options: InspectOptions::default() }
    }
}

impl Design for Inspect {
    fn name(&self) -> &'static str {
        "lockgate inspect"
    }

    fn patterns(&self) -> usize {
        self.engine.rules().pattern_count()
    }

    fn count(&mut self, text: &[u8]) -> usize {
        let verdict = self.engine.inspect(Content::Json(text), &self.options);
        verdict.expect("generated JSON is valid").findings.len()
    }
}

/// A bare scan for the literal anchors of the same rules, as Hyperscan does it best: one database for those that care about case, one for
/// those that do not.
#[derive(Debug)]
pub(crate) struct LiteralFloor {
    sets: Vec<(LiteralSet, LiteralScratch)>,
    literals: usize,
    hits: Vec<Hit>,
}

impl LiteralFloor {
    pub(crate) fn new(rules: &Rules) -> Self {
        let (caseless, cased): (Vec<_>, Vec<_>) =
            rules.anchor_literals().iter().cloned().partition(|literal| literal.caseless);
        let set = |literals: Vec<Literal>| {
            let set = LiteralSet::new(&literals, Backend::FASTEST).expect("the anchors compile");
            let scratch = set.scratch().expect("there is memory for scratch");
            (set, scratch)
        };
        let literals = caseless.len() + cased.len();
        Self { sets: [cased, caseless].map(set).into(), literals, hits: Vec::new() }
    }
}

impl Design for LiteralFloor {
    fn name(&self) -> &'static str {
        "literal floor"
    }

    fn patterns(&self) -> usize {
        self.literals
    }

    fn count(&mut self, text: &[u8]) -> usize {
        self.hits.clear();
        for (set, scratch) in &mut self.sets {
            set.scan(scratch, text, &mut self.hits);
        }
        self.hits.len()
    }
}

/// The patterns of all rules; of a region, its beginning.
pub(crate) fn patterns(rules: &Rules) -> Vec<String> {
    let indices = rules.rules().iter().filter_map(|rule| rules.find(&rule.id));
    indices.flat_map(|index| rules.patterns_of(index)).map(str::to_owned).collect()
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
        let mut builder = regex_builder();
        builder.configure(Regex::config().match_kind(MatchKind::All));
        let regex = builder.build_many(patterns).expect("rules hold regexes");
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
