//! What travels over HTTP. The only types of the service that are (de)serialised.

mod policy;
mod stream;

use crate::base::{Confidence, Format};
use crate::engine::Classify;
pub use crate::syntax::DirectionName;
pub use policy::{Decision, Policy};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
pub use stream::{
    OnBlockName, StreamFinding, StreamPiece, StreamQuery, StreamVerdict, VerdictName,
};
use utoipa::{IntoParams, ToSchema};

/// An envelope around one thing to inspect: exactly one of `text`, `messages` and `content`. `messages` or `content` alone are a
/// document like any other; with `id`, `direction` or `options` beside them they are an envelope.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectRequest<'a> {
    /// The caller's name for it, a string or number of up to 256 bytes. It is not inspected and comes back with the result.
    #[serde(borrow, default)]
    #[schema(value_type = Option<serde_json::Value>)]
    pub id: Option<&'a RawValue>,
    /// A text.
    #[serde(borrow, default)]
    #[schema(value_type = Option<String>)]
    pub text: Option<&'a RawValue>,
    /// A list of chat messages, in the shape of any provider.
    #[serde(borrow, default)]
    #[schema(value_type = Option<Vec<Object>>)]
    pub messages: Option<&'a RawValue>,
    /// Any JSON document.
    #[serde(borrow, default)]
    #[schema(value_type = Option<Object>)]
    pub content: Option<&'a RawValue>,
    /// Which way the content travels.
    #[serde(default)]
    pub direction: Option<DirectionName>,
    /// How to inspect. What is left out here is taken from the query string, then from the configuration.
    #[serde(default)]
    pub options: Options,
}

/// How to inspect.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Name of the pack.
    #[serde(default)]
    pub pack: Option<String>,
    /// Leave out findings below this.
    #[serde(default)]
    pub min_confidence: Option<ConfidenceName>,
    /// When the model of prompt injection reads the content.
    #[serde(default)]
    pub classify: Option<ClassifyName>,
    /// What the JSON is; recognised if it is not said.
    #[serde(default)]
    pub format: Option<FormatName>,
    /// How to replace what was found.
    #[serde(default)]
    pub style: Option<StyleName>,
    /// Unit of `start` and `end` of findings.
    #[serde(default)]
    pub offsets: Option<Offsets>,
    /// Whether to send the redacted content back (default true).
    #[serde(default)]
    pub redact: Option<bool>,
    /// Whether to write what replaces a value in base64, base32 or hexadecimal in the same encoding, so that the rest of it decodes as before
    /// (default false).
    #[serde(default)]
    pub reencode: Option<bool>,
    /// Whether to put the values of the session's tokens back into `redacted`, where the policy permits it (default false). For `output` and
    /// `tool_call`.
    #[serde(default)]
    pub restore: Option<bool>,
    /// Values of this request that must not leave in a link of the content, however they are written there: what the model was told in
    /// confidence. Up to 4096 of at least six letters and digits.
    #[serde(default)]
    pub seen: Vec<String>,
}

/// The same options, but for `seen`, as query parameters.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// Which way the content travels.
    pub direction: Option<DirectionName>,
    /// How a JSON body, or an item of a batch, is understood. `auto` where nothing is said, `envelope` for items.
    pub body: Option<BodyForm>,
    /// Name of the pack.
    pub pack: Option<String>,
    /// Leave out findings below this.
    pub min_confidence: Option<ConfidenceName>,
    /// When the model of prompt injection reads the content.
    pub classify: Option<ClassifyName>,
    /// What the JSON is; recognised if it is not said.
    pub format: Option<FormatName>,
    /// How to replace what was found.
    pub style: Option<StyleName>,
    /// Unit of `start` and `end` of findings.
    pub offsets: Option<Offsets>,
    /// Whether to send the redacted content back (default true).
    pub redact: Option<bool>,
    /// Whether to write what replaces a value in base64, base32 or hexadecimal in the same encoding, so that the rest of it decodes as before
    /// (default false).
    pub reencode: Option<bool>,
    /// Whether to put the values of the session's tokens back into `redacted`, where the policy permits it (default false). For `output` and
    /// `tool_call`.
    pub restore: Option<bool>,
}

