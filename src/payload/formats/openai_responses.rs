//! OpenAI responses: requests, answers, and the events of a stream, the last of which hold the whole text once more.

use super::top::Begin;
use super::{Field, Group, Shape, Top, When};
use crate::base::{Format, Role};

/// Items of a conversation, in whatever holds them.
const ITEMS: Group = Group {
    at: &["input/@", "output/@", "response/output/@", "@item", "@"],
    fields: &[
        Field::reasoning("content/*/text").when(When::Type("reasoning")),
        Field::reasoning("summary/*/text"),
        Field::text("content"),
        Field::text("content/*/text"),
        Field::refusal("content/*/refusal"),
        Field::text("content/*/transcript"),
        Field::text("content/*/annotations/**"),
        Field::metadata("content/*/logprobs/**"),
        Field::metadata("content/*/image_url"),
        Field::opaque("content/*/file_data"),
        Field::text("content/*/filename"),
        Field::opaque("encrypted_content"),
        Field::fixed("name"),
        Field::fixed("server_label"),
        Field::arguments("arguments/**"),
        Field::arguments("input/**"),
        Field::arguments("action/**"),
        Field::arguments("actions/**"),
        Field::arguments("operation/**"),
        Field::arguments("code"),
        Field::arguments("queries/**"),
        Field::result("output/**"),
        Field::result("outputs/**"),
        Field::result("results/**"),
        Field::result("error/**"),
        Field::metadata("tools/**"),
    ],
};

const REST: Group = Group {
    at: &["", "response"],
    fields: &[
        Field::text("input").by(Role::User),
        Field::text("instructions").by(Role::System),
        Field::text("prompt/variables/**").by(Role::User),
        Field::fixed("tools/*/name"),
        Field::metadata("tools/**"),
        Field::metadata("text/format/**"),
        Field::metadata("metadata/**"),
        Field::metadata("user"),
        Field::metadata("safety_identifier"),
        Field::metadata("prompt_cache_key"),
        Field::text("error/message"),
    ],
};

/// Events: pieces of a text, and the text as a whole.
const EVENTS: Group = Group {
    at: &[""],
    fields: &[
        Field::arguments("delta").when(When::Type("response.function_call_arguments.delta")),
        Field::arguments("delta").when(When::Type("response.mcp_call_arguments.delta")),
        Field::arguments("delta").when(When::Type("response.custom_tool_call_input.delta")),
        Field::arguments("delta").when(When::Type("response.code_interpreter_call_code.delta")),
        Field::reasoning("delta").when(When::Type("response.reasoning_text.delta")),
        Field::reasoning("delta").when(When::Type("response.reasoning_summary_text.delta")),
        Field::reasoning("text").when(When::Type("response.reasoning_text.done")),
        Field::reasoning("text").when(When::Type("response.reasoning_summary_text.done")),
        Field::refusal("refusal"),
        Field::refusal("delta").when(When::Type("response.refusal.delta")),
        Field::arguments("arguments/**"),
        Field::arguments("input/**"),
        Field::arguments("code"),
        Field::text("delta").by(Role::Assistant),
        Field::text("text").by(Role::Assistant),
        Field::text("part/text").by(Role::Assistant),
        Field::metadata("logprobs/**"),
        Field::metadata("part/logprobs/**"),
    ],
};

pub(super) static SHAPE: Shape = Shape {
    format: Format::OpenaiResponses,
    recognise,
    groups: &[ITEMS, REST, EVENTS],
    repeats: &[
        "output/*/content/*/logprobs",
        "response/output/*/content/*/logprobs",
        "item/content/*/logprobs",
        "part/logprobs",
        "logprobs",
    ],
};

fn recognise(top: &Top<'_>) -> bool {
    let is_event = top.value("type").is_some_and(|name| name.starts_with(b"response."));
    if top.is_array() {
        return is_event;
    }
    let is_request = (top.has("model") || top.has("prompt") || top.has("instructions"))
        && match top.begin("input") {
            Begin::Text | Begin::Objects => true,
            Begin::Texts | Begin::Numbers | Begin::Other => false,
        };
    let continues = top.has_any(&["previous_response_id", "conversation"]) && top.has("input");
    is_event || top.is("object", "response") || is_request || continues
}
