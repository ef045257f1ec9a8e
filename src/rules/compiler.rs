//! Rule files to [`Rules`].

use super::checks::{Checks, Companion, Window};
use super::keywords::{KeywordGroup, KeywordsBuilder, spellings};
use super::pattern::{Pattern, PatternError, RegionError};
use super::stored::{Lookup, StoredRule, StoredRules};
use super::{Label, Pack, Rule, Rules, builtin};
use crate::base::{LabelIndex, RuleIndex, limits};
use crate::lists::List;
use crate::matcher::anchor::Anchor;
use crate::matcher::{Backend, Matcher, Near, Target};
use crate::syntax::{
    self, ConfidenceName, Diagnostic, Diagnostics, Known, LabelSpec, PackSpec, Precedence,
    RuleFile, RuleSpec, Selectable, Severity, Side, Source, codes,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use toml::Spanned;

/// Which matcher finds the literal anchors. Both find the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MatcherKind {
    /// Hyperscan if it is compiled in, the portable one otherwise.
    #[default]
    Fastest,
    /// The portable matcher.
    Portable,
}

impl MatcherKind {
    fn backend(self) -> Backend {
        match self {
            Self::Fastest => Backend::FASTEST,
            Self::Portable => Backend::Portable,
        }
    }
}

/// Files of one origin.
#[derive(Debug, Default)]
struct Files {
    rules: Vec<Source>,
    labels: Vec<Source>,
    packs: Vec<Source>,
}

/// Collects rule files, label files and packs, then builds [`Rules`].
///
/// ```
/// use lockgate::rules::Compiler;
/// use lockgate::syntax::Source;
///
/// let mut compiler = Compiler::new();
/// compiler.add_labels(Source::new("labels.toml", r#"
/// [[label]]
/// id = "credential.acme"
/// title = "Acme key"
/// sensitivity = 4
/// linkability = "L3"
/// "#));
/// compiler.add_rules(Source::new("acme.toml", r#"
/// family = "secrets.acme"
/// title = "Acme"
/// [[rule]]
/// id = "key"
/// title = "Acme key"
/// since = "0.1.0"
/// labels = ["credential.acme"]
/// confidence = "high"
/// why = "Opens every Acme account."
/// pattern = '''\bacme_[0-9a-f]{16}\b'''
/// "#));
/// let (rules, _warnings) = compiler.build().expect("the rules are valid");
/// assert!(rules.find("secrets.acme.key").is_some());
/// ```
#[derive(Debug, Default)]
pub struct Compiler {
    builtin: bool,
    custom: Files,
    /// By path.
    lists: BTreeMap<String, List>,
    matcher: MatcherKind,
}

impl Compiler {
    /// A compiler without any rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// A compiler that holds the built-in rules, labels and packs. Rules, labels and packs that are added later replace built-in ones
    /// with the same id.
    pub fn with_builtin() -> Self {
        Self { builtin: true, ..Self::default() }
    }

    /// Adds a rule file.
    pub fn add_rules(&mut self, source: Source) -> &mut Self {
        self.custom.rules.push(source);
        self
    }

    /// Adds a label file.
    pub fn add_labels(&mut self, source: Source) -> &mut Self {
        self.custom.labels.push(source);
        self
    }

    /// Adds a pack.
    pub fn add_pack(&mut self, source: Source) -> &mut Self {
        self.custom.packs.push(source);
        self
    }

    /// Adds a stored list under its path: that of the rule file that names it, with the name it gives
    /// ([`list_path`](crate::syntax::list_path)).
    pub fn add_list(&mut self, path: impl Into<String>, list: List) -> &mut Self {
        self.lists.insert(path.into(), list);
        self
    }

    /// Chooses the matcher.
    pub fn matcher(&mut self, kind: MatcherKind) -> &mut Self {
        self.matcher = kind;
        self
    }

    /// Compiles everything. The second part holds warnings.
    ///
    /// # Errors
    /// Every error of every file at once.
    pub fn build(&self) -> Result<(Rules, Diagnostics), Diagnostics> {
        let builtin = if self.builtin { builtin_files() } else { Files::default() };
        let mut build =
            Build { found: Vec::new(), backend: self.matcher.backend(), lists: &self.lists };
        let written = build.read(&[&builtin, &self.custom]);
        let rules = build.compile(written, fingerprint(&[&builtin, &self.custom], &self.lists));
        let mut diagnostics = Diagnostics(build.found);
        diagnostics.sort();
        match rules {
            Some(rules) if !diagnostics.has_errors() => Ok((rules, diagnostics)),
            _ => Err(diagnostics),
        }
    }
}

fn builtin_files() -> Files {
    Files {
        rules: builtin::rules().collect(),
        labels: builtin::labels().collect(),
        packs: builtin::packs().collect(),
    }
}

