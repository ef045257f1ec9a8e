//! The answer to one inspection.

use super::{Code, Confidence, Finding, Format, LabelIndex, Place, RuleIndex, Span};
use std::fmt;
use std::sync::Arc;

/// What the caller should do. Ordered: the strongest action of all findings is the verdict's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Let it pass.
    #[default]
    Allow,
    /// Let it pass and take note.
    Flag,
    /// Apply the edits, then let it pass.
    Redact,
    /// Replace values by reversible tokens, then let it pass.
    Tokenize,
    /// Ask a person, or for stronger authorisation, first.
    StepUp,
    /// Do not let it pass.
    Block,
}

impl Action {
    /// All actions, weakest first.
    pub const ALL: [Self; 6] =
        [Self::Allow, Self::Flag, Self::Redact, Self::Tokenize, Self::StepUp, Self::Block];

    /// The name in policy files and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Flag => "flag",
            Self::Redact => "redact",
            Self::Tokenize => "tokenize",
            Self::StepUp => "step_up",
            Self::Block => "block",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Replaces the bytes of `span` in the original by `replacement`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the original to take out.
    pub span: Span,
    /// Bytes to put in. ASCII without quotes, backslashes or control characters, so that a JSON string stays one, also if it stands in
    /// other strings. What replaces a JSON number stands in quotes itself; what repeats a text that was edited becomes `null`.
    pub replacement: String,
}

/// A part that was not inspected, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Why.
    pub code: Code,
    /// Where, in bytes of the original.
    pub span: Span,
    /// The type of media that it is: `image/png`.
    pub media: Option<&'static str>,
}

impl Gap {
    /// A part of a text.
    pub const fn new(code: Code, span: Span) -> Self {
        Self { code, span, media: None }
    }
}

/// What was inspected. A scan that was not complete never looks clean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Size of the input in bytes.
    pub bytes_total: usize,
    /// Bytes that every enabled rule saw.
    pub bytes_scanned: usize,
    /// What was left out. Empty if the scan was complete.
    pub gaps: Vec<Gap>,
}

impl Coverage {
    /// Coverage of an input of `bytes` bytes that was scanned whole.
    pub fn complete(bytes: usize) -> Self {
        Self { bytes_total: bytes, bytes_scanned: bytes, gaps: Vec::new() }
    }

    /// True if nothing was left out.
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// What a model says of the content as a whole. It holds no text and no place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DocumentScore {
    /// What the model looks for.
    pub label: LabelIndex,
    /// Name and version of the model: `injection/1`.
    pub model: &'static str,
    /// The highest probability of what the model read, 0 to 1.
    pub score: f32,
    /// True if the score is at the model's operating point or above. Such content is never simply allowed.
    pub detected: bool,
}

/// A value that no message has as a whole: it begins in one and ends in a later one.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Which rule.
    pub rule: RuleIndex,
    /// What it means.
    pub label: LabelIndex,
    /// How sure it is.
    pub confidence: Confidence,
    /// The same as a number, 0 to 1.
    pub score: f32,
    /// Where its parts are, in their order.
    pub parts: Vec<SplitPart>,
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitPart {
    /// Its length, as the message says it.
    pub bytes: usize,
    /// Where it is; nothing if that was in an earlier content of the session.
    pub span: Option<Span>,
    /// JSON pointer of the value that holds it, in a document.
    pub pointer: Option<String>,
}

/// A value as lineage knows it: plain data, whose meaning is in `lineage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueTag {
    /// The token of the value: the same wherever the value occurs. It does not leave the service.
    pub token: [u8; 16],
    /// What the flow sees of it.
    pub handle: [u8; 12],
}

/// Where a content stands among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineage {
    /// Id of the content.
    pub artifact: [u8; 16],
    /// What it belongs to.
    pub flow: [u8; 16],
    /// Epoch of the tags.
    pub epoch: u32,
    /// For each of the findings, in their order: its value. None where the value identifies nothing, or cannot be read.
    pub values: Vec<Option<ValueTag>>,
}

/// What a policy decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// Name of the policy.
    pub policy: Arc<str>,
    /// Fingerprint of the policy.
    pub fingerprint: Arc<str>,
    /// Who decided what, the strongest first. Empty if nothing was found and no rule is about the content.
    pub decisions: Vec<Decision>,
    /// Why the action is not the one that was decided: values cannot be replaced by tokens, or the caller cannot do what is demanded.
    pub changed: Option<Code>,
}

impl Ruled {
    /// What was decided about two parts of one content.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        for decision in other.decisions {
            let same =
                |known: &&mut Decision| known.by == decision.by && known.action == decision.action;
            match self.decisions.iter_mut().find(same) {
                Some(known) => {
                    known.findings = known.findings.saturating_add(decision.findings);
                    known.content |= decision.content;
                }
                None => self.decisions.push(decision),
            }
        }
        self.decisions.sort_by_key(|decision| std::cmp::Reverse(decision.action));
        self.changed = self.changed.or(other.changed);
        self
    }
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The rule of the policy; `pack` if the pack decided, `default` if no rule matched.
    pub by: Arc<str>,
    /// What was decided.
    pub action: Action,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// What the caller must do in addition.
    pub obligations: Vec<Arc<str>>,
    /// About how many findings.
    pub findings: u32,
    /// Whether about the content itself.
    pub content: bool,
}

/// The answer to one inspection: what to do, where, why, and how much was looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// What to do.
    pub action: Action,
    /// How to redact, in ascending order, not overlapping. Filled for [`Action::Redact`] and stronger.
    pub edits: Vec<Edit>,
    /// What was found, in ascending order of start.
    pub findings: Vec<Finding>,
    /// Where in a document each of the findings is, in their order. Empty for text.
    pub places: Vec<Place>,
    /// What the content was understood as.
    pub format: Format,
    /// Why the action is stronger than what the findings ask for: one of them lies where nothing can be edited.
    pub reason: Option<Code>,
    /// What models say of the content as a whole; empty if none was asked.
    pub documents: Vec<DocumentScore>,
    /// What was looked at.
    pub coverage: Coverage,
    /// Values that are split over messages, if these are looked at together. They are flagged and not edited.
    pub splits: Vec<Split>,
    /// Ids and tags, if they were asked for.
    pub lineage: Option<Lineage>,
    /// What the policy decided, if there is one.
    pub ruled: Option<Ruled>,
}

impl Verdict {
    /// True if the content must not pass.
    pub fn blocked(&self) -> bool {
        self.action == Action::Block
    }
}
