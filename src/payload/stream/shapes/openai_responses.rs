//! OpenAI responses: events with types, of which those that end something say its text once more.

use super::{Delta, Shape, When};
use crate::base::Format;
use crate::payload::stream::Framing;
use crate::payload::stream::event::{End, Part, View, hash};

const DELTAS: &[Delta] = &[Delta::new("delta", Part::Text).when(When::Type(".delta"))];

pub(super) static SHAPE: Shape = Shape {
    format: Format::OpenaiResponses,
    framing: Framing::Sse,
    deltas: DELTAS,
    increments: &[],
    by_type: true,
    opaque_types: &["response.audio", "response.output_audio"],
    wholes: &[
        "text",
        "refusal",
        "arguments",
        "input",
        "code",
        "transcript",
        "part/text",
        "part/refusal",
        "part/transcript",
        "item/content/*/text",
        "item/content/*/refusal",
        "item/content/*/transcript",
        "item/summary/*/text",
        "item/arguments",
        "item/input",
        "item/code",
        "response/output/*/content/*/text",
        "response/output/*/content/*/refusal",
        "response/output/*/content/*/transcript",
        "response/output/*/summary/*/text",
        "response/output/*/arguments",
        "response/output/*/input",
        "response/output/*/code",
    ],
    repeats: &[
        "logprobs",
        "part/logprobs",
        "item/content/*/logprobs",
        "response/output/*/content/*/logprobs",
    ],
    repeated: "[]",
    signatures: &[],
    fixed: &[
        "type",
        "item_id",
        "obfuscation",
        "part/type",
        "item/id",
        "item/type",
        "item/role",
        "item/status",
        "item/call_id",
        "item/encrypted_content",
        "item/content/*/type",
        "item/summary/*/type",
        "response/id",
        "response/object",
        "response/status",
        "response/model",
        "response/previous_response_id",
        "response/output/*/id",
        "response/output/*/type",
        "response/output/*/role",
        "response/output/*/status",
        "response/output/*/call_id",
        "response/output/*/encrypted_content",
        "response/output/*/content/*/type",
        "response/output/*/summary/*/type",
    ],
    counts_depth: 2,
    ends,
    envelope: &["type", "item_id", "output_index", "content_index", "summary_index"],
    flush: |text| {
        let (envelope, value, sequence) = (text.envelope, text.text, text.sequence);
        let kind = envelope.split('"').nth(3).unwrap_or_default();
        // The text of an answer has probabilities, and clients expect the member.
        let repeats = if kind == "response.output_text.delta" { r#""logprobs":[],"# } else { "" };
        let payload =
            format!(r#"{{{envelope}"delta":"{value}",{repeats}"sequence_number":{sequence}}}"#);
        (Some(kind.to_owned()), payload)
    },
    error: |problem| {
        let (code, message, sequence) = (problem.code, &problem.message, problem.sequence);
        let payload = format!(
            r#"{{"type":"error","code":"{code}","message":"{message}","param":null,"sequence_number":{sequence}}}"#
        );
        ("error", payload)
    },
};

fn ends(view: &View<'_>, ends: &mut Vec<End>) {
    let top = view.top();
    let end = End { output: top.output, block: top.block, field: None };
    match view.kind() {
        b"response.completed" | b"response.incomplete" | b"response.failed" | b"error" => {
            ends.push(End::ALL);
        }
        b"response.output_item.done" => ends.push(End { block: None, ..end }),
        b"response.content_part.done" | b"response.reasoning_summary_part.done" => ends.push(end),
        kind => {
            if let Some(kind) = kind.strip_suffix(b".done") {
                ends.push(End { field: Some(hash(kind)), ..end });
            }
        }
    }
}
