//! L6: the façade. One call from bytes to verdict.

mod assess;
mod document;
mod frames;
mod links;
mod memory;
mod pool;
mod restore;
mod revise;
mod ruling;
mod stream;
mod tags;
mod turns;
mod warm;

use crate::base::code::{ENCODING_UNSUPPORTED, INPUT_TOO_LARGE, LINK_VALUES, PACK_UNKNOWN};
use crate::base::{
    Action, Confidence, Coverage, Direction, DocumentScore, Edit, Fault, Finding, Format, Gap,
    Input, LabelIndex, Span, Verdict, limits,
};
use crate::classify::injection::Features;
use crate::lineage::Context;
use crate::payload::json::{Broken, Document};
use crate::policy::links::{LinkPolicy, SEEN_VALUES_MAX};
use crate::policy::{Enforced, Ruling};
use crate::redact::{Redaction, Surface, plan};
use crate::rules::{Pack, Rules};
use crate::scan::{self, Scanner, Scratch, Seen, StreamProgram};
use crate::text;
use crate::vault::{Scope, Session};
pub use assess::Classify;
use assess::{Text, assess};
pub use frames::{FrameOptions, FrameStream, OnBlock, Signed, StreamFormat};
pub use memory::{ContentHash, ContentHasher};
use pool::Pool;
pub use restore::Restored;
use std::iter::repeat;
use std::sync::{Arc, OnceLock};
pub use stream::{HELD, Overflow, Released, Stream, StreamOptions};
use tags::Tagger;
pub use turns::{SessionKey, TurnMemory, TurnSession, Turns};

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
    /// What happens to a document that is not JSON, not all of it, or too deep.
    pub broken: Broken,
    /// What a document is; recognised if it is not said. It says what fields mean and which of them can be edited; everything is inspected in
    /// any case. [`Format::Text`] says nothing about a document.
    pub format: Option<Format>,
    /// Where links may lead.
    pub links: Arc<LinkPolicy>,
    /// Values of this request that must not leave in a link, however they are written there: what the model was told in confidence. Ones
    /// of less than [`SEEN_VALUE_BYTES_MIN`](crate::policy::links::SEEN_VALUE_BYTES_MIN) letters and digits are not looked for.
    pub seen: Vec<String>,
    /// Who sends the content and what it belongs to, if the verdict shall say where it stands among others.
    pub lineage: Option<Arc<Context>>,
    /// Where tokens belong that the policy wants in place of values. What is a token already is no finding.
    pub tokens: Option<Arc<Scope>>,
    /// Which messages are looked at together, so that a value that is split over them is noticed. A pack that streams refuse looks at each by
    /// itself.
    pub turns: Turns,
    /// A policy that has its say beside the pack, and the facts that it decides by. Its facts say the direction once more.
    pub policy: Option<Arc<Enforced>>,
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
            broken: Broken::default(),
            format: None,
            links: Arc::default(),
            seen: Vec::new(),
            lineage: None,
            tokens: None,
            turns: Turns::default(),
            policy: None,
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
    /// The label whose findings a model revises, if the rule set has it.
    injection: Option<LabelIndex>,
    pool: Arc<Pool<Workspace>>,
    /// Per pack: what its streams need, once one was opened.
    programs: Box<[OnceLock<Program>]>,
}

/// What the streams of a pack need, or why there are none.
type Program = Result<Arc<StreamProgram>, Fault>;

/// Reusable memory of one inspection.
#[derive(Debug, Default)]
struct Workspace {
    scratch: Scratch,
    seen: Seen,
    document: Document,
    features: Features,
    frames: frames::FrameScratch,
    links: links::LinkScratch,
}

/// Leaves out findings in a text that are tokens of a session, or parts of them.
fn retain_values(session: Option<&Session>, text: &[u8], findings: &mut Vec<Finding>) {
    if let Some(session) = session {
        findings.retain(|finding| !session.holds(text, finding.span.start, finding.span.end));
    }
}

impl Engine {
    /// An engine over a rule set.
    pub fn new(rules: Arc<Rules>) -> Self {
        let programs = rules.packs().iter().map(|_| OnceLock::new()).collect();
        Self { injection: assess::label(&rules), rules, pool: Arc::default(), programs }
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
                // The verdict is about a sample of our own: what it says is of no interest.
                let _ = self
                    .inspection(pack, &options, None)
                    .run(Content::Json(warm::SAMPLE.as_bytes()), workspace);
            }
        }
        for workspace in workspaces {
            self.pool.put(workspace);
        }
    }

    /// Inspects one content.
    ///
    /// # Errors
    /// The content is JSON and broken, the content is larger than [`limits::INPUT_BYTES_MAX`], more values are given
    /// than [`SEEN_VALUES_MAX`], or the pack is unknown.
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
        if options.seen.len() > SEEN_VALUES_MAX {
            let detail = format!("{} values, the limit is {SEEN_VALUES_MAX}", options.seen.len());
            return Err(Fault::new(LINK_VALUES, detail));
        }
        let name = options.pack.as_deref().unwrap_or(PACK_DEFAULT);
        let number = self.pack(name)?;
        let program = match options.turns {
            Turns::Apart => None,
            Turns::Content | Turns::Session(_) => self.program(number).as_deref().ok(),
        };
        let pack = &self.rules.packs()[number];
        let mut workspace = self.pool.take();
        let verdict = self.inspection(pack, options, program).run(content, &mut workspace);
        self.pool.put(workspace);
        verdict
    }

    /// The position of a pack.
    fn pack(&self, name: &str) -> Result<usize, Fault> {
        let mut packs = self.rules.packs().iter();
        packs.position(|pack| &*pack.id == name).ok_or(PACK_UNKNOWN.into())
    }

    /// What the streams of a pack need.
    fn program(&self, pack: usize) -> &Program {
        let compile = || StreamProgram::new(&self.rules, &self.rules.packs()[pack]).map(Arc::new);
        self.programs[pack].get_or_init(compile)
    }

    fn inspection<'a>(
        &'a self,
        pack: &'a Pack,
        options: &'a InspectOptions,
        program: Option<&'a StreamProgram>,
    ) -> Inspection<'a> {
        Inspection { rules: &self.rules, injection: self.injection, pack, program, options }
    }
}

