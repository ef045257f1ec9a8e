//! Bedrock Converse: requests and answers. The model is in the URL, and blocks have no `type` but a member of its name.

use super::{Field, Group, Shape, Top};
use crate::base::{Format, Role};

const MESSAGES: Group = Group {
    at: &["messages/@", "output/@message", "@"],
    fields: &[
        Field::text("content/*/text"),
        Field::text("content/*/guardContent/text/text"),
        Field::text("content/*/citationsContent/**"),
        Field::text("content/*/searchResult/**"),
        Field::fixed("content/*/toolUse/name"),
        Field::fixed("content/*/toolUse/toolUseId"),
        Field::arguments("content/*/toolUse/input/**"),
        Field::fixed("content/*/toolResult/toolUseId"),
        Field::fixed("content/*/toolResult/status"),
        Field::opaque("content/*/toolResult/content/*/image/source/bytes"),
        Field::opaque("content/*/toolResult/content/*/document/source/bytes"),
        Field::result("content/*/toolResult/content/**"),
        Field::reasoning("content/*/reasoningContent/reasoningText/text"),
        Field::opaque("content/*/reasoningContent/redactedContent"),
        Field::text("content/*/document/name"),
        Field::text("content/*/document/context"),
        Field::text("content/*/document/source/text"),
        Field::text("content/*/document/source/content/**"),
        Field::opaque("content/*/document/source/bytes"),
        Field::opaque("content/*/image/source/bytes"),
        Field::opaque("content/*/video/source/bytes"),
        Field::opaque("content/*/audio/source/bytes"),
    ],
};

const REST: Group = Group {
    at: &[""],
    fields: &[
        Field::text("system/*/text").by(Role::System),
        Field::text("system/*/guardContent/text/text").by(Role::System),
        Field::text("promptVariables/**").by(Role::User),
        Field::fixed("toolConfig/tools/*/toolSpec/name"),
        Field::metadata("toolConfig/**"),
        Field::metadata("requestMetadata/**"),
        Field::metadata("additionalModelRequestFields/**"),
    ],
};

pub(super) static SHAPE: Shape =
    Shape { format: Format::BedrockConverse, recognise, groups: &[MESSAGES, REST], repeats: &[] };

fn recognise(top: &Top<'_>) -> bool {
    const OWN: [&str; 6] = [
        "inferenceConfig",
        "toolConfig",
        "guardrailConfig",
        "additionalModelRequestFields",
        "promptVariables",
        "requestMetadata",
    ];
    const BLOCKS: [&str; 3] = ["toolUse", "toolResult", "reasoningContent"];
    if top.is_array() {
        return top.has("role") && BLOCKS.iter().any(|block| top.has_anywhere(block));
    }
    let bare = || !top.has("model") && top.has_anywhere("text") && !top.has_anywhere("type");
    let is_request = top.has("messages") && (top.has_any(&OWN) || bare());
    is_request || top.has("output") && top.has("stopReason")
}
