//! Redacting the events of a stream while they arrive.
//!
//! Each text that the events carry has a stream of its own, so that what comes between its pieces does not matter. What is held back of it
//! leaves with its next piece, or in an event of the same shape before the one that ends it. Everything else in an event is inspected as a
//! document; most events differ from the one in front in their piece of text only, and are not inspected twice.

mod channel;
mod rest;
mod texts;

use super::stream::Opening;
use super::{Engine, Released, Stream, StreamOptions};
use crate::base::code::STREAM_BLOCKED;
use crate::base::{Action, Fault, Finding, Format};
use crate::payload::stream::{Between, Framing, Reader, Shape};
use crate::policy;
use std::sync::Arc;
pub(super) use texts::FrameScratch;
use texts::{Context, Texts};

/// What a stream is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamFormat {
    /// What its first bytes and its first event look like.
    #[default]
    Auto,
    /// Text.
    Text,
    /// Server-sent events, of the API that the first of them looks like.
    Sse,
    /// A document a line, of the API that the first of them looks like.
    Lines,
    /// The events of this API.
    Api(Format),
}

/// The names of formats in URLs and arguments.
const NAMES: [(&str, StreamFormat); 10] = [
    ("auto", StreamFormat::Auto),
    ("text", StreamFormat::Text),
    ("sse", StreamFormat::Sse),
    ("ndjson", StreamFormat::Lines),
    ("openai.chat", StreamFormat::Api(Format::OpenaiChat)),
    ("openai.responses", StreamFormat::Api(Format::OpenaiResponses)),
    ("anthropic", StreamFormat::Api(Format::AnthropicMessages)),
    ("gemini", StreamFormat::Api(Format::Gemini)),
    ("bedrock", StreamFormat::Api(Format::BedrockConverse)),
    ("ollama", StreamFormat::Api(Format::Ollama)),
];

impl StreamFormat {
    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// The names of all formats.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        let known = NAMES.iter().find(|(_, format)| *format == self);
        known.map_or("auto", |(name, _)| name)
    }

    fn shape(self) -> Option<&'static Shape> {
        match self {
            Self::Api(format) => Shape::of(format),
            _ => None,
        }
    }

    /// How the stream is cut, once its first bytes tell; `Some(None)` is text.
    fn framing(self, head: &[u8], ended: bool) -> Option<Option<Framing>> {
        match self {
            Self::Auto => Framing::guess(head, ended),
            Self::Text => Some(None),
            Self::Sse => Some(Some(Framing::Sse)),
            Self::Lines => Some(Some(Framing::Lines)),
            // Some APIs answer in more than one framing.
            Self::Api(format) => {
                let usual = Shape::of(format).map_or(Framing::Sse, |shape| shape.framing);
                Framing::guess(head, ended).map(|guess| Some(guess.unwrap_or(usual)))
            }
        }
    }
}

/// What happens when the pack demands that something is blocked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBlock {
    /// The stream ends with the API's own event for errors.
    #[default]
    End,
    /// It is redacted, where that is possible.
    Redact,
}

/// What happens to what a model thinks, if it is signed and something was found in it. It is never changed: whoever sends it back would be
/// refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signed {
    /// From the finding on it is left out, and so is its signature.
    #[default]
    Drop,
    /// The stream ends.
    Block,
}

/// How the events of a stream are redacted.
#[derive(Clone, Debug, Default)]
pub struct FrameOptions {
    /// How each text in them is redacted.
    pub text: StreamOptions,
    /// What the stream is made of.
    pub format: StreamFormat,
    /// What happens when something is to be blocked.
    pub on_block: OnBlock,
    /// What happens to signed reasoning.
    pub signed: Signed,
}

