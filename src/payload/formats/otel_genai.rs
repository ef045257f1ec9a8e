//! OpenTelemetry spans with the attributes of generative AI: as OTLP in JSON, or flat.
//!
//! Messages stand in strings, as documents of their own.

use super::{Field, Group, Shape, Top, When};
use crate::base::{Format, Role};

/// Messages in the string of an attribute: `value/stringValue`, or the value itself where attributes are members.
const MESSAGES: &[Field] = &[
    Field::text("#/@/parts/*/content/**"),
    Field::arguments("#/@/parts/*/arguments/**"),
    Field::result("#/@/parts/*/response/**"),
    Field::result("#/@/parts/*/result/**"),
    Field::text("#/@/content/**"),
    Field::arguments("#/@/tool_calls/**"),
];

macro_rules! attributes {
    ($($value:literal),*) => {
        &[$(
            concat!("resourceSpans/*/scopeSpans/*/spans/*/attributes/*/value", $value),
            concat!("resourceSpans/*/scopeSpans/*/spans/*/events/*/attributes/*/value", $value),
            concat!("resourceLogs/*/scopeLogs/*/logRecords/*/attributes/*/value", $value),
            concat!("scopeSpans/*/spans/*/attributes/*/value", $value),
            concat!("spans/*/attributes/*/value", $value),
            concat!("attributes/*/value", $value),
        )*]
    };
}

const IN_VALUES: Group = Group { at: attributes!["/stringValue"], fields: MESSAGES };

const IN_MEMBERS: Group = Group {
    at: &[
        "attributes/gen_ai.input.messages",
        "attributes/gen_ai.output.messages",
        "attributes/gen_ai.prompt",
        "attributes/gen_ai.completion",
    ],
    fields: MESSAGES,
};

const VALUES: Group = Group {
    at: attributes!["/stringValue"],
    fields: &[
        Field::text("**").by(Role::System).when(When::Named("gen_ai.system_instructions")),
        Field::text("**").when(When::Named("gen_ai.input.messages")),
        Field::text("**").when(When::Named("gen_ai.output.messages")),
        Field::text("**").by(Role::User).when(When::Named("gen_ai.prompt")),
        Field::text("**").by(Role::Assistant).when(When::Named("gen_ai.completion")),
        Field::arguments("**").when(When::Named("gen_ai.tool.call.arguments")),
        Field::result("**").when(When::Named("gen_ai.tool.call.result")),
        Field::metadata("**"),
    ],
};

const MEMBERS: Group = Group {
    at: &["attributes"],
    fields: &[
        Field::text("gen_ai.system_instructions/**").by(Role::System),
        Field::text("gen_ai.input.messages/**"),
        Field::text("gen_ai.output.messages/**"),
        Field::text("gen_ai.prompt/**").by(Role::User),
        Field::text("gen_ai.completion/**").by(Role::Assistant),
        Field::arguments("gen_ai.tool.call.arguments/**"),
        Field::result("gen_ai.tool.call.result/**"),
        Field::metadata("**"),
    ],
};

pub(super) static SHAPE: Shape = Shape {
    format: Format::OtelGenai,
    recognise,
    groups: &[IN_VALUES, IN_MEMBERS, VALUES, MEMBERS],
    repeats: &[],
};

fn recognise(top: &Top<'_>) -> bool {
    const OWN: [&str; 4] = ["resourceSpans", "resourceLogs", "scopeSpans", "spans"];
    const FLAT: [&str; 4] = ["spanId", "span_id", "traceId", "trace_id"];
    top.has_any(&OWN) && top.has_value_prefix("gen_ai.")
        || top.has("attributes") && top.has_any(&FLAT) && top.has_prefix("gen_ai.")
}
