//! Gemini `streamGenerateContent`: every event is an answer of its own, with a piece of the text.

use super::{Delta, Shape, When};
use crate::base::Format;
use crate::payload::stream::Framing;
use crate::payload::stream::event::{End, Part, View};

const DELTAS: &[Delta] = &[
    Delta::new("candidates/*/content/parts/*/text", Part::Reasoning).when(When::Thought),
    Delta::new("candidates/*/content/parts/*/text", Part::Text),
];

pub(super) static SHAPE: Shape = Shape {
    format: Format::Gemini,
    framing: Framing::Sse,
    deltas: DELTAS,
    increments: &[],
    by_type: false,
    opaque_types: &[],
    wholes: &[],
    repeats: &["candidates/*/logprobsResult"],
    repeated: "null",
    signatures: &[
        "candidates/*/content/parts/*/thoughtSignature",
        "candidates/*/content/parts/*/thought_signature",
    ],
    fixed: &[
        "responseId",
        "modelVersion",
        "createTime",
        "candidates/*/finishReason",
        "candidates/*/content/role",
        "usageMetadata/trafficType",
    ],
    counts_depth: 3,
    ends,
    envelope: &["modelVersion", "responseId"],
    flush: |text| {
        let (envelope, index, value) = (text.envelope, text.channel.output, text.text);
        let thought = match text.channel.part {
            Part::Reasoning => r#","thought":true"#,
            _ => "",
        };
        let payload = format!(
            r#"{{{envelope}"candidates":[{{"content":{{"parts":[{{"text":"{value}"{thought}}}],"role":"model"}},"index":{index}}}]}}"#
        );
        (None, payload)
    },
    error: |problem| {
        let message = &problem.message;
        let payload = format!(
            r#"{{"error":{{"code":403,"message":"{message}","status":"PERMISSION_DENIED"}}}}"#
        );
        ("", payload)
    },
};

fn ends(view: &View<'_>, ends: &mut Vec<End>) {
    let finished = view.scopes.iter().filter_map(|scope| scope.finished());
    ends.extend(finished.map(|output| End { output: Some(output), ..End::ALL }));
}
