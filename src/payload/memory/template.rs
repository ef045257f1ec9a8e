//! How a new shape of snapshots begins.
//!
//! 1. Put a file into `shapes/`, with a table:
//!
//! ```text
//! //! Acme agents: `acme export`.
//!
//! pub(super) static SHAPE: Shape = Shape {
//!     name: "acme.export",
//!     recognise: |top| top.has_all(&["acme_version", "notes/0/body"]),   // names of the first levels
//!     parts: &[Part {
//!         id: &["note_id"],                      // paths within the record, the best first
//!         since: &["written", "@0/exported"],    // `@0` begins at the document
//!         source: &["tools/*/name"],             // `*` is any element or member
//!         ..Part::new("notes/[]", "note")        // `[]` is any element, `{}` any member
//!     }],
//!     line: None,                                // what a line is, if such files have a record in each
//! };
//! ```
//!
//! 2. Add it to the list in `shapes/mod.rs`, before shapes that would take its documents for theirs.
//! 3. Add a sample to `tests/memory/`, with what must be found in it and where.
//!
//! What no part names belongs to the rest, which is inspected as well: it costs nothing but speed, since the rest has to be inspected again
//! whenever anything in it changes.
