//! MessagePack as JSON, and edits of that JSON back into it.
//!
//! LangGraph keeps its state so. Objects of Python are extensions whose bytes are MessagePack themselves: they are read as
//! `{"ext": code, "value": …}`.

use serde_json::Value;

/// Values within each other. More is nobody's state.
const DEPTH_MAX: usize = 128;

/// The JSON for a value. `None` if the bytes are not one map, array or extension from start to end, or a string of it is not UTF-8. Bytes
/// and extensions that are no MessagePack become `null`.
///
/// ```
/// use lockgate::payload::memory::msgpack;
/// assert_eq!(msgpack::to_json(b"\x81\xa1k\x92\xa1v\x01").as_deref(), Some(&br#"{"k":["v",1]}"#[..]));
/// assert_eq!(msgpack::to_json(b"text"), None);
/// ```
pub fn to_json(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader { bytes, at: 0 };
    let mut out = Vec::with_capacity(bytes.len() * 5 / 4);
    match reader.token()? {
        token @ (Token::Map(_) | Token::Array(_) | Token::Ext(..)) => {
            json(&mut reader, token, &mut out, DEPTH_MAX)?;
        }
        _ => return None,
    }
    reader.is_done().then_some(out)
}

/// The bytes with the strings of the JSON for them that were edited. `None` if it is not the JSON for these bytes any more.
pub fn edited(bytes: &[u8], json: &Value) -> Option<Vec<u8>> {
    let mut reader = Reader { bytes, at: 0 };
    let mut out = Vec::with_capacity(bytes.len());
    edit(&mut reader, json, &mut out, DEPTH_MAX)?;
    reader.is_done().then_some(out)
}

#[derive(Clone, Copy)]
enum Token<'b> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Str(&'b str),
    Bin,
    Array(usize),
    Map(usize),
    Ext(i8, &'b [u8]),
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn is_done(&self) -> bool {
        self.at == self.bytes.len()
    }

    fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let end = self.at.checked_add(len)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// A number of 1, 2, 4 or 8 bytes, the highest first.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn len(&mut self, bytes: usize) -> Option<usize> {
        usize::try_from(self.number(bytes)?).ok()
    }

    fn str(&mut self, len: usize) -> Option<Token<'b>> {
        Some(Token::Str(std::str::from_utf8(self.take(len)?).ok()?))
    }

    fn ext(&mut self, len: usize) -> Option<Token<'b>> {
        let code = i8::from_be_bytes([self.take(1)?[0]]);
        Some(Token::Ext(code, self.take(len)?))
    }

    fn signed(&mut self, bytes: usize) -> Option<Token<'b>> {
        let shift = 64 - 8 * bytes as u32;
        Some(Token::Signed((self.number(bytes)? << shift).cast_signed() >> shift))
    }

    fn token(&mut self) -> Option<Token<'b>> {
        let first = self.take(1)?[0];
        Some(match first {
            0x00..=0x7f => Token::Unsigned(u64::from(first)),
            0x80..=0x8f => Token::Map(usize::from(first & 0x0f)),
            0x90..=0x9f => Token::Array(usize::from(first & 0x0f)),
            0xa0..=0xbf => self.str(usize::from(first & 0x1f))?,
            0xc0 => Token::Nil,
            0xc1 => return None,
            0xc2 | 0xc3 => Token::Bool(first == 0xc3),
            0xc4..=0xc6 => {
                let len = self.len(1 << (first - 0xc4))?;
                self.take(len)?;
                Token::Bin
            }
            0xc7..=0xc9 => {
                let len = self.len(1 << (first - 0xc7))?;
                self.ext(len)?
            }
            0xca => Token::Float(f64::from(f32::from_bits(u32::try_from(self.number(4)?).ok()?))),
            0xcb => Token::Float(f64::from_bits(self.number(8)?)),
            0xcc..=0xcf => Token::Unsigned(self.number(1 << (first - 0xcc))?),
            0xd0..=0xd3 => self.signed(1 << (first - 0xd0))?,
            0xd4..=0xd8 => self.ext(1 << (first - 0xd4))?,
            0xd9..=0xdb => {
                let len = self.len(1 << (first - 0xd9))?;
                self.str(len)?
            }
            0xdc | 0xdd => Token::Array(self.len(2 << (first - 0xdc))?),
            0xde | 0xdf => Token::Map(self.len(2 << (first - 0xde))?),
            0xe0..=0xff => Token::Signed(i64::from(i8::from_be_bytes([first]))),
        })
    }
}