/// What the rules of a pack find in a text when it is inspected with these options. The pack belongs to the rules and need not be one of
/// theirs: [`Rules::only`] makes one. For trying rules out; an [`Engine`] keeps its memory.
pub fn findings(rules: &Rules, pack: &Pack, text: &[u8], options: &InspectOptions) -> Vec<Finding> {
    let injection = assess::label(rules);
    let inspection = Inspection { rules, injection, pack, program: None, options };
    inspection.text(text, &mut Workspace::default()).findings
}

/// One inspection.
struct Inspection<'a> {
    rules: &'a Rules,
    injection: Option<LabelIndex>,
    pack: &'a Pack,
    /// If messages are looked at together.
    program: Option<&'a StreamProgram>,
    options: &'a InspectOptions,
}

impl Inspection<'_> {
    fn run(&self, content: Content<'_>, workspace: &mut Workspace) -> Result<Verdict, Fault> {
        match content {
            Content::Text(bytes) => Ok(self.text(bytes, workspace)),
            Content::Json(raw) => self.document(raw, workspace),
        }
    }

    fn text(&self, bytes: &[u8], workspace: &mut Workspace) -> Verdict {
        let Workspace { scratch, seen, features, links, .. } = workspace;
        let scanner = Scanner::new(self.rules, self.pack);
        scan::inspect(&scanner, scratch, &Input::new(bytes), scan::Leaves::default(), seen);
        let text = Text { bytes, document: None };
        let (mut findings, documents) = self.assessed(&text, &seen.findings, features);
        self.links(&text, Format::Text, seen.kinds, &mut findings, links);
        let mut coverage = Coverage::complete(bytes.len());
        coverage.gaps.extend_from_slice(&seen.gaps);
        let lineage = self.options.lineage.as_deref().map(|context| {
            let mut tagger = Tagger::new(context, self.rules);
            let values = findings.iter().map(|finding| tagger.tag(bytes, finding)).collect();
            tagger.lineage(values)
        });
        let tags = lineage.iter().flat_map(|lineage| lineage.values.iter().copied());
        let ruling = self.ruling(bytes, findings.iter().zip(tags.chain(repeat(None))));
        let edits = self.edits(bytes, findings.iter(), Surface::Text, &ruling);
        let splits = self.text_splits(scratch, bytes, &findings);
        let verdict =
            Verdict { edits, findings, documents, coverage, splits, lineage, ..Verdict::default() };
        self.decided(bytes, verdict, &ruling)
    }

    /// The findings that are kept once the models have revised them, and what the models say of the whole.
    fn assessed(
        &self,
        text: &Text<'_>,
        findings: &[Finding],
        features: &mut Features,
    ) -> (Vec<Finding>, Vec<DocumentScore>) {
        let mut findings = findings.to_vec();
        let documents =
            assess(self.injection, text, &mut findings, features, self.options.classify);
        let min = self.options.min_confidence.unwrap_or(Confidence::Low);
        findings.retain(|finding| finding.confidence >= min);
        if let Some(tokens) = &self.options.tokens {
            retain_values(tokens.session().as_ref(), text.bytes, &mut findings);
        }
        (findings, documents)
    }

    /// The edits for those of the findings that are to be redacted.
    fn edits<'f>(
        &self,
        view: &[u8],
        findings: impl Iterator<Item = &'f Finding>,
        surface: Surface<'_>,
        ruling: &Ruling<'_>,
    ) -> Vec<Edit> {
        let redacted: Vec<_> =
            findings.filter(|finding| ruling.redacts(finding)).copied().collect();
        if redacted.is_empty() {
            return Vec::new();
        }
        if self.options.policy.is_some() {
            return self.styled(view, &redacted, surface, ruling);
        }
        plan(view, &redacted, self.rules, &self.options.redaction, surface)
    }

    /// The verdict with its action.
    fn decided(&self, original: &[u8], mut verdict: Verdict, ruling: &Ruling<'_>) -> Verdict {
        let coverage = &mut verdict.coverage;
        let known = coverage.gaps.iter().any(|gap| gap.code == ENCODING_UNSUPPORTED);
        if known || text::boundary::not_text(original) == Some(ENCODING_UNSUPPORTED) {
            coverage.bytes_scanned = 0;
        }
        if coverage.bytes_scanned < coverage.bytes_total && !known {
            let span = Span::new(0, original.len());
            coverage.gaps.push(Gap { code: ENCODING_UNSUPPORTED, span, media: None });
        }
        let detected = verdict.documents.iter().any(|document| document.detected);
        // There is no place to redact: what a model says of the whole is noted, and so is what is split over messages.
        let noted = detected || !verdict.splits.is_empty();
        let mut floor = if noted { Action::Flag } else { Action::Allow };
        if verdict.reason.is_some() {
            floor = Action::Block;
        }
        ruling.decide(&mut verdict, floor);
        verdict
    }
}
