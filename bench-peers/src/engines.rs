//! Lockgate and the engines that are Rust crates, each used as its documentation shows.

use dd_sds::{MatchAction, RegexRuleConfig, RootRuleConfig, Scanner as DdScanner, SimpleEvent};
use lockgate::base::Input;
use lockgate::rules::{Compiler, Rules};
use lockgate::scan::{Scanner, Scratch};
use std::time::{Duration, Instant};

/// An engine with its own rules, which scans texts one after the other.
pub(crate) trait Engine {
    fn name(&self) -> &str;
    fn version(&self) -> String;
    /// What it looks for, in its own unit.
    fn rules(&self) -> String;
    /// Gets to see the documents of a workload before they are timed.
    fn load(&mut self, _documents: &[String]) {}
    /// Scans all documents `times` times: how long it took, and the findings of one pass.
    fn pass(&mut self, documents: &[String], times: u32) -> (Duration, usize);
}

/// All engines of this process, ours first.
pub(crate) fn all() -> Vec<Box<dyn Engine>> {
    let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules compile");
    let patterns = patterns(&rules);
    vec![
        Box::new(Lockgate { rules, scratch: Scratch::default() }),
        Box::new(Datafog),
        Box::new(Redact(redact_core::AnalyzerEngine::new())),
        Box::new(DdSds::new(&patterns)),
    ]
}

fn patterns(rules: &Rules) -> Vec<String> {
    let of_rule = |rule: &lockgate::rules::Rule| {
        let patterns = rule.spec.pattern.iter().chain(&rule.spec.patterns);
        patterns.map(|pattern| pattern.get_ref().clone()).collect::<Vec<_>>()
    };
    rules.rules().iter().flat_map(of_rule).collect()
}

fn timed(
    documents: &[String],
    times: u32,
    mut scan: impl FnMut(&str) -> usize,
) -> (Duration, usize) {
    let mut found = 0;
    let began = Instant::now();
    for _ in 0..times {
        found = documents.iter().map(|document| scan(std::hint::black_box(document))).sum();
    }
    (began.elapsed(), found)
}

struct Lockgate {
    rules: Rules,
    scratch: Scratch,
}

impl Engine for Lockgate {
    fn name(&self) -> &str {
        "lockgate"
    }

    fn version(&self) -> String {
        "this tree".to_owned()
    }

    fn rules(&self) -> String {
        let pack = self.rules.pack("default").expect("there is a default pack");
        pack.rules_enabled().to_string()
    }

    fn pass(&mut self, documents: &[String], times: u32) -> (Duration, usize) {
        let pack = self.rules.pack("default").expect("there is a default pack");
        let scanner = Scanner::new(&self.rules, pack);
        let scratch = &mut self.scratch;
        timed(documents, times, |text| scanner.scan(scratch, &Input::new(text)).len())
    }
}

struct Datafog;

impl Engine for Datafog {
    fn name(&self) -> &str {
        "datafog-core"
    }

    fn version(&self) -> String {
        "1.0.0".to_owned()
    }

    fn rules(&self) -> String {
        format!("{} types", datafog_core::capabilities().default_entities.len())
    }

    fn pass(&mut self, documents: &[String], times: u32) -> (Duration, usize) {
        timed(documents, times, |text| datafog_core::scan(text).len())
    }
}

struct Redact(redact_core::AnalyzerEngine);

impl Engine for Redact {
    fn name(&self) -> &str {
        "redact-core"
    }

    fn version(&self) -> String {
        "0.12.7".to_owned()
    }

    fn rules(&self) -> String {
        let stats = self.0.recognizer_registry().stats();
        format!("{} types", stats.entity_coverage.len())
    }

    fn pass(&mut self, documents: &[String], times: u32) -> (Duration, usize) {
        timed(documents, times, |text| {
            let result = self.0.analyze(text, None).expect("texts are within its limits");
            result.detected_entities.len()
        })
    }
}

/// It ships no rules, so it gets our patterns, those that it accepts, without validators or keywords.
struct DdSds {
    scanner: DdScanner,
    rules: usize,
}

impl DdSds {
    fn new(patterns: &[String]) -> Self {
        let config = |pattern: &String| {
            RootRuleConfig::new(RegexRuleConfig::new(pattern).build())
                .match_action(MatchAction::None)
        };
        let accepted = |rule: &_| DdScanner::builder(std::slice::from_ref(rule)).build().is_ok();
        let rules: Vec<_> = patterns.iter().map(config).filter(accepted).collect();
        let scanner = DdScanner::builder(&rules).build().expect("each rule was accepted alone");
        Self { scanner, rules: rules.len() }
    }
}

impl Engine for DdSds {
    fn name(&self) -> &str {
        "dd-sensitive-data-scanner"
    }

    fn version(&self) -> String {
        "0.1.0-20261029".to_owned()
    }

    fn rules(&self) -> String {
        format!("{} of our patterns", self.rules)
    }

    fn pass(&mut self, documents: &[String], times: u32) -> (Duration, usize) {
        timed(documents, times, |text| {
            let mut event = SimpleEvent::String(text.to_owned());
            self.scanner.scan(&mut event).expect("texts are within its limits").len()
        })
    }
}
