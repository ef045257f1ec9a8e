//! L6: the façade. One call from bytes to verdict.

mod assess;
mod pool;
mod warm;

use crate::base::code::{ENCODING_UNSUPPORTED, INPUT_TOO_LARGE, PACK_UNKNOWN};
use crate::base::{
    Action, Confidence, Coverage, Direction, DocumentScore, Edit, Fault, Finding, Gap, Input, Span,
    Verdict, limits,
};
use crate::classify::injection::Features;
use crate::payload::json::Document;
use crate::redact::{Redaction, Surface, plan};
use crate::rules::{Pack, Rules};
use crate::scan::{self, Scanner, Scratch, Seen};
use crate::{policy, text};
pub use assess::Classify;
use assess::{Text, assess};
use pool::Pool;
use std::sync::Arc;

/// Name of the pack that is used if none is asked for.
pub const PACK_DEFAULT: &str = "default";

/// What is inspected.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Text, scanned as it is.
    Text(&'a [u8]),
    /// A JSON document: strings are scanned unescaped, edits keep it valid JSON.
    Json(&'a [u8]),
}

impl<'a> Content<'a> {
    /// The bytes.
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Self::Text(bytes) | Self::Json(bytes) => bytes,
        }
    }
}

/// How one inspection is done.
#[derive(Clone, Debug)]
pub struct InspectOptions {
    /// Name of the pack; [`PACK_DEFAULT`] if none is given.
    pub pack: Option<String>,
    /// Which way the content travels.
    pub direction: Direction,
    /// Drop findings below this, beyond what the pack says.
    pub min_confidence: Option<Confidence>,
    /// When the model of prompt injection reads the content.
    pub classify: Classify,
    /// How to redact.
    pub redaction: Redaction,
    /// Open brackets that a JSON document may have.
    pub json_depth_max: usize,
}

impl Default for InspectOptions {
    fn default() -> Self {
        Self {
            pack: None,
            direction: Direction::Input,
            min_confidence: None,
            classify: Classify::default(),
            redaction: Redaction::default(),
            json_depth_max: limits::JSON_DEPTH_MAX,
        }
    }
}

/// Inspects content with one rule set. Share it between threads.
///
/// ```
/// use lockgate::base::Action;
/// use lockgate::engine::{Content, Engine, InspectOptions};
/// use lockgate::redact::apply;
/// use lockgate::rules::Compiler;
/// use std::sync::Arc;
///
/// let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
/// let engine = Engine::new(Arc::new(rules));
/// let prompt = br#"{"role":"user","content":"write to jane.doe@example.com"}"#;
/// let verdict = engine.inspect(Content::Json(prompt), &InspectOptions::default())?;
/// assert_eq!(verdict.action, Action::Redact);
/// assert_eq!(
///     apply(prompt, &verdict.edits),
///     br#"{"role":"user","content":"write to [pii.email]"}"#,
/// );
/// # Ok::<(), lockgate::base::Fault>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    rules: Arc<Rules>,
    pool: Pool<Workspace>,
}

/// Reusable memory of one inspection.
#[derive(Debug, Default)]
struct Workspace {
    scratch: Scratch,
    seen: Seen,
    document: Document,
    features: Features,
}

impl Engine {
    /// An engine over a rule set.
    pub fn new(rules: Arc<Rules>) -> Self {
        Self { rules, pool: Pool::default() }
    }

    /// The rule set in use.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// Makes the memory for `count` inspections at a time, and uses it once, so that the first ones need not wait for that.
    pub fn warm(&self, count: usize) {
        let mut workspaces: Vec<_> =
            (0..count.min(pool::KEPT_MAX)).map(|_| self.pool.take()).collect();
        let options = InspectOptions::default();
        for workspace in &mut workspaces {
            for pack in self.rules.packs() {
                let inspection = Inspection { rules: &self.rules, pack, options: &options };
                // The verdict is about a sample of our own: what it says is of no interest.
                let _ = inspection.run(Content::Json(warm::SAMPLE.as_bytes()), workspace);
            }
        }
        for workspace in workspaces {
            self.pool.put(workspace);
        }
    }

