//! OpenAI completions, the older API.

use super::{Field, Group, Shape, Top};
use crate::base::{Format, Role};

const TEXTS: Group = Group {
    at: &[""],
    fields: &[
        Field::text("prompt").by(Role::User),
        Field::text("prompt/*").by(Role::User),
        Field::text("suffix").by(Role::User),
        Field::text("choices/*/text").by(Role::Assistant),
        Field::metadata("choices/*/logprobs/**"),
        Field::metadata("user"),
        Field::metadata("metadata/**"),
    ],
};

pub(super) static SHAPE: Shape = Shape {
    format: Format::OpenaiCompletions,
    recognise,
    groups: &[TEXTS],
    repeats: &["choices/*/logprobs"],
};

fn recognise(top: &Top<'_>) -> bool {
    let is_request = top.has("prompt") && top.has("model");
    let is_answer =
        top.has("choices") && !top.has_anywhere("message") && !top.has_anywhere("delta");
    top.is("object", "text_completion") || is_request || is_answer && top.has_anywhere("text")
}
