//! The grammar of JSON numbers.

/// Why a number is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadNumber {
    /// The text ends where a digit must follow.
    Truncated,
    /// Not a number of JSON; the offset is that of the first wrong byte.
    Syntax(usize),
}

/// Length of the number at the start of `bytes`: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
///
/// Its size is not limited: nothing is computed with it.
pub(super) fn number_len(bytes: &[u8]) -> Result<usize, BadNumber> {
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let integer = digits(bytes, at)?;
    if bytes[at] == b'0' && integer > at + 1 {
        return Err(BadNumber::Syntax(at + 1));
    }
    at = integer;
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at = digits(bytes, at)?;
    }
    Ok(at)
}

/// The end of the run of digits at `start`, which must hold at least one.
fn digits(bytes: &[u8], start: usize) -> Result<usize, BadNumber> {
    let len = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    match (len, bytes.get(start)) {
        (0, None) => Err(BadNumber::Truncated),
        (0, Some(_)) => Err(BadNumber::Syntax(start)),
        _ => Ok(start + len),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |text: &str, expect| assert_eq!(number_len(text.as_bytes()), expect, "{text}");
        for whole in ["0", "-0", "7", "10", "-12.50", "0.0", "1e5", "1E+5", "0e-0", "1.5e007"] {
            check(whole, Ok(whole.len()));
            check(&format!("{whole},"), Ok(whole.len()));
        }
        check("1-2", Ok(1));
        check("-", Err(BadNumber::Truncated));
        check("1.", Err(BadNumber::Truncated));
        check("1e", Err(BadNumber::Truncated));
        check("1e+", Err(BadNumber::Truncated));
        check("-x", Err(BadNumber::Syntax(1)));
        check("01", Err(BadNumber::Syntax(1)));
        check("-00", Err(BadNumber::Syntax(2)));
        check("1.,", Err(BadNumber::Syntax(2)));
        check("1.e5", Err(BadNumber::Syntax(2)));
        check("1ex", Err(BadNumber::Syntax(2)));
        check("1e--5", Err(BadNumber::Syntax(3)));
        check("--1", Err(BadNumber::Syntax(1)));
    }
}