/// A stream of events that is redacted while it arrives.
///
/// In the end each of its texts is what a [`Stream`] makes of it, however its pieces and the bytes of the events were cut. Events without
/// anything held back or found leave byte for byte.
///
/// ```
/// use lockgate::engine::{Engine, FrameOptions};
/// use lockgate::rules::Compiler;
/// use std::sync::Arc;
///
/// let (rules, _) = Compiler::with_builtin().build().expect("the built-in rules are valid");
/// let engine = Engine::new(Arc::new(rules));
/// let mut stream = engine.frames(FrameOptions::default())?;
/// let mut chat = |content: &str| {
///     let event = format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{content}\"}}}}]}}\n\n");
///     String::from_utf8_lossy(stream.push(event.as_bytes()).bytes).into_owned()
/// };
/// assert!(chat("write to jane.d").contains(r#"{"content":"write to"}"#));
/// // Words behind an address may still say more of it.
/// assert!(chat("oe@example.com or call later in the day, ").contains(r#""content":" "}"#));
/// assert!(chat("when all are back from the long lunch that they have there").contains("[pii.email]"));
/// # Ok::<(), lockgate::base::Fault>(())
/// ```
#[derive(Debug)]
pub struct FrameStream {
    opening: Arc<Opening>,
    options: Handling,
    state: State,
    left: Left,
    ended: Option<Fault>,
}

/// The options that are about events.
#[derive(Clone, Copy, Debug)]
struct Handling {
    format: StreamFormat,
    on_block: OnBlock,
    signed: Signed,
}

#[derive(Debug)]
enum State {
    /// It is not known yet what the stream is made of.
    Head(Vec<u8>),
    Text(Box<Stream>),
    Events(Box<Events>),
}

#[derive(Debug)]
struct Events {
    reader: Reader,
    texts: Texts,
}

/// What leaves.
#[derive(Debug, Default)]
struct Left {
    bytes: Vec<u8>,
    findings: Vec<Finding>,
    action: Action,
}

impl Engine {
    /// Opens a stream of events.
    ///
    /// # Errors
    /// As [`stream`](Self::stream).
    pub fn frames(&self, options: FrameOptions) -> Result<FrameStream, Fault> {
        let FrameOptions { text, format, on_block, signed } = options;
        Ok(FrameStream {
            opening: self.opening(text)?,
            options: Handling { format, on_block, signed },
            state: State::Head(Vec::new()),
            left: Left::default(),
            ended: None,
        })
    }
}