fn json(reader: &mut Reader<'_>, token: Token<'_>, out: &mut Vec<u8>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match token {
        Token::Nil | Token::Bin => out.extend_from_slice(b"null"),
        Token::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        Token::Unsigned(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Token::Signed(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Token::Float(value) if value.is_finite() => {
            out.extend_from_slice(format!("{value:?}").as_bytes());
        }
        Token::Float(_) => out.extend_from_slice(b"null"),
        Token::Str(text) => serde_json::to_writer(out, text).ok()?,
        Token::Array(len) => {
            out.push(b'[');
            for index in 0..len {
                if index > 0 {
                    out.push(b',');
                }
                let token = reader.token()?;
                json(reader, token, out, depth)?;
            }
            out.push(b']');
        }
        Token::Map(len) => {
            out.push(b'{');
            for index in 0..len {
                if index > 0 {
                    out.push(b',');
                }
                key(reader, out, depth)?;
                out.push(b':');
                let token = reader.token()?;
                json(reader, token, out, depth)?;
            }
            out.push(b'}');
        }
        Token::Ext(code, bytes) => match ext(bytes, depth) {
            Some(value) => {
                out.extend_from_slice(format!("{{\"ext\":{code},\"value\":").as_bytes());
                out.extend_from_slice(&value);
                out.push(b'}');
            }
            None => out.extend_from_slice(b"null"),
        },
    }
    Some(())
}

/// A name: what is no string becomes the string that shows it.
fn key(reader: &mut Reader<'_>, out: &mut Vec<u8>, depth: usize) -> Option<()> {
    match reader.token()? {
        Token::Str(text) => serde_json::to_writer(out, text).ok(),
        token => {
            let mut shown = Vec::new();
            json(reader, token, &mut shown, depth)?;
            serde_json::to_writer(out, &String::from_utf8(shown).ok()?).ok()
        }
    }
}

/// The JSON for the bytes of an extension, if they are a map, an array or an extension.
fn ext(bytes: &[u8], depth: usize) -> Option<Vec<u8>> {
    let mut reader = Reader { bytes, at: 0 };
    let token = reader.token()?;
    if !matches!(token, Token::Map(_) | Token::Array(_) | Token::Ext(..)) {
        return None;
    }
    let mut out = Vec::new();
    json(&mut reader, token, &mut out, depth)?;
    reader.is_done().then_some(out)
}

fn edit(reader: &mut Reader<'_>, after: &Value, out: &mut Vec<u8>, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let start = reader.at;
    let token = reader.token()?;
    match (token, after) {
        (Token::Str(before), Value::String(after)) if before != after => put_str(out, after),
        // A number that was edited is a string, and is one here too.
        (Token::Unsigned(_) | Token::Signed(_) | Token::Float(_), Value::String(after)) => {
            put_str(out, after)
        }
        (Token::Array(len), Value::Array(items)) if items.len() == len => {
            out.extend_from_slice(&reader.bytes[start..reader.at]);
            items.iter().try_for_each(|item| edit(reader, item, out, depth))
        }
        (Token::Map(len), Value::Object(members)) if members.len() == len => {
            out.extend_from_slice(&reader.bytes[start..reader.at]);
            members.values().try_for_each(|member| {
                let name = reader.at;
                key(reader, &mut Vec::new(), depth)?;
                out.extend_from_slice(&reader.bytes[name..reader.at]);
                edit(reader, member, out, depth)
            })
        }
        (Token::Ext(code, bytes), Value::Object(members)) => {
            let mut inner = Reader { bytes, at: 0 };
            let mut value = Vec::with_capacity(bytes.len());
            edit(&mut inner, members.get("value")?, &mut value, depth)?;
            if value == bytes {
                out.extend_from_slice(&reader.bytes[start..reader.at]);
                return Some(());
            }
            put_head(out, value.len(), [0xc7, 0xc8, 0xc9])?;
            out.extend_from_slice(&code.to_be_bytes());
            out.extend_from_slice(&value);
            Some(())
        }
        (Token::Array(_) | Token::Map(_), _) => None,
        _ => {
            out.extend_from_slice(&reader.bytes[start..reader.at]);
            Some(())
        }
    }
}

fn put_str(out: &mut Vec<u8>, text: &str) -> Option<()> {
    match u8::try_from(text.len()) {
        Ok(len) if len < 32 => out.push(0xa0 | len),
        _ => put_head(out, text.len(), [0xd9, 0xda, 0xdb])?,
    }
    out.extend_from_slice(text.as_bytes());
    Some(())
}

/// A length in 1, 2 or 4 bytes behind the byte that says which.
fn put_head(out: &mut Vec<u8>, len: usize, firsts: [u8; 3]) -> Option<()> {
    if let Ok(len) = u8::try_from(len) {
        out.extend_from_slice(&[firsts[0], len]);
    } else if let Ok(len) = u16::try_from(len) {
        out.push(firsts[1]);
        out.extend_from_slice(&len.to_be_bytes());
    } else {
        out.push(firsts[2]);
        out.extend_from_slice(&u32::try_from(len).ok()?.to_be_bytes());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expect: Option<&str>) {
        let json = to_json(bytes).map(|json| String::from_utf8(json).expect("JSON is UTF-8"));
        assert_eq!(json.as_deref(), expect, "{bytes:02x?}");
        if let Some(json) = json {
            let value = serde_json::from_str(&json).expect("it is JSON");
            assert_eq!(edited(bytes, &value).as_deref(), Some(bytes), "{json}");
        }
    }

    #[test]
    fn values_have_their_json() {
        check(b"\x80", Some("{}"));
        check(b"\x93\xc0\xc2\xc3", Some("[null,false,true]"));
        check(b"\x94\x7f\xe0\xcd\x01\x00\xd1\xff\x00", Some("[127,-32,256,-256]"));
        check(
            b"\x92\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xd3\x80\0\0\0\0\0\0\0",
            Some("[18446744073709551615,-9223372036854775808]"),
        );
        check(b"\x92\xca\x3f\x80\0\0\xcb\x7f\xf0\0\0\0\0\0\0", Some("[1.0,null]"));
        check(b"\x91\xd9\x02\"\n", Some(r#"["\"\n"]"#));
        check(b"\xde\0\x01\x01\xdc\0\x01\xc4\x01\xff", Some(r#"{"1":[null]}"#));
        check(b"\xc7\x04\x05\x81\xa1a\x02", Some(r#"{"ext":5,"value":{"a":2}}"#));
        check(b"\x91\xd6\xff\0\0\0\x01", Some("[null]"));
    }

    #[test]
    fn anything_else_is_none() {
        for bytes in [
            &b""[..],
            b"\x01",
            b"hello",
            b"\x81\xa1",
            b"\x91\xa1\xff",
            b"\x80\x80",
            b"\xc1",
            b"\xdd\xff\xff\xff\xff",
            b"\x91\xc1",
        ] {
            check(bytes, None);
        }
        let deep = [vec![0x91; DEPTH_MAX], vec![0x90]].concat();
        check(&deep, None);
        assert!(to_json(&deep[1..]).is_some());
    }

    #[test]
    fn edited_strings_get_their_lengths() {
        let edit = |bytes: &[u8], from: &str, to: &str| {
            let json =
                String::from_utf8(to_json(bytes).expect("it is MessagePack")).expect("UTF-8");
            let value = serde_json::from_str(&json.replace(from, to)).expect("it is JSON");
            edited(bytes, &value)
        };
        let long = "y".repeat(300);
        let message = b"\x82\xa1m\xc7\x0b\x05\x92\xa1t\xa7a@b.com\xa1n\x01";
        let expect = b"\x82\xa1m\xc7\x07\x05\x92\xa1t\xa3[x]\xa1n\x01";
        assert_eq!(edit(message, "a@b.com", "[x]").as_deref(), Some(&expect[..]));
        let grown = edit(message, "a@b.com", &long).expect("it is MessagePack");
        let json = String::from_utf8(to_json(&grown).expect("it still is")).expect("UTF-8");
        assert!(json.contains(&long) && json.ends_with(r#"},"n":1}"#), "{json}");
        assert_eq!(edited(b"\x82\xa1a\x01\xa1a\x02", &serde_json::json!({"a": 2})), None);
    }
}