    /// Inspects one content.
    ///
    /// # Errors
    /// The content is JSON and broken, the content is larger than [`limits::INPUT_BYTES_MAX`], or the pack is unknown.
    pub fn inspect(
        &self,
        content: Content<'_>,
        options: &InspectOptions,
    ) -> Result<Verdict, Fault> {
        let size = content.bytes().len();
        if size > limits::INPUT_BYTES_MAX {
            let detail = format!("{size} bytes, the limit is {}", limits::INPUT_BYTES_MAX);
            return Err(Fault::new(INPUT_TOO_LARGE, detail));
        }
        let name = options.pack.as_deref().unwrap_or(PACK_DEFAULT);
        let pack = self.rules.pack(name).ok_or(PACK_UNKNOWN)?;
        let mut workspace = self.pool.take();
        let verdict = Inspection { rules: &self.rules, pack, options }.run(content, &mut workspace);
        self.pool.put(workspace);
        verdict
    }
}

/// One inspection.
struct Inspection<'a> {
    rules: &'a Rules,
    pack: &'a Pack,
    options: &'a InspectOptions,
}

impl Inspection<'_> {
    fn run(&self, content: Content<'_>, workspace: &mut Workspace) -> Result<Verdict, Fault> {
        let Workspace { scratch, seen, document, features } = workspace;
        let scanner = Scanner::new(self.rules, self.pack);
        match content {
            Content::Text(bytes) => {
                scan::inspect(&scanner, scratch, &Input::new(bytes), &[], seen);
                let text = Text { bytes, leaves: &[] };
                let (findings, documents) = self.assessed(&text, &seen.findings, features);
                let edits = self.edits(bytes, &findings, Surface::Text);
                Ok(self.verdict(bytes, findings, documents, edits, &seen.gaps))
            }
            Content::Json(raw) => {
                document.parse(raw, self.options.json_depth_max)?;
                let view = document.text(raw);
                let input = Input::new(view);
                scan::inspect(&scanner, scratch, &input, document.leaves(), seen);
                let text = Text { bytes: view, leaves: document.leaves() };
                let (mut findings, documents) = self.assessed(&text, &seen.findings, features);
                let edits = self.edits(view, &findings, Surface::Json(document));
                for finding in &mut findings {
                    finding.span = document.to_raw(finding.span);
                }
                let gaps: Vec<Gap> = seen
                    .gaps
                    .iter()
                    .map(|gap| Gap { span: document.to_raw(gap.span), ..*gap })
                    .collect();
                Ok(self.verdict(raw, findings, documents, edits, &gaps))
            }
        }
    }

    /// The findings that are kept once the models have revised them, and what the models say of the whole.
    fn assessed(
        &self,
        text: &Text<'_>,
        findings: &[Finding],
        features: &mut Features,
    ) -> (Vec<Finding>, Vec<DocumentScore>) {
        let mut findings = findings.to_vec();
        let documents = assess(self.rules, text, &mut findings, features, self.options.classify);
        let min = self.options.min_confidence.unwrap_or(Confidence::Low);
        findings.retain(|finding| finding.confidence >= min);
        (findings, documents)
    }

    fn edits(&self, view: &[u8], findings: &[Finding], surface: Surface<'_>) -> Vec<Edit> {
        if !findings.iter().any(|finding| policy::redacts(finding, self.pack)) {
            return Vec::new();
        }
        let redacted: Vec<_> = findings
            .iter()
            .filter(|finding| policy::redacts(finding, self.pack))
            .copied()
            .collect();
        plan(view, &redacted, self.rules, &self.options.redaction, surface)
    }

    fn verdict(
        &self,
        original: &[u8],
        findings: Vec<Finding>,
        documents: Vec<DocumentScore>,
        edits: Vec<Edit>,
        gaps: &[Gap],
    ) -> Verdict {
        let mut coverage = Coverage::complete(original.len());
        coverage.gaps.extend_from_slice(gaps);
        if text::boundary::not_text(original) == Some(ENCODING_UNSUPPORTED) {
            coverage.bytes_scanned = 0;
            coverage
                .gaps
                .push(Gap { code: ENCODING_UNSUPPORTED, span: Span::new(0, original.len()) });
        }
        let detected = documents.iter().any(|document| document.detected);
        // There is no place to redact: what a model says of the whole is noted.
        let floor = if detected { Action::Flag } else { Action::Allow };
        let action = policy::decide(&findings, self.pack, &coverage).max(floor);
        Verdict { action, edits, findings, documents, coverage }
    }
}