fn fingerprint(layers: &[&Files], lists: &BTreeMap<String, List>) -> String {
    let files = layers.iter();
    let sources =
        files.flat_map(|files| files.rules.iter().chain(&files.labels).chain(&files.packs));
    // What a list holds counts, not where it lies.
    let mut lists: Vec<_> = lists.values().map(|list| list.fingerprint.as_str()).collect();
    lists.sort_unstable();
    syntax::fingerprint(sources, lists)
}

/// Everything that was read, later layers over earlier ones, by id.
#[derive(Default)]
struct Written {
    labels: BTreeMap<String, LabelSpec>,
    rules: BTreeMap<String, WrittenRule>,
    packs: BTreeMap<String, (Source, PackSpec)>,
}

struct WrittenRule {
    spec: RuleSpec,
    family_title: Arc<str>,
    source: Source,
}

/// One run of the compiler, with what it has found wrong so far.
struct Build<'c> {
    found: Vec<Diagnostic>,
    lists: &'c BTreeMap<String, List>,
    backend: Backend,
}

impl Build<'_> {
    fn read(&mut self, layers: &[&Files]) -> Written {
        let mut written = Written::default();
        for files in layers {
            for source in &files.labels {
                match syntax::parse_labels(source) {
                    Ok(file) => {
                        self.found.extend(syntax::check_labels(source, &file));
                        written.labels.extend(
                            file.labels.into_iter().map(|spec| (spec.id.get_ref().clone(), spec)),
                        );
                    }
                    Err(found) => self.found.extend(found),
                }
            }
        }
        for files in layers {
            self.read_rules(&files.rules, &mut written);
        }
        for source in layers.iter().flat_map(|files| &files.packs) {
            match syntax::parse_pack(source) {
                Ok(spec) => {
                    written.packs.insert(spec.id.get_ref().clone(), (source.clone(), spec));
                }
                Err(found) => self.found.extend(found),
            }
        }
        written
    }

    fn read_rules(&mut self, sources: &[Source], written: &mut Written) {
        let mut files: Vec<(Source, RuleFile)> = Vec::new();
        for source in sources {
            let (file, found) = syntax::read_rules(source);
            self.found.extend(found);
            files.extend(file.map(|file| (source.clone(), file)));
        }
        let labels: Vec<_> = written.labels.keys().map(String::as_str).collect();
        let validators: Vec<_> =
            crate::validate::ALL.iter().map(|validator| validator.name).collect();
        let rules: Vec<_> = written.rules.keys().map(String::as_str).collect();
        let known = Known { labels: &labels, validators: &validators, rules: &rules };
        self.found.extend(syntax::check(&files, &known));
        for (source, file) in files {
            let ids = syntax::full_ids(&file);
            let family_title: Arc<str> = file.title.as_str().into();
            for (id, spec) in ids.into_iter().zip(file.rules) {
                let rule = WrittenRule {
                    spec,
                    family_title: family_title.clone(),
                    source: source.clone(),
                };
                written.rules.insert(id, rule);
            }
        }
    }

    fn compile(&mut self, written: Written, fingerprint: String) -> Option<Rules> {
        let labels: Vec<_> =
            written.labels.into_iter().map(|(id, spec)| Label { id: id.into(), spec }).collect();
        let label_index: HashMap<Arc<str>, LabelIndex> = labels
            .iter()
            .enumerate()
            .map(|(i, label)| (label.id.clone(), LabelIndex(i as u16)))
            .collect();
        let rule_index: HashMap<String, RuleIndex> = written
            .rules
            .keys()
            .enumerate()
            .map(|(i, id)| (id.clone(), RuleIndex(i as u32)))
            .collect();
        let mut keywords = KeywordsBuilder::default();
        let (mut rules, mut patterns, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        let mut stored = Vec::new();
        for (i, (id, rule)) in written.rules.into_iter().enumerate() {
            let index = RuleIndex(i as u32);
            let label = rule
                .spec
                .labels
                .first()
                .and_then(|label| label_index.get(label.get_ref().as_str()).copied());
            // A rule without a known label has been reported.
            let label = label.unwrap_or(LabelIndex(0));
            let first = patterns.len();
            self.patterns(&id, index, &rule, &mut patterns);
            let lookup = self.lookup(&id, &rule);
            let number = lookup.is_some().then_some(stored.len());
            stored.extend(lookup.map(|lookup| StoredRule { rule: index, lookup }));
            checks.push(compile_checks(index, label, &rule.spec, &rule_index, &mut keywords));
            rules.push(Rule {
                id: id.into(),
                label,
                spec: rule.spec,
                family_title: rule.family_title,
                source: rule.source,
                patterns: first..patterns.len(),
                stored: number,
            });
        }
        rules.shrink_to_fit();
        patterns.shrink_to_fit();
        let stored = StoredRules::new(stored);
        let links = rules.iter().enumerate().filter_map(|(i, rule)| {
            Some((*rule.spec.link.as_ref()?.get_ref(), RuleIndex(i as u32)))
        });
        let links = links.collect();
        let mut packs = self.packs(&written.packs, &rules, &labels);
        for pack in &mut packs {
            pack.activate(&rules, &checks, patterns.len(), &stored);
        }
        if self.found.iter().any(|found| found.severity == Severity::Error) {
            return None;
        }
        let matcher = self.matcher(&rules, &patterns, &checks)?;
        let mut keywords = keywords.build();
        keywords.enable(matcher.groups().filter_map(|(pattern, kind, groups)| {
            let checks = &checks[patterns[pattern as usize].rule as usize];
            Some((checks.keywords.as_ref()?.group, kind, groups))
        }));
        let serial = next_serial();
        let backend = self.backend;
        Some(Rules {
            rules,
            labels,
            packs,
            patterns,
            checks,
            matcher,
            keywords,
            stored,
            links,
            backend,
            fingerprint,
            serial,
        })
    }

    fn patterns(&mut self, id: &str, index: RuleIndex, rule: &WrittenRule, out: &mut Vec<Pattern>) {
        let slow_ok = rule.spec.slow_ok.is_some();
        let begin = rule.spec.region.as_ref().map(|region| &region.begin);
        for text in rule.spec.pattern.iter().chain(&rule.spec.patterns).chain(begin) {
            let pattern = match Pattern::new(index.0, text.get_ref(), slow_ok) {
                Ok(pattern) => pattern,
                Err(error) => {
                    self.report(id, rule, text, error);
                    continue;
                }
            };
            let Some(region) = &rule.spec.region else {
                out.push(pattern);
                continue;
            };
            match pattern.with_region(region) {
                Ok(pattern) => out.push(pattern),
                Err(RegionError::End(error)) => self.report(id, rule, &region.end, error),
                Err(RegionError::Body(error)) => {
                    self.report(id, rule, region.body.as_ref().unwrap_or(text), error);
                }
            }
        }
    }

    /// What the rule looks up in a list, if it has one.
    fn lookup(&mut self, id: &str, rule: &WrittenRule) -> Option<Lookup> {
        match Lookup::of(&rule.spec, &rule.source, self.lists) {
            Ok(lookup) => lookup,
            Err(errors) => {
                self.found.extend(errors.into_iter().map(|error| {
                    Diagnostic::new(error.code, &rule.source, error.title)
                        .at(error.place, "")
                        .help(error.code.fix)
                        .rule(id)
                }));
                None
            }
        }
    }

    fn report(
        &mut self,
        id: &str,
        rule: &WrittenRule,
        text: &Spanned<String>,
        error: PatternError,
    ) {
        let span = match error.offset {
            Some(offset) => {
                let at = syntax::pattern_offset(text, &rule.source.text, offset);
                at..at
            }
            None => text.span(),
        };
        let found = Diagnostic::new(error.code, &rule.source, error.title)
            .at(span, "in this pattern")
            .help(error.code.fix)
            .rule(id);
        self.found.push(found);
    }

    fn packs(
        &mut self,
        written: &BTreeMap<String, (Source, PackSpec)>,
        rules: &[Rule],
        labels: &[Label],
    ) -> Vec<Pack> {
        let ids: Vec<_> = rules.iter().map(|rule| rule.id.as_ref()).collect();
        let label_ids: Vec<_> = labels.iter().map(|label| label.id.as_ref()).collect();
        let from = Selectable { rules: &ids, labels: &label_ids };
        written
            .values()
            .map(|(source, spec)| {
                self.found.extend(syntax::check_pack(source, spec, from));
                Pack::resolve(spec, rules, |rule| {
                    labels
                        .get(rule.label.index())
                        .map_or_else(|| "".into(), |label| label.id.clone())
                })
            })
            .collect()
    }

    fn matcher(
        &mut self,
        rules: &[Rule],
        patterns: &[Pattern],
        checks: &[Checks],
    ) -> Option<Matcher> {
        if rules.len() > limits::RULES_MAX {
            let error = format!("{} rules, the limit is {}", rules.len(), limits::RULES_MAX);
            self.engine(&error);
            return None;
        }
        let far: Vec<_> = patterns
            .iter()
            .map(|pattern| far(pattern, &rules[pattern.rule as usize].spec))
            .collect();
        let hirs: Vec<_> = patterns.iter().map(|pattern| pattern.verifier.pattern()).collect();
        let targets: Vec<_> = patterns
            .iter()
            .zip(&hirs)
            .zip(&far)
            .map(|((pattern, hir), far)| Target {
                far,
                hir,
                anchor: &pattern.anchor,
                near: near(pattern, &checks[pattern.rule as usize]),
                needs_digit: pattern.value_in_token
                    && rules[pattern.rule as usize]
                        .spec
                        .shape
                        .is_some_and(|shape| shape.min_digits > 0),
            })
            .collect();
        Matcher::new(&targets, self.backend).map_err(|error| self.engine(&error)).ok()
    }

    /// Reports a failure of an engine that no single rule is to blame for.
    fn engine(&mut self, error: &str) {
        let source = Source::new("rule set", "");
        let title = format!("the rule set cannot be compiled: {error}");
        self.found.push(Diagnostic::new(&codes::RULE_SET_FAILED, &source, title));
    }
}

