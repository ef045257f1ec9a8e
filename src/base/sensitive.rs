//! A wrapper for text that must not be printed.

use std::fmt;

/// Holds a value whose `Debug` and `Display` forms show its length only.
///
/// ```
/// use lockgate::base::Sensitive;
/// let card = Sensitive("4111111111111111");
/// assert_eq!(format!("{card:?} {card}"), "[16 bytes] [16 bytes]");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sensitive<T>(pub T);

impl<T: AsRef<[u8]>> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.as_ref().len())
    }
}

impl<T: AsRef<[u8]>> fmt::Display for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
