//! OpenAI embeddings. Texts that were sent as numbers of tokens cannot be read.

use super::top::Begin;
use super::{Field, Group, Shape, Top};
use crate::base::{Format, Role};

const TEXTS: Group = Group {
    at: &[""],
    fields: &[
        Field::text("input").by(Role::User),
        Field::text("input/*").by(Role::User),
        Field::metadata("user"),
    ],
};

pub(super) static SHAPE: Shape =
    Shape { format: Format::OpenaiEmbeddings, recognise, groups: &[TEXTS], repeats: &[] };

fn recognise(top: &Top<'_>) -> bool {
    if top.is("object", "list") {
        return top.has_anywhere("embedding");
    }
    let named = || {
        let model = top.value("model").unwrap_or_default();
        model.windows("embed".len()).any(|part| part.eq_ignore_ascii_case(b"embed"))
    };
    match top.begin("input") {
        Begin::Texts | Begin::Numbers => top.has("model"),
        Begin::Text => top.has_any(&["encoding_format", "dimensions"]) || named(),
        Begin::Objects | Begin::Other => false,
    }
}
