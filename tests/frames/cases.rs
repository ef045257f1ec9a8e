//! Streams as they are recorded, one API after the other, and what leaves of them.