impl FrameStream {
    /// Takes the next bytes, however they were cut, and gives what may leave. Spans of findings are offsets in the text of their channel, or
    /// in the event that they were found in.
    ///
    /// If the stream cannot go on, an event that says so is the last thing that leaves, and [`ended`](Self::ended) tells why.
    pub fn push(&mut self, bytes: &[u8]) -> Released<'_> {
        self.advance(bytes, false)
    }

    /// The rest, once nothing follows. Do not call it if the stream broke off: then nothing of what is held back may leave.
    pub fn finish(&mut self) -> Released<'_> {
        self.advance(&[], true)
    }

    /// Ends the stream with an event that says why, in the way of its API, without anything that is held back.
    pub fn abort(&mut self, fault: Fault) -> Released<'_> {
        self.left.clear();
        if self.ended.is_none() {
            self.end(fault);
        }
        self.released()
    }

    /// An event of the caller's own, to be sent behind the last bytes. Nothing if the stream has no place for one there.
    pub fn append(&mut self, name: &str, payload: &[u8]) -> &[u8] {
        self.left.clear();
        if let State::Events(events) = &self.state
            && self.ended.is_none()
        {
            let framing = events.reader.framing();
            if framing != Framing::Values {
                framing.write(Some(name), payload, Between::Behind, &mut self.left.bytes);
            }
        }
        &self.left.bytes
    }

    /// Why the stream ended, if it did before its end.
    pub fn ended(&self) -> Option<&Fault> {
        self.ended.as_ref()
    }

    /// What the pack demands for a finding of this stream.
    pub fn action_of(&self, finding: &Finding) -> Action {
        policy::action_of(finding, self.opening.pack())
    }

    /// The strongest action that the pack demands so far.
    pub fn action(&self) -> Action {
        self.left.action
    }

    /// Bytes that have arrived and not left: of texts, and of events that are not whole.
    pub fn held(&self) -> usize {
        match &self.state {
            State::Head(head) => head.len(),
            State::Text(stream) => stream.held(),
            State::Events(events) => events.reader.held() + events.texts.held(),
        }
    }

    fn advance(&mut self, bytes: &[u8], last: bool) -> Released<'_> {
        self.left.clear();
        if self.ended.is_none()
            && let Err(fault) = self.try_advance(bytes, last)
        {
            self.end(fault);
        }
        self.released()
    }

    fn try_advance(&mut self, bytes: &[u8], last: bool) -> Result<(), Fault> {
        let Self { opening, options, state, left, .. } = self;
        let mut head = Vec::new();
        if let State::Head(first) = state {
            first.extend_from_slice(bytes);
            let Some(framing) = options.format.framing(first, last) else { return Ok(()) };
            head = std::mem::take(first);
            *state = match framing {
                None => State::Text(Box::new(Stream::open(opening, opening.options.restore))),
                Some(framing) => State::Events(Box::new(Events {
                    reader: Reader::new(framing),
                    texts: Texts::new(framing, options.format.shape()),
                })),
            };
        }
        let bytes = if head.is_empty() { bytes } else { &head };
        match state {
            State::Head(_) => Ok(()),
            State::Text(stream) => {
                left.take_text(stream.push(bytes)?);
                if last {
                    left.take_text(stream.finish()?);
                }
                left.action = left.action.max(stream.action());
                left.check(options)
            }
            State::Events(events) => {
                let mut workspace = opening.pool.take();
                let mut scratch = std::mem::take(&mut workspace.frames);
                let mut context = Context { opening, options, left, workspace: &mut workspace };
                let result = events.advance(&mut context, &mut scratch, bytes, last);
                workspace.frames = scratch;
                opening.pool.put(workspace);
                result
            }
        }
    }

    fn end(&mut self, fault: Fault) {
        match &mut self.state {
            State::Head(_) => {
                if let Some(shape) = self.options.format.shape() {
                    let texts = Texts::new(shape.framing, Some(shape));
                    texts.write_error(&fault, &mut self.left.bytes);
                }
            }
            // Nothing in a text can say that it ends here.
            State::Text(_) => {}
            State::Events(events) => events.texts.write_error(&fault, &mut self.left.bytes),
        }
        // Nothing that was held back may ever leave.
        self.state = State::Head(Vec::new());
        self.ended = Some(fault);
    }

    fn released(&self) -> Released<'_> {
        Released { bytes: &self.left.bytes, findings: &self.left.findings }
    }
}

impl Events {
    fn advance(
        &mut self,
        context: &mut Context<'_>,
        scratch: &mut FrameScratch,
        bytes: &[u8],
        last: bool,
    ) -> Result<(), Fault> {
        let Self { reader, texts } = self;
        reader.push(bytes);
        while let Some(frame) = reader.frame()? {
            texts.frame(context, scratch, &frame)?;
        }
        if last {
            if let Some(frame) = reader.rest() {
                texts.rest(context, scratch, &frame)?;
            }
            texts.finish(context)?;
        }
        Ok(())
    }
}

impl Left {
    fn clear(&mut self) {
        self.bytes.clear();
        self.findings.clear();
    }

    fn take_text(&mut self, released: Released<'_>) {
        self.bytes.extend_from_slice(released.bytes);
        self.findings.extend_from_slice(released.findings);
    }

    /// # Errors
    /// Something is to be blocked.
    fn check(&mut self, options: &Handling) -> Result<(), Fault> {
        if self.action == Action::Block && options.on_block == OnBlock::End {
            // What came with it may be half of what is to be blocked.
            self.bytes.clear();
            return Err(STREAM_BLOCKED.into());
        }
        Ok(())
    }
}