fn compile_checks(
    rule: RuleIndex,
    label: LabelIndex,
    spec: &RuleSpec,
    rule_index: &HashMap<String, RuleIndex>,
    keywords: &mut KeywordsBuilder,
) -> Checks {
    let score = match spec.confidence.get_ref() {
        ConfidenceName::Low => 0.3,
        ConfidenceName::Medium => 0.6,
        ConfidenceName::High => 0.9,
    };
    let mut allow: Vec<Box<[u8]>> =
        spec.allow.iter().map(|value| value.to_ascii_lowercase().into_bytes().into()).collect();
    allow.sort_unstable();
    let mut group = |words: &Spanned<Vec<String>>| keywords.group(words.get_ref());
    Checks {
        rule,
        label,
        score,
        validators: spec
            .validators
            .iter()
            .filter_map(|name| crate::validate::find(name.get_ref()))
            .map(|validator| validator.check)
            .collect(),
        shape: spec.shape,
        classified: spec.classifier.is_some(),
        allow,
        keywords: spec
            .keywords
            .as_ref()
            .map(|words| window(group(&words.any), *words.within.get_ref(), words.side)),
        keywords_required: spec.keywords.as_ref().is_some_and(|words| words.require),
        exclude: spec
            .exclude
            .as_ref()
            .map(|words| window(group(&words.any), *words.within.get_ref(), words.side)),
        companions: spec
            .requires
            .iter()
            .filter_map(|companion| {
                let rule = *rule_index.get(companion.rule.get_ref())?;
                Some(Companion { rule, within: *companion.within.get_ref() })
            })
            .collect(),
        generic: spec.precedence == Precedence::Generic,
    }
}

