//! Model Context Protocol, and other JSON-RPC: requests, notifications, results and errors.

use super::{Field, Group, Shape};
use crate::base::{Format, Role};

const PARAMS: Group = Group {
    at: &["params", "*/params"],
    fields: &[
        Field::arguments("arguments/**"),
        Field::fixed("name"),
        Field::text("messages/@/content/text"),
        Field::text("messages/@/content/*/text"),
        Field::opaque("messages/@/content/data"),
        Field::opaque("messages/@/content/*/data"),
        Field::text("systemPrompt").by(Role::System),
        Field::text("message"),
        Field::result("data/**"),
        Field::metadata("_meta/**"),
        Field::metadata("**"),
    ],
};

const RESULTS: Group = Group {
    at: &["@result", "*/@result"],
    fields: &[
        Field::text("messages/@/content/text"),
        Field::text("messages/@/content/*/text"),
        Field::opaque("messages/@/content/data"),
        Field::text("content/text").by(Role::Assistant),
        Field::opaque("content/data"),
        Field::opaque("content/*/data"),
        Field::opaque("content/*/resource/blob"),
        Field::metadata("content/*/_meta/**"),
        Field::fixed("content/*/type"),
        Field::result("content/*/**"),
        Field::result("structuredContent/**"),
        Field::opaque("contents/*/blob"),
        Field::result("contents/*/text"),
        Field::metadata("contents/**"),
        Field::fixed("tools/*/name"),
        Field::metadata("tools/**"),
        Field::metadata("prompts/**"),
        Field::metadata("resources/**"),
        Field::metadata("resourceTemplates/**"),
        Field::text("instructions").by(Role::System),
        Field::text("description"),
        Field::metadata("_meta/**"),
    ],
};

const ERRORS: Group = Group {
    at: &["error", "*/error"],
    fields: &[Field::result("message"), Field::result("data/**")],
};

pub(super) static REQUEST: Shape = Shape {
    format: Format::McpRequest,
    recognise: |top| top.has("jsonrpc") && top.has("method"),
    groups: &[PARAMS],
    repeats: &[],
};

pub(super) static RESULT: Shape = Shape {
    format: Format::McpResult,
    recognise: |top| top.has("jsonrpc") && top.has_any(&["result", "error"]),
    groups: &[RESULTS, ERRORS],
    repeats: &[],
};