/// How a JSON body is understood. Whoever passes on what others send should say `document`: then nothing in it is an option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BodyForm {
    /// As an envelope if it has the members of one and no others, otherwise as a document. An object with a content, with members that no
    /// envelope has, and with an option all the same is an error.
    #[default]
    Auto,
    /// As a document: inspected and sent back whole, whatever it holds.
    Document,
    /// As an envelope: every other member is an error.
    Envelope,
}

/// A level of confidence.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfidenceName {
    /// Worth counting.
    Low,
    /// Likely.
    Medium,
    /// Little doubt.
    High,
}

impl From<ConfidenceName> for Confidence {
    fn from(name: ConfidenceName) -> Self {
        match name {
            ConfidenceName::Low => Self::Low,
            ConfidenceName::Medium => Self::Medium,
            ConfidenceName::High => Self::High,
        }
    }
}

/// When the model of prompt injection reads the content.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClassifyName {
    /// Never: findings stay as the rules made them.
    Never,
    /// Where a rule found a cue. So it is if nothing is said.
    Cued,
    /// Everywhere.
    Always,
}

impl From<ClassifyName> for Classify {
    fn from(name: ClassifyName) -> Self {
        match name {
            ClassifyName::Never => Self::Never,
            ClassifyName::Cued => Self::Cued,
            ClassifyName::Always => Self::Always,
        }
    }
}

/// What a document is: whose words its fields hold, what for, and which of them nobody can edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub enum FormatName {
    /// JSON that none of the others describes.
    #[serde(rename = "json")]
    Json,
    /// OpenAI chat completions and everything that speaks like them.
    #[serde(rename = "openai.chat")]
    OpenaiChat,
    /// OpenAI responses.
    #[serde(rename = "openai.responses")]
    OpenaiResponses,
    /// OpenAI completions, the older API.
    #[serde(rename = "openai.completions")]
    OpenaiCompletions,
    /// OpenAI embeddings.
    #[serde(rename = "openai.embeddings")]
    OpenaiEmbeddings,
    /// Anthropic messages.
    #[serde(rename = "anthropic.messages")]
    AnthropicMessages,
    /// Gemini `generateContent`.
    #[serde(rename = "gemini")]
    Gemini,
    /// Bedrock Converse.
    #[serde(rename = "bedrock.converse")]
    BedrockConverse,
    /// Ollama chat, generate and embed.
    #[serde(rename = "ollama")]
    Ollama,
    /// A request or notification of the Model Context Protocol, or another one of JSON-RPC.
    #[serde(rename = "mcp.request")]
    McpRequest,
    /// A result or an error of the Model Context Protocol, or another one of JSON-RPC.
    #[serde(rename = "mcp.result")]
    McpResult,
    /// Agent2Agent.
    #[serde(rename = "a2a")]
    A2a,
    /// OpenTelemetry spans with attributes for generative AI.
    #[serde(rename = "otel.genai")]
    OtelGenai,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Json => Self::Json,
            FormatName::OpenaiChat => Self::OpenaiChat,
            FormatName::OpenaiResponses => Self::OpenaiResponses,
            FormatName::OpenaiCompletions => Self::OpenaiCompletions,
            FormatName::OpenaiEmbeddings => Self::OpenaiEmbeddings,
            FormatName::AnthropicMessages => Self::AnthropicMessages,
            FormatName::Gemini => Self::Gemini,
            FormatName::BedrockConverse => Self::BedrockConverse,
            FormatName::Ollama => Self::Ollama,
            FormatName::McpRequest => Self::McpRequest,
            FormatName::McpResult => Self::McpResult,
            FormatName::A2a => Self::A2a,
            FormatName::OtelGenai => Self::OtelGenai,
        }
    }
}

/// A style of redaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StyleName {
    /// `[pii.email]`.
    Placeholder,
    /// `[pii.email#1]`, the same number for the same value.
    Numbered,
    /// `****1111`.
    Mask,
    /// A keyed hash.
    Hash,
    /// Nothing.
    Remove,
}

