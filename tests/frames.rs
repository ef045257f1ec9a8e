//! Streams of events: what leaves is what arrived but for what was found, however it was cut and whatever else is in the stream.

#[path = "frames/reader.rs"]
mod reader;
