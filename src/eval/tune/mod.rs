//! Thresholds, windows, excluding words and confidence of rules, fitted to labelled texts and proposed as changes of their files.
//!
//! Every rule is loosened and run alone, so that what it rejects now can be seen; each finding keeps its evidence. For each
//! of two [aims](Aim) the settings are fitted on all parts of the texts but one and measured by a full scan of that one, in turn; a
//! change is proposed if it gains there. Last, the proposal as a whole is measured on a part that neither fitting nor choosing has seen.

mod corpus;
mod edit;
mod evidence;
mod examples;
mod fit;
mod gather;
mod measure;
mod report;
mod settings;

pub use corpus::Texts;
pub use report::*;
pub use settings::KeywordSettings;

use crate::base::Fault;
use crate::base::code::TUNE_RULES;
use crate::eval::{Counts, Rate, Study};
use crate::rules::{Pack, Rules};
use crate::syntax::ConfidenceName;
use edit::Edit;
use evidence::Evidence;
use gather::Subject;
use measure::Measured;
use serde::Serialize;
use settings::Settings;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Compiled rule sets that are kept.
const RULE_SETS_KEPT_MAX: usize = 3;

/// What findings are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Aim {
    /// To alert somebody or to block: a wrong finding costs more than a missed one (F0.5).
    Alert,
    /// To redact: a missed value costs more than a wrong finding (F2).
    Redact,
}

impl Aim {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Alert, Self::Redact];

    /// The weight of recall.
    pub const fn beta(self) -> f64 {
        match self {
            Self::Alert => 0.5,
            Self::Redact => 2.0,
        }
    }

    /// A share of right findings below which a rule must not fall, unless it is there already.
    const fn precision_floor(self) -> f64 {
        match self {
            Self::Alert => 0.5,
            Self::Redact => 0.1,
        }
    }

    /// The name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Redact => "redact",
        }
    }
}

/// How to tune.
#[derive(Clone, Debug)]
pub struct TuneOptions {
    /// Parts for cross-validation, at least 2. One more part is kept for the last measurement.
    pub folds: u32,
    /// Another seed divides the texts in another way.
    pub seed: u64,
    /// Rules with fewer judged findings are left alone.
    pub findings_min: u64,
    /// Name of the pack.
    pub pack: String,
    /// Beginnings of the ids of the rules to tune; all if empty.
    pub only: Vec<String>,
}

impl TuneOptions {
    /// Parts of the texts: those for cross-validation, and the last one.
    pub fn parts(&self) -> u32 {
        self.folds + 1
    }
}

/// A rule file with changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The name of the file.
    pub name: Arc<str>,
    /// The text with the changes.
    pub text: String,
    /// The same with the changed rules only, to put over a set that holds the others.
    pub only: String,
}

/// Compiles the rule set with some files changed.
pub type Compile<'c> = dyn Fn(&[Changed]) -> Option<Rules> + Sync + 'c;

/// A finding of a loosened rule.
#[derive(Clone, Debug)]
struct Candidate {
    /// Number of the text.
    text: u32,
    right: bool,
    evidence: Evidence,
}

/// Fits the rules and measures what that brings. `tell` hears what is being done.
///
/// # Errors
/// The rule set cannot be compiled with its files changed.
pub fn tune(
    study: &Study,
    texts: &Texts,
    rules: &Rules,
    options: &TuneOptions,
    compile: &Compile<'_>,
    tell: &dyn Fn(&str),
) -> Result<Tuned, Fault> {
    tell("gathering evidence");
    let mut tuning = Tuning {
        study,
        texts,
        rules,
        options,
        compile,
        subjects: gather::subjects(rules, options),
        compiled: Mutex::default(),
    };
    tuning.gather()?;
    let (subjects, left_alone) = tuning.enough();
    tuning.subjects = subjects;
    tell("measuring the rules as they are");
    let before = tuning.measure(rules, |part| part < options.folds)?;
    let mut points = Vec::new();
    for aim in Aim::ALL {
        points.push(tuning.point(aim, &before, tell)?);
    }
    let (redact, alert) = (points.pop(), points.pop());
    Ok(Tuned {
        documents: texts.len() as u64,
        bytes: texts.bytes(),
        candidates: tuning.subjects.iter().map(|subject| subject.candidates.len() as u64).sum(),
        folds: options.folds,
        seed: options.seed,
        alert: alert.ok_or(TUNE_RULES)?,
        redact: redact.ok_or(TUNE_RULES)?,
        left_alone,
    })
}