/// What the offsets of findings count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Offsets {
    /// Bytes of UTF-8.
    #[default]
    Bytes,
    /// Unicode code points.
    Codepoints,
    /// UTF-16 code units, as in JavaScript and Java.
    Utf16,
}

/// A request to inspect several things.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest<'a> {
    /// The things.
    #[serde(borrow)]
    #[schema(value_type = Vec<InspectRequest<'static>>)]
    pub items: Vec<&'a RawValue>,
}

/// The answer to one inspection. Only `redacted` holds any of the content, and only what was not found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verdict<'a> {
    /// The `id` of the envelope, if it had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    pub id: Option<&'a RawValue>,
    /// `allow`, `flag`, `redact`, `tokenize`, `step_up` or `block`.
    pub action: &'static str,
    /// True if the content must not pass.
    pub blocked: bool,
    /// Code of the reason why the action is `block` although the findings ask for less: one of them lies where nothing can be edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What the content was understood as: `text`, `json`, or the name of an API's format.
    pub format: &'static str,
    /// What was inspected: the member `text`, `messages` or `content` of an envelope, or the whole body as a `document`. Offsets, paths and
    /// `redacted` are about that.
    pub inspected: &'static str,
    /// The content with what was found replaced: a string for `text`, JSON otherwise, and a string again for a document that is no JSON. Left
    /// out if nothing was replaced or `redact` is false.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub redacted: Option<Redacted>,
    /// Tokens that were turned back in `redacted`. Left out if `restore` was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<usize>,
    /// What was found, in ascending order of start.
    pub findings: Vec<Finding<'a>>,
    /// Values that are split over messages. Left out if there are none, or `turns.scope` is off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub splits: Vec<Split<'a>>,
    /// What models say of the content as a whole. Left out if none was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentScore<'a>>,
    /// What was looked at.
    pub coverage: Coverage,
    /// Fingerprint of the rule set.
    pub rules: &'a str,
    /// Where the content stands among others. Left out if lineage is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Lineage>,
    /// What the policy decided. Left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Time spent on the inspection, in microseconds.
    pub took_us: u64,
}

/// Where a content stands among others.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lineage {
    /// Id of the content. Named as a parent of what is made from it, in the header `dlp-lineage`, it lets lineage be followed.
    pub artifact: String,
    /// What the content belongs to: the session, else the trace, else the content alone.
    pub flow: String,
}

/// What became of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Erased {
    /// Sessions that were ended: one for each reader.
    pub erased: usize,
}

/// Redacted content.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Redacted {
    /// For `text`.
    Text(String),
    /// For everything else.
    Json(Box<RawValue>),
}

/// One place where a rule found something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Finding<'a> {
    /// Id of the rule.
    pub rule: &'a str,
    /// What the match means.
    pub label: &'a str,
    /// First offset: in the text, or in the raw JSON of `messages`, `content` or the body.
    pub start: usize,
    /// Offset behind the last one.
    pub end: usize,
    /// JSON pointer (RFC 6901) of the value within that JSON; `#` leads into a document that stands in a string. It ends early where a key
    /// itself holds a finding, and is left out if it would be very long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whose words they are: `system`, `developer`, `user`, `assistant` or `tool`, if the format tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// What they are for: `text`, `reasoning`, `tool_arguments`, `tool_result`, `refusal`, `metadata` or `opaque`, if the format tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// How the text came about in which it was found: `raw`, or the steps that decoded it, such as `base64>png`. Then the offsets are those
    /// of everything that was decoded.
    pub view: Cow<'static, str>,
    /// Code of the reason why it cannot be edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<&'static str>,
    /// `low`, `medium` or `high`.
    pub confidence: &'static str,
    /// 0 to 1.
    pub score: f32,
    /// Why: `validated`, `keyword`, `key`, `shape`, `companion`, `region`, `model`.
    pub evidence: Vec<&'static str>,
    /// The value as this flow sees it: the same for the same value within the flow, another one in every other flow. Left out if lineage is
    /// off, or if the value identifies nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// A value that no message has as a whole: it begins in one and ends in a later one. It is flagged and not edited.
