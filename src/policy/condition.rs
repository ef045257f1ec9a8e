//! Conditions, and what it takes to fulfil them, in the plainest way. The compiled form in [`super::index`] is compared with this one;
//! explanations are made of this one.

use super::facts::{Facts, Field};
use super::time::Window;
use crate::base::{Confidence, is_under};

/// A value that a fact may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// This one.
    Exact(Box<str>),
    /// Whatever begins like this.
    Prefix(Box<str>),
    /// This domain and everything below it.
    Domain(Box<str>),
}

impl Pattern {
    pub(super) fn matches(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => **text == *value,
            Self::Prefix(text) => value.starts_with(&**text),
            Self::Domain(text) => is_in_domain(value, text),
        }
    }

    /// True if every value of the other one is one of this.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Prefix(prefix), Self::Exact(text) | Self::Prefix(text)) => {
                text.starts_with(&**prefix)
            }
            (Self::Domain(domain), Self::Domain(text)) => is_in_domain(text, domain),
            _ => self == other,
        }
    }
}

fn is_in_domain(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A number of different values of these labels and those below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) labels: Vec<Box<str>>,
    pub(super) unique: u32,
}

impl Count {
    fn holds(&self, values: &[(&str, u32)]) -> bool {
        let counted = values.iter().filter(|(label, _)| is_under_any(label, &self.labels));
        let sum = counted.fold(0_u32, |sum, (_, count)| sum.saturating_add(*count));
        sum >= self.unique
    }
}

/// True if the label is one of these or lies below one.
pub(super) fn is_under_any(label: &str, ancestors: &[Box<str>]) -> bool {
    ancestors.iter().any(|ancestor| is_under(label, ancestor))
}

/// From which confidence on a rule acts, and from which on it notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Points {
    pub(super) act: Confidence,
    pub(super) alert: Option<Confidence>,
}

/// All of these must hold; of a list one entry is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conditions {
    /// Sorted by field, each once.
    pub(super) texts: Vec<(Field, Vec<Pattern>)>,
    pub(super) labels: Option<Vec<Box<str>>>,
    pub(super) sensitivity: Option<u8>,
    pub(super) points: Option<Points>,
    pub(super) count: Option<Count>,
    pub(super) time: Option<Window>,
}

/// A finding, as far as rules look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// What was found.
    pub label: &'a str,
    /// Sensitivity of the label, 1 to 4.
    pub sensitivity: u8,
    /// How sure it is.
    pub confidence: Confidence,
}

/// How conditions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// So that the action is taken.
    Act,
    /// So that the finding is noted.
    Alert,
}

/// The first condition that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// A fact has another value, or none at all.
    Fact(Field),
    /// The fact is not known.
    Missing(Field),
    /// The rule is about findings, and this is the content.
    Finding,
    /// The finding has another label.
    Label,
    /// The label is less sensitive.
    Sensitivity,
    /// The finding is less sure.
    Confidence,
    /// There are fewer different values.
    Count,
    /// It is another time.
    Time,
}

impl Failed {
    /// What to say of it.
    pub fn describe(&self) -> String {
        match self {
            Self::Fact(field) => format!("{} is another one", field.name()),
            Self::Missing(field) => format!("{} is not known", field.name()),
            Self::Finding => "it is about findings only".to_owned(),
            Self::Label => "the label is another one".to_owned(),
            Self::Sensitivity => "the label is less sensitive".to_owned(),
            Self::Confidence => "the finding is less sure".to_owned(),
            Self::Count => "there are fewer different values".to_owned(),
            Self::Time => "it is another time".to_owned(),
        }
    }
}

impl Conditions {
    /// True if only findings can fulfil them.
    pub(super) fn of_findings(&self) -> bool {
        self.labels.is_some() || self.sensitivity.is_some() || self.points.is_some()
    }

