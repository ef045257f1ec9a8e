//! Streams, as they are asked for and answered.

use super::{ConfidenceName, DirectionName, StyleName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// How a stream is redacted, as query parameters.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// What the stream is made of: `auto` (the default), `text`, `sse`, `ndjson`, `openai.chat`, `openai.responses`, `anthropic`, `gemini`,
    /// `bedrock` or `ollama`.
    pub format: Option<String>,
    /// Which way the content goes, which a policy may ask about: `output` if nothing is said.
    pub direction: Option<DirectionName>,
    /// Name of the pack.
    pub pack: Option<String>,
    /// Leave out findings below this.
    pub min_confidence: Option<ConfidenceName>,
    /// How to replace what was found.
    pub style: Option<StyleName>,
    /// What happens when something is to be blocked.
    pub on_block: Option<OnBlockName>,
    /// How the verdict is sent.
    pub verdict: Option<VerdictName>,
    /// Whether to put the values of the session's tokens back, where the policy permits it (default false).
    pub restore: Option<bool>,
}

/// What happens when something is to be blocked.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnBlockName {
    /// The stream ends with an error.
    End,
    /// It is redacted.
    Redact,
}

/// How the verdict of a stream is sent.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictName {
    /// As trailers.
    Trailer,
    /// As trailers, and in a last event `lockgate.verdict`.
    Event,
}

/// A message of the service over a WebSocket.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreamPiece<'a> {
    /// What may leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    /// The same in base64, if it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<String>,
    /// What was found in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<StreamFinding<'a>>,
    /// In the last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<StreamVerdict<'a>>,
}

/// A finding in a stream.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreamFinding<'a> {
    /// Id of the rule.
    pub rule: &'a str,
    /// What it means.
    pub label: &'a str,
    /// First byte, counted in the text as it arrived, or in its event.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// How sure it is.
    pub confidence: &'static str,
    /// The same as a number.
    pub score: f32,
}

/// What is said of a stream at its end.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreamVerdict<'a> {
    /// The strongest action that the pack demands.
    pub action: &'static str,
    /// Findings, by label.
    pub findings: BTreeMap<&'a str, u64>,
    /// Why the stream ended before its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Fingerprint of the rule set.
    pub rules: &'a str,
}