#[derive(Debug, Serialize, ToSchema)]
pub struct Split<'a> {
    /// Id of the rule.
    pub rule: &'a str,
    /// What it means.
    pub label: &'a str,
    /// How sure it is.
    pub confidence: &'static str,
    /// The same as a number.
    pub score: f32,
    /// Where its parts are, in their order.
    pub parts: Vec<SplitPart>,
}

/// A part of a value.
#[derive(Debug, Serialize, ToSchema)]
pub struct SplitPart {
    /// True if it was in an earlier content of the session: then only its length is known.
    pub earlier: bool,
    /// Its length in bytes, as the message says it.
    pub bytes: usize,
    /// First byte of it, like that of a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// Behind the last byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
    /// JSON pointer of the value that holds it, in a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// What a model says of the content as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentScore<'a> {
    /// What the model looks for.
    pub label: &'a str,
    /// Name and version of the model.
    pub model: &'static str,
    /// The highest probability of what the model read, 0 to 1.
    pub score: f32,
    /// True if the score is at the model's operating point or above.
    pub detected: bool,
}

/// What was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Coverage {
    /// Size of the content in bytes.
    pub bytes_total: usize,
    /// Bytes that every enabled rule saw.
    pub bytes_scanned: usize,
    /// True if nothing was left out.
    pub complete: bool,
    /// What was left out, and why.
    pub gaps: Vec<Gap>,
}

/// A part that was not inspected.
#[derive(Debug, Serialize, ToSchema)]
pub struct Gap {
    /// Stable code of the reason.
    pub code: &'static str,
    /// The reason in words.
    pub title: &'static str,
    /// First byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
    /// The type of media that was not inspected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<&'static str>,
}

/// What a snapshot of an agent's memory holds. Only `redacted` holds any of it, and only what was not found.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemoryReport<'a> {
    /// What it was understood as: `letta.agent-file`, `langgraph.checkpoint`, `json`, `jsonl`, `text` and so on.
    pub shape: &'static str,
    /// The strongest action of all records.
    pub action: &'static str,
    /// Records, and the rest of the document.
    pub records_total: usize,
    /// Those that hold something, or were not inspected whole.
    pub records: Vec<MemoryRecord<'a>>,
    /// Number of findings of each label.
    pub labels: BTreeMap<&'a str, usize>,
    /// Findings that ask for an edit and lie in ids, times, names or media, where there can be none: `redacted` still holds them.
    pub left: usize,
    /// The snapshot with what was found replaced: JSON if it is one document, a string otherwise. Left out if nothing was replaced or
    /// `redact` is false.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub redacted: Option<Redacted>,
    /// What was looked at.
    pub coverage: Coverage,
    /// Fingerprint of the rule set.
    pub rules: &'a str,
    /// Where the snapshot stands among other contents. Left out if lineage is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lineage: Option<Lineage>,
    /// What the policy decided. Left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Time spent on the inspection, in microseconds.
    pub took_us: u64,
}

/// A record of a snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemoryRecord<'a> {
    /// JSON pointer of the record; empty for the rest of a document, and in lines.
    pub record: String,
    /// The line at which it stands, from 1, in files of lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What it is: `message`, `memory`, `block`, `checkpoint`, `point`, `rest` and so on.
    pub what: &'static str,
    /// Its id. Like all that follows it is left out if it is not known, or something was found in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Whose words it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The tool, agent or file that it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Names the bytes of the record, the rules and the options: as long as it is the same, so is what was found.
    pub hash: String,
    /// `allow`, `flag`, `redact`, `tokenize`, `step_up` or `block`.
    pub action: &'static str,
    /// What was found in it; offsets and paths are those of the snapshot.
    pub findings: Vec<Finding<'a>>,
}

/// The answers to a batch, in the order of its items.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResponse<'a> {
    /// One result per item.
    pub results: Vec<BatchResult<'a>>,
}