    /// How they hold for a finding, or for the content itself, or the first one that does not.
    pub(super) fn check(
        &self,
        facts: &Facts,
        values: &[(&str, u32)],
        subject: Option<Subject<'_>>,
    ) -> Result<Met, Failed> {
        for (field, patterns) in &self.texts {
            let (mut known, mut holds) = (false, false);
            facts.each(field, |value| {
                known = true;
                holds |= patterns.iter().any(|pattern| pattern.matches(value));
            });
            if !holds {
                let field = field.clone();
                return Err(if known { Failed::Fact(field) } else { Failed::Missing(field) });
            }
        }
        if self.time.is_some_and(|window| !window.holds(facts.now_ms)) {
            return Err(Failed::Time);
        }
        if self.count.as_ref().is_some_and(|count| !count.holds(values)) {
            return Err(Failed::Count);
        }
        match subject {
            None if self.of_findings() => Err(Failed::Finding),
            None => Ok(Met::Act),
            Some(subject) => self.check_finding(subject),
        }
    }

    fn check_finding(&self, subject: Subject<'_>) -> Result<Met, Failed> {
        if self.labels.as_ref().is_some_and(|labels| !is_under_any(subject.label, labels)) {
            return Err(Failed::Label);
        }
        if self.sensitivity.is_some_and(|least| subject.sensitivity < least) {
            return Err(Failed::Sensitivity);
        }
        match self.points {
            Some(Points { act, .. }) if subject.confidence >= act => Ok(Met::Act),
            Some(Points { alert: Some(alert), .. }) if subject.confidence >= alert => {
                Ok(Met::Alert)
            }
            Some(_) => Err(Failed::Confidence),
            None => Ok(Met::Act),
        }
    }

    /// True if these hold wherever the other ones do, as far as their form tells.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let texts = self.texts.iter().all(|(field, patterns)| {
            let theirs = other.texts.iter().find(|(known, _)| known == field);
            theirs.is_some_and(|(_, theirs)| {
                theirs.iter().all(|theirs| patterns.iter().any(|ours| ours.covers(theirs)))
            })
        });
        let labels = self.labels.as_ref().is_none_or(|ours| {
            other
                .labels
                .as_ref()
                .is_some_and(|theirs| theirs.iter().all(|label| is_under_any(label, ours)))
        });
        let sensitivity = self
            .sensitivity
            .is_none_or(|ours| other.sensitivity.is_some_and(|theirs| theirs >= ours));
        let points = self.points.is_none_or(|ours| {
            other.points.is_some_and(|theirs| theirs.alert.unwrap_or(theirs.act) >= ours.act)
        });
        let count = self.count.as_ref().is_none_or(|ours| {
            other.count.as_ref().is_some_and(|theirs| {
                theirs.unique >= ours.unique
                    && theirs.labels.iter().all(|label| is_under_any(label, &ours.labels))
            })
        });
        let time = self.time.is_none() || self.time == other.time;
        texts && labels && sensitivity && points && count && time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let exact = |text: &str| Pattern::Exact(text.into());
        let prefix = |text: &str| Pattern::Prefix(text.into());
        let domain = |text: &str| Pattern::Domain(text.into());
        for (pattern, value, expect) in [
            (exact("crm.get"), "crm.get", true),
            (exact("crm.get"), "crm.get_all", false),
            (prefix("crm."), "crm.get", true),
            (prefix("crm."), "crm", false),
            (prefix(""), "anything", true),
            (domain("example.com"), "example.com", true),
            (domain("example.com"), "api.example.com", true),
            (domain("example.com"), "badexample.com", false),
            (domain("example.com"), "example.com.evil", false),
        ] {
            assert_eq!(pattern.matches(value), expect, "{pattern:?} {value}");
        }
        for (one, other, expect) in [
            (prefix("a"), exact("ab"), true),
            (prefix("a"), prefix("ab"), true),
            (prefix("ab"), prefix("a"), false),
            (exact("a"), prefix("a"), false),
            (domain("b.c"), domain("a.b.c"), true),
            (domain("a.b.c"), domain("b.c"), false),
        ] {
            assert_eq!(one.covers(&other), expect, "{one:?} {other:?}");
        }
    }
}
