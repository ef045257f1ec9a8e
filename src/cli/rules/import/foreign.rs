//! What the formats have in common: a rule of another scanner, and what becomes of it.

use crate::syntax::{ConfidenceName, ShapeSpec, Side};

/// A rule of another scanner, in our words.
#[derive(Clone, Debug)]
pub(super) struct Foreign {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) patterns: Vec<String>,
    /// Inline flags that the other scanner sets without saying so.
    pub(super) flags: String,
    pub(super) value: Value,
    pub(super) keywords: Vec<String>,
    pub(super) keyword_use: KeywordUse,
    /// Words whose presence nearby rules a finding out.
    pub(super) exclude: Vec<String>,
    /// Values that are never reported.
    pub(super) allow: Vec<String>,
    pub(super) shape: ShapeSpec,
    /// Templates and stand-in words are no findings.
    pub(super) not_placeholder: bool,
    pub(super) confidence: ConfidenceName,
    pub(super) preview: bool,
    pub(super) label: Option<String>,
    pub(super) references: Vec<String>,
    pub(super) matches: Vec<String>,
    pub(super) no_matches: Vec<String>,
    pub(super) notes: Vec<Note>,
}

impl Foreign {
    pub(super) fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: None,
            patterns: Vec::new(),
            flags: String::new(),
            value: Value::First,
            keywords: Vec::new(),
            keyword_use: KeywordUse::Prefilter { within: 1024 },
            exclude: Vec::new(),
            allow: Vec::new(),
            shape: ShapeSpec::default(),
            not_placeholder: false,
            confidence: ConfidenceName::Medium,
            preview: false,
            label: None,
            references: Vec::new(),
            matches: Vec::new(),
            no_matches: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, kind: &'static str, detail: impl Into<String>) {
        self.notes.push(Note::new(kind, detail));
    }

    /// Words that must not stand inside of the value.
    pub(super) fn stop_words(&mut self, words: Vec<String>) {
        if words.is_empty() {
            return;
        }
        self.not_placeholder = true;
        let detail = format!(
            "{} words that must not stand inside of the value became values to leave alone, and `not-placeholder`",
            words.len()
        );
        self.allow.extend(words);
        self.note("stop-words", detail);
    }
}

/// Which part of a match is the value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    /// All of it, whatever groups there are.
    Whole,
    /// The group of this number.
    Group(u32),
    /// The first group; all of it if there is none.
    First,
    /// The group `TOKEN`, the first group with a name, the first group, all of it.
    Token,
}

/// What keywords are for.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeywordUse {
    /// The rule is only tried where one of them is near.
    Prefilter {
        /// How near, in bytes.
        within: usize,
    },
    /// They make a finding surer.
    Supporting {
        /// How near, in bytes.
        within: usize,
        /// Where.
        side: Side,
    },
}

/// Something of a rule that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) kind: &'static str,
    pub(super) detail: String,
}

impl Note {
    pub(super) fn new(kind: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

/// Why a rule was not converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    LookAround,
    BackReference,
    Pcre,
    Syntax,
    Groups,
    NoAnchor,
    EmptyMatch,
    Unbounded,
    TooLong,
    TooLarge,
    NoPattern,
    Patterns,
    Path,
    Composite,
    Code,
    Disabled,
    DuplicateId,
    Malformed,
}

impl Reason {
    /// All, in the order of the guide.
    #[cfg(test)]
    pub(super) const ALL: [Self; 18] = [
        Self::LookAround,
        Self::BackReference,
        Self::Pcre,
        Self::Syntax,
        Self::Groups,
        Self::NoAnchor,
        Self::EmptyMatch,
        Self::Unbounded,
        Self::TooLong,
        Self::TooLarge,
        Self::NoPattern,
        Self::Patterns,
        Self::Path,
        Self::Composite,
        Self::Code,
        Self::Disabled,
        Self::DuplicateId,
        Self::Malformed,
    ];

    /// The name in reports.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::LookAround => "look-around",
            Self::BackReference => "back-reference",
            Self::Pcre => "pcre-syntax",
            Self::Syntax => "syntax",
            Self::Groups => "several-groups",
            Self::NoAnchor => "no-anchor",
            Self::EmptyMatch => "empty-match",
            Self::Unbounded => "unbounded",
            Self::TooLong => "too-long",
            Self::TooLarge => "too-large",
            Self::NoPattern => "no-pattern",
            Self::Patterns => "several-patterns",
            Self::Path => "file-names",
            Self::Composite => "composite",
            Self::Code => "code",
            Self::Disabled => "disabled",
            Self::DuplicateId => "duplicate-id",
            Self::Malformed => "malformed",
        }
    }
}

/// A rule that was not converted.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) reason: Reason,
    pub(super) detail: String,
}

impl Refused {
    pub(super) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

/// What a format makes of a file: its rules in order, and what concerns the file as a whole.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Each with its id as written.
    pub(super) rules: Vec<(String, Result<Foreign, Refused>)>,
    pub(super) notes: Vec<Note>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_in_the_guide() {
        let guide = include_str!("../../../../docs/IMPORT.md");
        for reason in Reason::ALL {
            assert!(guide.contains(&format!("`{}`", reason.name())), "{}", reason.name());
        }
    }
}