/// The answer to one item: a verdict or an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchResult<'a> {
    /// The id of the item, if it had one.
    #[schema(value_type = Option<serde_json::Value>)]
    pub id: Option<&'a RawValue>,
    /// The verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict<'a>>,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ItemError>,
}

/// Why an item has no verdict.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemError {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub title: &'static str,
    /// Where or how much.
    pub detail: String,
}

/// An error, as `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem<'a> {
    /// `urn:lockgate:error:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Where or how much, and what to do about it.
    pub detail: String,
    /// Stable code.
    pub code: &'static str,
    /// The `x-request-id` of the response.
    pub request_id: &'a str,
}

/// A list of something.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// Fingerprint of the rule set.
    pub fingerprint: String,
    /// The entries, sorted by id.
    pub items: Vec<T>,
}

/// Which rules to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RulesQuery {
    /// Only rules that this pack enables.
    pub pack: Option<String>,
    /// Only rules with this label.
    pub label: Option<String>,
}

/// A rule in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSummary {
    /// Full id.
    pub id: String,
    /// The rule in a few words.
    pub title: String,
    /// `preview`, `stable` or `deprecated`.
    pub status: &'static str,
    /// What a match means; the first is the label of the findings.
    pub labels: Vec<String>,
    /// Confidence of an ordinary finding.
    pub confidence: &'static str,
}

/// Everything about a rule but its examples.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDetail {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: RuleSummary,
    /// Title of the family.
    pub family: String,
    /// Version of Lockgate that first had the rule.
    pub since: String,
    /// Id of the rule that takes its place, if it is deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Why a leak of this matters.
    pub why: String,
    /// The regular expressions.
    pub patterns: Vec<String>,
    /// Validators that a match must pass.
    pub validators: Vec<String>,
    /// Words that support a match.
    pub keywords: Vec<String>,
    /// Whether one of the keywords is required.
    pub keyword_required: bool,
    /// Packs that enable it.
    pub packs: Vec<String>,
    /// Where the format is described.
    pub references: Vec<String>,
    /// How it did in the last recorded evaluation; absent if there was nothing for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<RuleQuality>,
}

/// What a rule did in the last recorded evaluation, on the corpora that docs/rules/README.md names.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleQuality {
    /// Right findings of all, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// Expected spans of its label that this rule found, 0 to 1; others may have found more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
    /// Findings that were judged.
    pub findings: u64,
    /// Expected spans of its label.
    pub spans: u64,
}

/// A label.
#[derive(Debug, Serialize, ToSchema)]
pub struct LabelView {
    /// Dotted name.
    pub id: String,
    /// The name in words.
    pub title: String,
    /// Harm if it leaks, 1 to 4.
    pub sensitivity: u8,
    /// `L0` to `L3`.
    pub linkability: &'static str,
    /// Laws and standards that name this kind of data.
    pub regulations: Vec<String>,
    /// Rules whose findings have this label.
    pub rules: usize,
}

/// A pack.
#[derive(Debug, Serialize, ToSchema)]
pub struct PackView {
    /// Name.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// Rules that it enables.
    pub rules: usize,
}

/// A question about lineage. Which of these a path needs, it says.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LineageQuery {
    /// Whose data; the tenant of the settings if it is left out.
    pub tenant: Option<String>,
    /// `sources` or `targets`.
    pub toward: Option<String>,
    /// `observed`: only where the same value stands in both. `reachable`: also where the one could have influenced the other.
    pub mode: Option<String>,
    /// Longest way, in edges.
    pub depth: Option<u32>,
    /// Name of a session.
    pub session: Option<String>,
    /// SPIFFE id of a workload.
    pub actor: Option<String>,
    /// Id of the content that something came from; or milliseconds since 1970 from which on an actor is looked at.
    pub from: Option<String>,
    /// Id of the content that it went to; or milliseconds since 1970 up to which an actor is looked at.
    pub to: Option<String>,
}

/// State of the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// `ok` or `ready`.
    pub status: &'static str,
    /// Version of the program.
    pub version: &'static str,
}
