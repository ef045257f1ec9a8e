//! Bedrock `ConverseStream`: blocks that start, grow and stop, with the names of events in their headers.

use super::{Delta, Shape};
use crate::base::Format;
use crate::payload::stream::Framing;
use crate::payload::stream::event::{End, Part, View};

const DELTAS: &[Delta] = &[
    Delta::new("delta/text", Part::Text),
    Delta::new("delta/reasoningContent/text", Part::Reasoning),
    Delta::new("delta/toolUse/input", Part::Arguments),
];

pub(super) static SHAPE: Shape = Shape {
    format: Format::BedrockConverse,
    framing: Framing::Messages,
    deltas: DELTAS,
    increments: &[],
    by_type: false,
    opaque_types: &[],
    wholes: &[],
    repeats: &[],
    repeated: "null",
    signatures: &["delta/reasoningContent/signature"],
    fixed: &[
        "p",
        "role",
        "stopReason",
        "start/toolUse/toolUseId",
        "delta/reasoningContent/redactedContent",
    ],
    counts_depth: 2,
    ends,
    envelope: &[],
    flush: |text| {
        let (index, value) = (text.channel.output, text.text);
        let delta = match text.channel.part {
            Part::Reasoning => format!(r#""reasoningContent":{{"text":"{value}"}}"#),
            Part::Arguments => format!(r#""toolUse":{{"input":"{value}"}}"#),
            Part::Text | Part::Refusal => format!(r#""text":"{value}""#),
        };
        let payload = format!(r#"{{"contentBlockIndex":{index},"delta":{{{delta}}}}}"#);
        (Some("contentBlockDelta".to_owned()), payload)
    },
    error: |problem| {
        let message = &problem.message;
        ("validationException", format!(r#"{{"message":"{message}"}}"#))
    },
};

fn ends(view: &View<'_>, ends: &mut Vec<End>) {
    match view.name {
        Some(b"contentBlockStop") => ends.push(End { output: view.top().output, ..End::ALL }),
        Some(b"contentBlockDelta" | b"contentBlockStart" | b"messageStart") => {}
        // The end of the message, figures, or an exception.
        _ => ends.push(End::ALL),
    }
}
