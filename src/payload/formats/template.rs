//! How a new format begins.
//!
//! 1. Give it a name in [`Format`](crate::base::Format), and a file here with a table:
//!
//! ```text
//! //! Acme chat: requests and answers.
//!
//! const MESSAGES: Group = Group {
//!     at: &["turns/@", "answer/@turn"],         // `@` marks the objects whose `role` says whose words they are
//!     fields: &[
//!         Field::text("words"),                  // a string, and the document that may stand in it
//!         Field::arguments("call/args/**"),      // everything below
//!         Field::fixed("call/tool"),             // never edited: a finding there blocks
//!         Field::opaque("picture"),              // encoded bytes
//!         Field::reasoning("notes").when(When::Type("thinking")),
//!     ],
//! };
//!
//! pub(super) static SHAPE: Shape = Shape {
//!     format: Format::AcmeChat,
//!     recognise: |top| top.has("turns") && top.has("acme_version"),
//!     groups: &[MESSAGES],
//!     repeats: &["answer/token_scores"],         // becomes `null` when something beside it is edited
//! };
//! ```
//!
//! 2. Add it to the list in `formats.rs`, before formats that would take its documents for theirs. The first field whose path leads to a
//!    string says what it is, so special paths stand before general ones.
//! 3. Add a request and an answer to `tests/formats/`, with what must be found in them and where.
//!
//! What no table names is scanned all the same; it has no kind, and can be edited unless it is called like an id.