struct Tuning<'a> {
    study: &'a Study,
    texts: &'a Texts,
    rules: &'a Rules,
    options: &'a TuneOptions,
    compile: &'a Compile<'a>,
    subjects: Vec<Subject>,
    /// The last rule sets and what was changed for them: folds often agree.
    compiled: Mutex<Vec<(Vec<Changed>, Arc<Rules>)>>,
}

impl Tuning<'_> {
    /// The files with these settings of rules.
    fn changed(&self, settings: &[(&Subject, Settings)]) -> Result<Vec<Changed>, Fault> {
        let mut files: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        for (subject, to) in settings.iter().filter(|(subject, to)| *to != subject.settings) {
            files.entry(&subject.file).or_default().push(Edit {
                id: subject.short_id.clone(),
                from: subject.settings.clone(),
                to: to.clone(),
            });
        }
        let file = |(name, edits): (&str, Vec<Edit>)| {
            let source = self.rules.rules().iter().find(|rule| &*rule.source.name == name)?;
            Some(Changed {
                name: Arc::clone(&source.source.name),
                text: edit::edited(&source.source.text, &edits)?,
                only: edit::only_edited(&source.source.text, &edits)?,
            })
        };
        files
            .into_iter()
            .map(|(name, edits)| {
                file((name, edits)).ok_or_else(|| Fault::new(TUNE_RULES, name.to_owned()))
            })
            .collect()
    }

    /// The rule set with these settings of rules; a set that was compiled before, if it is the same.
    fn compiled(&self, settings: &[(&Subject, Settings)]) -> Result<Arc<Rules>, Fault> {
        let changed = self.changed(settings)?;
        let mut kept = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rules)) = kept.iter().find(|(before, _)| *before == changed) {
            return Ok(Arc::clone(rules));
        }
        let rules = Arc::new((self.compile)(&changed).ok_or(TUNE_RULES)?);
        if kept.len() >= RULE_SETS_KEPT_MAX {
            kept.remove(0);
        }
        kept.push((changed, Arc::clone(&rules)));
        Ok(rules)
    }

    fn pack<'r>(&self, rules: &'r Rules) -> Result<&'r Pack, Fault> {
        rules.pack(&self.options.pack).ok_or_else(|| TUNE_RULES.into())
    }

    /// Fits, measures, chooses.
    fn point(&self, aim: Aim, before: &Measured, tell: &dyn Fn(&str)) -> Result<Point, Fault> {
        let folds = self.options.folds;
        let mut after = Measured::default();
        let mut changed_in = vec![0_u32; self.subjects.len()];
        let mut confidence_in = vec![0_u32; self.subjects.len()];
        let last: Vec<Settings> =
            self.subjects.iter().map(|one| self.fitted(one, aim, None)).collect();
        for fold in 0..folds {
            tell(&format!("{}: fold {} of {folds}", aim.name(), fold + 1));
            let settings: Vec<(&Subject, Settings)> =
                self.subjects.iter().map(|one| (one, self.fitted(one, aim, Some(fold)))).collect();
            for (i, (subject, to)) in settings.iter().enumerate() {
                changed_in[i] += u32::from(*to != subject.settings);
                confidence_in[i] += u32::from(to.confidence == last[i].confidence);
            }
            let rules = self.compiled(&settings)?;
            after.add(&self.measure(&rules, |part| part == fold)?);
        }
        let mut rows: Vec<Proposal> = Vec::new();
        let mut accepted: Vec<(&Subject, Settings)> = Vec::new();
        for (i, (subject, to)) in self.subjects.iter().zip(last).enumerate() {
            if to == subject.settings {
                continue;
            }
            let mut row = self.proposal(subject, &to, aim, before, &after);
            row.folds_changed = changed_in[i];
            let agreed = confidence_in[i] * 2 > folds;
            row.refused = refusal(subject, &to, aim, &row, agreed);
            if row.refused.is_none() {
                accepted.push((subject, to));
            }
            rows.push(row);
        }
        tell(&format!("{}: the last part", aim.name()));
        self.settle(aim, rows, accepted)
    }

    /// Takes out what breaks examples, and measures the rest on the last part.
    fn settle(
        &self,
        aim: Aim,
        mut rows: Vec<Proposal>,
        mut accepted: Vec<(&Subject, Settings)>,
    ) -> Result<Point, Fault> {
        let mut rules = self.compiled(&accepted)?;
        let broken: Vec<String> = accepted
            .iter()
            .filter(|(subject, _)| !examples::hold(&rules, &subject.id))
            .map(|(subject, _)| subject.id.clone())
            .collect();
        if !broken.is_empty() {
            accepted.retain(|(subject, _)| !broken.contains(&subject.id));
            rules = self.compiled(&accepted)?;
            for row in rows.iter_mut().filter(|row| broken.contains(&row.rule)) {
                row.refused = Some("an example of the rule would fail".to_owned());
            }
        }
        let last = |part| part == self.options.folds;
        let (before, after) = (self.measure(self.rules, last)?, self.measure(&rules, last)?);
        Ok(Point {
            aim,
            proposals: rows,
            before: Figures::of(before.total, aim),
            after: Figures::of(after.total, aim),
            changed: self.changed(&accepted)?,
        })
    }

    /// The settings of a rule that serve the aim best, without the texts of one part, and without those of the last one.
    fn fitted(&self, subject: &Subject, aim: Aim, without: Option<u32>) -> Settings {
        let part = |one: &&Candidate| self.texts.texts[one.text as usize].fold;
        let seen: Vec<&Candidate> = subject
            .candidates
            .iter()
            .filter(|one| part(one) < self.options.folds && Some(part(one)) != without)
            .collect();
        fit::fit(&subject.settings, &subject.keywords, &seen, aim)
    }

    fn proposal(
        &self,
        subject: &Subject,
        to: &Settings,
        aim: Aim,
        before: &Measured,
        after: &Measured,
    ) -> Proposal {
        let seen: Vec<&Candidate> = subject
            .candidates
            .iter()
            .filter(|one| self.texts.texts[one.text as usize].fold < self.options.folds)
            .collect();
        // What any settings could find, and what the rule found when it was run with the others.
        let could = seen.iter().filter(|one| one.right).count() as u64;
        let figures = |measured: &Measured| {
            let [right, wrong] = measured.of(&subject.id);
            let counts =
                Counts { spans: could.max(right), found: right, findings: right + wrong, right };
            Figures::of(counts, aim)
        };
        Proposal {
            rule: subject.id.clone(),
            file: subject.file.clone(),
            changes: changes(&subject.settings, to),
            before: figures(before),
            after: figures(after),
            act_from: fit::act_from(to, &seen, aim).name().to_owned(),
            folds_changed: 0,
            refused: None,
        }
    }
}

