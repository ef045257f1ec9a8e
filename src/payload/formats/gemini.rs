//! Gemini `generateContent`: requests, answers and chunks of a stream. Parts with a thought signature stay as they are.

use super::{Field, Group, Shape, Top, When};
use crate::base::{Format, Role};

/// Contents of a request, and those of an answer. The API takes names in either spelling.
const CONTENTS: Group = Group {
    at: &["contents/@", "candidates/*/@content", "*/candidates/*/@content"],
    fields: &[
        Field::reasoning("parts/*/text").when(When::Thought),
        Field::text("parts/*/text"),
        Field::fixed("parts/*/functionCall/name"),
        Field::arguments("parts/*/functionCall/args/**"),
        Field::arguments("parts/*/function_call/args/**"),
        Field::arguments("parts/*/toolCall/**"),
        Field::arguments("parts/*/executableCode/code"),
        Field::fixed("parts/*/functionResponse/name"),
        Field::result("parts/*/functionResponse/response/**"),
        Field::result("parts/*/function_response/response/**"),
        Field::result("parts/*/toolResponse/**"),
        Field::result("parts/*/codeExecutionResult/output"),
        Field::opaque("parts/*/inlineData/data"),
        Field::opaque("parts/*/inline_data/data"),
        Field::metadata("parts/*/fileData/fileUri"),
    ],
};

const REST: Group = Group {
    at: &[""],
    fields: &[
        Field::text("systemInstruction/parts/*/text").by(Role::System),
        Field::text("system_instruction/parts/*/text").by(Role::System),
        Field::fixed("tools/*/functionDeclarations/*/name"),
        Field::metadata("tools/**"),
        Field::metadata("generationConfig/**"),
        Field::metadata("labels/**"),
        Field::text("candidates/*/groundingMetadata/**").by(Role::Assistant),
        Field::text("candidates/*/citationMetadata/**").by(Role::Assistant),
    ],
};

pub(super) static SHAPE: Shape =
    Shape { format: Format::Gemini, recognise, groups: &[CONTENTS, REST], repeats: &[] };

fn recognise(top: &Top<'_>) -> bool {
    top.has("candidates") || top.has("contents") && top.has_anywhere("parts")
}