/// From this distance on, in bytes, a keyword is looked for in the whole text before the places near a token are searched.
const FAR_BYTES_MIN: usize = 256;
/// Shortest keyword that is rare enough for that, in bytes.
const FAR_KEYWORD_LEN_BYTES_MIN: usize = 8;

/// How far from its anchor the keyword can stand that the rule demands; none if it demands none.
fn near(pattern: &Pattern, checks: &Checks) -> Option<Near> {
    let words = checks.keywords.as_ref().filter(|_| checks.keywords_required)?;
    if pattern.region.is_some() {
        return None;
    }
    // Words count behind the match, or up to the value in it, whose first byte belongs to the window so that its field's name counts.
    let after = |rest: usize| match words.after {
        true => rest + words.within,
        false => rest.min(pattern.value_offset_max + 1),
    };
    Some(match &pattern.anchor {
        Anchor::Digits { lead_max, .. } => {
            Near { before: words.within + lead_max, after: after(pattern.len_max) }
        }
        Anchor::Token { reach, tail_max, .. } => {
            Near { before: words.within + reach.max, after: after(*tail_max) }
        }
        _ => return None,
    })
}

/// The keywords that a rule demands, in all spellings, if they are rare and may stand far from the token: then a text that has none of them
/// need not be searched around each token.
fn far(pattern: &Pattern, spec: &RuleSpec) -> Vec<Vec<u8>> {
    let is_token = matches!(pattern.anchor, Anchor::Token { .. }) && pattern.region.is_none();
    let Some(words) = spec.keywords.as_ref().filter(|words| words.require && is_token) else {
        return Vec::new();
    };
    let spelled: Vec<_> = words.any.get_ref().iter().flat_map(|word| spellings(word)).collect();
    let is_far = *words.within.get_ref() >= FAR_BYTES_MIN
        && spelled.iter().all(|word| word.len() >= FAR_KEYWORD_LEN_BYTES_MIN);
    if is_far { spelled } else { Vec::new() }
}

fn window(group: KeywordGroup, within: usize, side: Side) -> Window {
    Window {
        group,
        within,
        before: matches!(side, Side::Before | Side::Both),
        after: matches!(side, Side::After | Side::Both),
    }
}

fn next_serial() -> u64 {
    static SERIAL: AtomicU64 = AtomicU64::new(1);
    SERIAL.fetch_add(1, Ordering::Relaxed)
}
