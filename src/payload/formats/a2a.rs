//! Agent2Agent: messages, tasks and artifacts, in JSON-RPC or by themselves.

use super::{Field, Group, Shape, Top};
use crate::base::{Format, Role};

const MESSAGES: Group = Group {
    at: &[
        "params/@message",
        "@message",
        "@result",
        "result/@message",
        "result/history/@",
        "result/status/@message",
        "result/task/history/@",
        "result/task/status/@message",
        "history/@",
        "status/@message",
        "",
    ],
    fields: PARTS,
};

const ARTIFACTS: Group = Group {
    at: &["result/artifacts/*", "result/@artifact", "result/task/artifacts/*", "artifacts/*"],
    fields: PARTS,
};

const PARTS: &[Field] = &[
    Field::text("parts/*/text").by(Role::Assistant),
    Field::opaque("parts/*/file/bytes"),
    Field::opaque("parts/*/raw"),
    Field::text("parts/*/file/name"),
    Field::text("parts/*/data/**").by(Role::Assistant),
    Field::metadata("parts/*/metadata/**"),
    Field::metadata("metadata/**"),
    Field::text("name"),
    Field::text("description"),
];

pub(super) static SHAPE: Shape =
    Shape { format: Format::A2a, recognise, groups: &[MESSAGES, ARTIFACTS], repeats: &[] };

fn recognise(top: &Top<'_>) -> bool {
    const METHODS: [&[u8]; 5] = [
        b"message/",
        b"tasks/resubscribe",
        b"tasks/pushNotificationConfig",
        b"SendMessage",
        b"SendStreamingMessage",
    ];
    if top.has("jsonrpc") {
        let method = top.value("method").unwrap_or_default();
        let is_call = METHODS.iter().any(|name| method.starts_with(name));
        let holds = |name: &str| top.has_anywhere(name);
        let is_task = top.has("result")
            && (holds("parts")
                && (holds("messageId") || holds("contextId") || holds("artifactId")));
        return is_call || is_task;
    }
    top.has("parts") && top.has("messageId") || top.has("artifacts") && top.has("contextId")
}
