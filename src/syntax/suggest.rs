//! "Did you mean …?"

/// Names longer than this are not compared.
const NAME_BYTES_MAX: usize = 64;

/// The candidate nearest to `name`, if one is near enough to be a slip of the hand.
/// Of several equally near ones the first wins.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let name = fold(name);
    // One edit makes any two-letter name of any other.
    let allowed = if name.len() < 3 { 0 } else { name.len() / 3 };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= allowed)
        .map(|candidate| (distance(&name, &fold(candidate)), candidate))
        .filter(|&(distance, _)| distance <= allowed)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?` for the nearest candidate.
pub(crate) fn did_you_mean<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    nearest(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// Case, `_` and `-` are what people mix up most, so they cost nothing.
fn fold(name: &str) -> Vec<u8> {
    name.bytes().map(|byte| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() }).collect()
}

/// Edits (insert, delete, replace, swap neighbours) from one to the other.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut best = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expect) in [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "ba", 1),
            ("luhn", "lunh", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expect, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), expect, "{b} {a}");
        }
    }

    #[test]
    fn only_slips_are_suggested() {
        let names = ["pattern", "patterns", "label", "labels", "no_match", "L0"];
        for (name, expect) in [
            ("patern", Some("pattern")),
            ("patterms", Some("patterns")),
            ("lables", Some("labels")),
            ("no-match", Some("no_match")),
            ("LABEL", Some("label")),
            ("x", None),
            ("L9", None),
            ("severity", None),
        ] {
            assert_eq!(nearest(name, names), expect, "{name}");
        }
        assert_eq!(nearest(&"x".repeat(1_000_000), names), None);
    }
}