/// A gain of the aim's F-score that is worth a change.
const GAIN_MIN: f64 = 0.005;

/// Why a change is not proposed.
fn refusal(
    subject: &Subject,
    to: &Settings,
    aim: Aim,
    row: &Proposal,
    agreed: bool,
) -> Option<String> {
    let confidence = subject.settings.confidence;
    let confidence_only = Settings { confidence, ..to.clone() } == subject.settings;
    let (before, after) = (row.before.f.unwrap_or(0.0), row.after.f.unwrap_or(0.0));
    let least = if confidence_only { before - GAIN_MIN } else { before + GAIN_MIN };
    let why = if after < least {
        "no gain on held-out texts"
    } else if !fit::is_bearable(row.before.counts(), row.after.counts(), aim) {
        "too much is lost, or too much is wrong, on held-out texts"
    } else if confidence_only && !agreed {
        "the folds do not agree on the confidence"
    } else if to.confidence != confidence && !is_borne_out(to, row.after.counts()) {
        "a scan with all rules does not bear the confidence out"
    } else {
        return None;
    };
    Some(why.to_owned())
}

/// Whether findings in full scans are right as often as the confidence says. Lowering one needs no proof.
fn is_borne_out(to: &Settings, counts: Counts) -> bool {
    let Some(rate) = Rate::wilson(counts.right, counts.findings) else { return false };
    counts.findings >= fit::CONFIDENCE_MIN
        && match to.confidence {
            ConfidenceName::High => rate.high >= 0.9,
            ConfidenceName::Medium => rate.high >= 0.5,
            ConfidenceName::Low => true,
        }
}
