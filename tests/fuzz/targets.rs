//! Fuzz targets: what must hold for any bytes. libFuzzer runs them through `fuzz/run.rs`, and `tests/fuzz.rs` runs the committed corpora.

mod lineage;
mod payload;
mod views;

/// A function that panics if something does not hold for the bytes.
pub(crate) type Target = fn(&[u8]);

/// All targets by name. Each one has a `[[bin]]` in `fuzz/Cargo.toml` and a folder in `fuzz/corpus`.
#[rustfmt::skip]
pub(crate) static TARGETS: &[(&str, Target)] = &[
    ("view_fold", views::fold),
    ("view_tags", views::tags),
    ("view_selectors", views::selectors),
    ("view_invisible_bits", views::invisible_bits),
    ("view_utf16", views::utf16),
    ("view_escape", views::escape),
    ("view_percent", views::percent),
    ("view_entity", views::entity),
    ("view_quoted", views::quoted),
    ("view_mime", views::mime),
    ("view_utf7", views::utf7),
    ("view_punycode", views::punycode),
    ("view_base64", views::base64),
    ("view_base32", views::base32),
    ("view_hex", views::hex),
    ("view_glue", views::glue),
    ("view_digits", views::digits),
    ("view_letters", views::letters),
    ("view_words", views::words),
    ("view_reversed", views::reversed),
    ("view_rot13", views::rot13),
    ("views", views::all),
    ("json", payload::json),
    ("snapshot", payload::snapshot),
    ("messagepack", payload::messagepack),
    ("media", payload::medium),
    ("links", payload::links),
    ("lineage_headers", lineage::headers),
    ("lineage_values", lineage::values),
    ("ledger", lineage::ledger),
];
