//! L7: labelled texts with planted values and look-alikes.

mod draft;
mod random;
mod values;
