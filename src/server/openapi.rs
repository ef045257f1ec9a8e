//! The OpenAPI description, from the handlers and the wire types.

use super::{catalog, inspect, lineage, memory, sessions, socket, status, stream};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lockgate",
        description = "Inspects prompts, tool calls, memory and model outputs for secrets and personal data, and redacts them exactly. Every error is a problem with a stable code; only what is no HTTP request, or has a head beyond the limits of the HTTP layer (414, 431), is refused without a body."
    ),
    paths(
        inspect::one,
        inspect::batch,
        memory::inspect,
        stream::stream,
        socket::stream,
        catalog::rules,
        catalog::rule,
        catalog::labels,
        catalog::packs,
        lineage::artifact,
        lineage::closure,
        lineage::token,
        lineage::values,
        lineage::session,
        lineage::actor,
        lineage::why,
        sessions::erase,
        status::healthz,
        status::readyz,
        status::metrics,
        status::openapi
    ),
    tags(
        (name = "inspect", description = "From content to verdict."),
        (name = "rules", description = "What is looked for."),
        (name = "lineage", description = "Where values come from and where they go. Off unless `lineage.queries` is on."),
        (name = "status", description = "The service about itself.")
    )
)]
struct Document;

/// The description as JSON, as committed in `docs/api/openapi.json`.
pub fn json() -> String {
    let mut json = Document::openapi()
        .to_pretty_json()
        .expect("a document of strings, numbers and lists is JSON");
    json.push('\n');
    json
}
