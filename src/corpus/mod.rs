//! L7: labelled texts with planted values and look-alikes, made from templates that ship inside the program.
//!
//! Owns the words around values and the values themselves; knows nothing of rules. Values are built forwards from
//! published descriptions, never by asking a validator, so that both sides check each other.
//!
//! A [`Document`] depends on the seed, its index, the settings and the version, and on nothing else.
//!
//! ```
//! use lockgate::corpus::{Generator, Settings};
//!
//! let generator = Generator::new(&Settings { seed: 7, ..Settings::default() }).expect("labels are known");
//! let document = generator.document(0);
//! assert_eq!(document, generator.document(0));
//! for span in &document.spans {
//!     assert!(document.text.get(span.start..span.end).is_some());
//! }
//! ```

mod data;
mod draft;
mod generate;
mod kind;
mod random;
mod render;
mod template;
mod values;

pub use draft::{NearMiss, PlantedSpan};
pub use generate::{Document, Generator, Settings, UnknownLabel};
pub use kind::Kind;
