//! What a payload is, and what the place of a finding in it means.

use super::{Code, Finding};
use std::borrow::Cow;

macro_rules! names {
    ($(#[$about:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$about])*
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

names! {
    /// The shape of a payload.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    Format:
    /// Plain text.
    #[default]
    Text = "text",
    /// JSON that none of the others describes.
    Json = "json",
    /// OpenAI chat completions and everything that speaks like them.
    OpenaiChat = "openai.chat",
    /// OpenAI responses.
    OpenaiResponses = "openai.responses",
    /// OpenAI completions, the older API.
    OpenaiCompletions = "openai.completions",
    /// OpenAI embeddings.
    OpenaiEmbeddings = "openai.embeddings",
    /// Anthropic messages.
    AnthropicMessages = "anthropic.messages",
    /// Gemini `generateContent`.
    Gemini = "gemini",
    /// Bedrock Converse.
    BedrockConverse = "bedrock.converse",
    /// Ollama chat, generate and embed.
    Ollama = "ollama",
    /// A request or notification of the Model Context Protocol, or another one of JSON-RPC.
    McpRequest = "mcp.request",
    /// A result or an error of the Model Context Protocol, or another one of JSON-RPC.
    McpResult = "mcp.result",
    /// Agent2Agent.
    A2a = "a2a",
    /// OpenTelemetry spans with attributes for generative AI.
    OtelGenai = "otel.genai",
}

names! {
    /// Whose words they are.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    Role:
    /// The owner of the application.
    System = "system",
    /// The owner of the application, by its newer name.
    Developer = "developer",
    /// The person.
    User = "user",
    /// The model.
    Assistant = "assistant",
    /// A tool.
    Tool = "tool",
}

names! {
    /// What a string in a payload is for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    Kind:
    /// Words of a prompt, an answer or a document.
    Text = "text",
    /// What a model thinks before it answers.
    Reasoning = "reasoning",
    /// What a model asks a tool for.
    ToolArguments = "tool_arguments",
    /// What a tool answered.
    ToolResult = "tool_result",
    /// Why a model does not answer.
    Refusal = "refusal",
    /// What describes the call: names, settings, ids, descriptions of tools.
    Metadata = "metadata",
    /// Bytes that mean nothing to a reader: media, ciphertext, signatures.
    Opaque = "opaque",
}

impl Format {
    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}

/// Where in a document a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// JSON pointer (RFC 6901) of the value, or of the object if it is a key. A `#` leads into a document that stands in a string:
    /// `/messages/0/tool_calls/0/function/arguments#/city`. It ends before a key that holds a finding itself, and is left out if it would be
    /// very long.
    pub pointer: Option<String>,
    /// Whose words they are, if the format tells.
    pub role: Option<Role>,
    /// What they are for, if the format tells.
    pub kind: Option<Kind>,
    /// How the text came about in which it was found: `raw`, or the steps that decoded it.
    pub view: &'static str,
    /// Why it cannot be edited.
    pub fixed: Option<Code>,
}

/// The text as it was sent, but for the escapes of JSON.
pub const VIEW_RAW: &str = "raw";

/// How the text came about in which a finding was made: the steps that decoded it, outermost first, or [`VIEW_RAW`].
pub fn view_of(place: Option<&Place>, finding: &Finding) -> Cow<'static, str> {
    let outer = place.map_or(VIEW_RAW, |place| place.view);
    match outer {
        outer if finding.view.is_raw() => outer.into(),
        VIEW_RAW => finding.view.to_string().into(),
        outer => format!("{outer}>{}", finding.view).into(),
    }
}
