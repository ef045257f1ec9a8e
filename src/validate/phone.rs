//! Telephone numbers: international, North American, and national forms with plausible grouping.

/// Longest text that is read as a number, in bytes.
const PHONE_BYTES_MAX: usize = 40;

/// Longest international number without its `+`, in digits (E.164).
const PHONE_DIGITS_MAX: usize = 15;

/// Most groups that a number is written in.
const GROUPS_MAX: usize = 7;

/// Country calling codes with the shortest and longest national number, in digits; sorted.
const PLANS: &[(u32, usize, usize)] = &[
    (7, 10, 10),
    (20, 8, 10),
    (27, 9, 9),
    (30, 10, 10),
    (31, 9, 9),
    (32, 8, 9),
    (33, 9, 9),
    (34, 9, 9),
    (36, 8, 9),
    (39, 6, 11),
    (40, 9, 9),
    (41, 9, 9),
    (43, 6, 13),
    (44, 9, 10),
    (45, 8, 8),
    (46, 7, 10),
    (47, 8, 8),
    (48, 9, 9),
    (49, 6, 12),
    (51, 8, 9),
    (52, 10, 10),
    (53, 8, 8),
    (54, 10, 11),
    (55, 10, 11),
    (56, 9, 9),
    (57, 10, 10),
    (58, 10, 10),
    (60, 8, 10),
    (61, 9, 9),
    (62, 8, 12),
    (63, 8, 10),
    (64, 8, 10),
    (65, 8, 8),
    (66, 8, 9),
    (81, 9, 10),
    (82, 8, 10),
    (84, 9, 10),
    (86, 10, 11),
    (90, 10, 10),
    (91, 10, 10),
    (92, 9, 10),
    (93, 9, 9),
    (94, 9, 9),
    (95, 7, 10),
    (98, 10, 10),
    (211, 9, 9),
    (212, 9, 9),
    (213, 8, 9),
    (216, 8, 8),
    (218, 8, 9),
    (220, 7, 7),
    (221, 9, 9),
    (222, 8, 8),
    (223, 8, 8),
    (224, 8, 9),
    (225, 10, 10),
    (226, 8, 8),
    (227, 8, 8),
    (228, 8, 8),
    (229, 8, 10),
    (230, 7, 8),
    (231, 7, 9),
    (232, 8, 8),
    (233, 9, 9),
    (234, 8, 10),
    (235, 8, 8),
    (236, 8, 8),
    (237, 9, 9),
    (238, 7, 7),
    (239, 7, 7),
    (240, 9, 9),
    (241, 7, 8),
    (242, 9, 9),
    (243, 9, 9),
    (244, 9, 9),
    (245, 7, 9),
    (246, 7, 7),
    (247, 4, 5),
    (248, 7, 7),
    (249, 9, 9),
    (250, 9, 9),
    (251, 9, 9),
    (252, 7, 9),
    (253, 8, 8),
    (254, 9, 9),
    (255, 9, 9),
    (256, 9, 9),
    (257, 8, 8),
    (258, 8, 9),
    (260, 9, 9),
    (261, 9, 9),
    (262, 9, 9),
    (263, 8, 10),
    (264, 8, 9),
    (265, 7, 9),
    (266, 8, 8),
    (267, 7, 8),
    (268, 8, 8),
    (269, 7, 7),
    (290, 4, 5),
    (291, 7, 7),
    (297, 7, 7),
    (298, 6, 6),
    (299, 6, 6),
    (350, 8, 8),
    (351, 9, 9),
    (352, 6, 11),
    (353, 7, 9),
    (354, 7, 9),
    (355, 8, 9),
    (356, 8, 8),
    (357, 8, 8),
    (358, 6, 11),
    (359, 8, 9),
    (370, 8, 8),
    (371, 8, 8),
    (372, 7, 8),
    (373, 8, 8),
    (374, 8, 8),
    (375, 9, 9),
    (376, 6, 9),
    (377, 8, 9),
    (378, 6, 10),
    (380, 9, 9),
    (381, 8, 10),
    (382, 8, 8),
    (383, 8, 9),
    (385, 8, 9),
    (386, 8, 8),
    (387, 8, 9),
    (389, 8, 8),
    (420, 9, 9),
    (421, 9, 9),
    (423, 7, 9),
    (500, 5, 5),
    (501, 7, 7),
    (502, 8, 8),
    (503, 8, 8),
    (504, 8, 8),
    (505, 8, 8),
    (506, 8, 8),
    (507, 7, 8),
    (508, 6, 6),
    (509, 8, 8),
    (590, 9, 9),
    (591, 8, 8),
    (592, 7, 7),
    (593, 8, 9),
    (594, 9, 9),
    (595, 8, 9),
    (596, 9, 9),
    (597, 6, 7),
    (598, 8, 8),
    (599, 7, 8),
    (670, 7, 8),
    (672, 6, 6),
    (673, 7, 7),
    (674, 7, 7),
    (675, 7, 8),
    (676, 5, 7),
    (677, 5, 7),
    (678, 5, 7),
    (679, 7, 7),
    (680, 7, 7),
    (681, 6, 6),
    (682, 5, 5),
    (683, 4, 7),
    (685, 5, 7),
    (686, 5, 8),
    (687, 6, 6),
    (688, 5, 6),
    (689, 6, 8),
    (690, 4, 7),
    (691, 7, 7),
    (692, 7, 7),
    (850, 8, 10),
    (852, 8, 8),
    (853, 8, 8),
    (855, 8, 9),
    (856, 8, 10),
    (870, 9, 9),
    (880, 8, 10),
    (881, 8, 9),
    (882, 7, 12),
    (883, 7, 12),
    (886, 8, 9),
    (960, 7, 7),
    (961, 7, 8),
    (962, 8, 9),
    (963, 8, 9),
    (964, 8, 10),
    (965, 8, 8),
    (966, 8, 9),
    (967, 7, 9),
    (968, 8, 8),
    (970, 8, 9),
    (971, 8, 9),
    (972, 8, 9),
    (973, 8, 8),
    (974, 8, 8),
    (975, 8, 8),
    (976, 8, 8),
    (977, 8, 10),
    (992, 9, 9),
    (993, 8, 8),
    (994, 9, 9),
    (995, 9, 9),
    (996, 9, 9),
    (998, 9, 9),
];

/// A number as it was written.
struct Written {
    digits: [u8; PHONE_DIGITS_MAX],
    len: usize,
    /// Lengths of the digit groups; unused places are zero.
    groups: [usize; GROUPS_MAX],
    group_count: usize,
    international: bool,
    brackets: bool,
    dots: bool,
    slashes: bool,
}

/// A telephone number that some country's plan could have issued, written the way numbers are written.
pub(super) fn phone(value: &[u8]) -> bool {
    let Some(written) = read(without_extension(value.trim_ascii())) else { return false };
    let digits = written.digits.get(..written.len).unwrap_or_default();
    let groups = written.groups.get(..written.group_count).unwrap_or_default();
    if super::digits::is_repeated(digits.get(1..).unwrap_or_default()) {
        return false;
    }
    if written.international {
        return is_international(digits);
    }
    if let [0, 0, rest @ ..] = digits {
        return is_international(rest);
    }
    if is_count(digits, groups) || is_other_number(&written, groups, digits) {
        return false;
    }
    is_north_american(digits, groups) || is_trunk(digits, groups) || is_grouped(digits, groups)
}

/// The number without `x123`, `ext. 123`, `#123`.
fn without_extension(value: &[u8]) -> &[u8] {
    const EXTENSION_DIGITS_MAX: usize = 6;
    let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let head = value.get(..value.len() - digits).unwrap_or_default().trim_ascii_end();
    let head = head.strip_suffix(b".").unwrap_or(head);
    for marker in [&b"extension"[..], b"ext", b"x", b"#"] {
        let Some((number, tail)) =
            head.len().checked_sub(marker.len()).and_then(|at| head.split_at_checked(at))
        else {
            continue;
        };
        if tail.eq_ignore_ascii_case(marker) && (1..=EXTENSION_DIGITS_MAX).contains(&digits) {
            let number = number.trim_ascii_end();
            return number.strip_suffix(b",").unwrap_or(number);
        }
    }
    value
}

/// Digits and groups of a text that holds nothing but digits, separators, brackets and one leading plus.
fn read(value: &[u8]) -> Option<Written> {
    if value.len() > PHONE_BYTES_MAX {
        return None;
    }
    let mut written = Written {
        digits: [0; PHONE_DIGITS_MAX],
        len: 0,
        groups: [0; GROUPS_MAX],
        group_count: 0,
        international: value.starts_with(b"+") || value.starts_with(b"(+"),
        brackets: false,
        dots: false,
        slashes: false,
    };
    // The trunk zero of `+44 (0)20` is not dialled from abroad.
    let trunk = if written.international { memchr::memmem::find(value, b"(0)") } else { None };
    let mut in_group = false;
    let mut open = false;
    for (place, &byte) in value.iter().enumerate() {
        match byte {
            b'0' if trunk.is_some_and(|start| place == start + 1) => continue,
            b'0'..=b'9' => {
                *written.digits.get_mut(written.len)? = byte - b'0';
                written.len += 1;
                if !in_group {
                    written.group_count += 1;
                }
                *written.groups.get_mut(written.group_count.checked_sub(1)?)? += 1;
            }
            b'+' if place == 0 || place == 1 && written.international => {}
            b'(' if !open => (open, written.brackets) = (true, true),
            b')' if open => open = false,
            b' ' | b'-' => {}
            b'.' => written.dots = true,
            b'/' => written.slashes = true,
            _ => return None,
        }
        in_group = byte.is_ascii_digit();
    }
    (!open && value.last().is_some_and(u8::is_ascii_digit)).then_some(written)
}

/// Digits without groups that only count up or down.
fn is_count(digits: &[u8], groups: &[usize]) -> bool {
    let up = digits.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 10);
    let down = digits.windows(2).all(|pair| pair[0] == (pair[1] + 1) % 10);
    groups.len() == 1 && (up || down)
}

/// Calling code and a national number of a length that its plan has.
fn is_international(digits: &[u8]) -> bool {
    if let [1, rest @ ..] = digits {
        return is_plan_number(rest);
    }
    (1..=3).any(|len| {
        let Some((code, national)) = digits.split_at_checked(len) else { return false };
        let code = super::digits::number(code) as u32;
        PLANS.binary_search_by_key(&code, |&(code, ..)| code).is_ok_and(|entry| {
            let (_, min, max) = PLANS[entry];
            (min..=max).contains(&national.len())
        })
    })
}

/// Ten digits of the North American plan: area and exchange from 200, neither a service code.
fn is_plan_number(digits: &[u8]) -> bool {
    digits.len() == 10
        && digits[0] >= 2
        && digits[3] >= 2
        && digits[1..3] != [1, 1]
        && digits[4..6] != [1, 1]
}

fn is_north_american(digits: &[u8], groups: &[usize]) -> bool {
    let (digits, groups) = match (digits, groups) {
        ([1, rest @ ..], [1, after @ ..]) => (rest, after),
        ([1, rest @ ..], [11]) => (rest, &[10][..]),
        _ => (digits, groups),
    };
    matches!(groups, [10] | [3, 3, 4] | [3, 7] | [6, 4]) && is_plan_number(digits)
}

/// National form with the trunk zero: `020 7946 0958`, `(030) 123456`, `06 12 34 56 78`.
fn is_trunk(digits: &[u8], groups: &[usize]) -> bool {
    let [0, second, ..] = digits else { return false };
    let plausible = match groups {
        [whole] => matches!(whole, 10 | 11),
        [first, rest @ ..] => *first >= 2 && rest.iter().all(|&len| (2..=9).contains(&len)),
        [] => false,
    };
    *second != 0 && (9..=12).contains(&digits.len()) && plausible
}

/// National form without a trunk zero; only when it is written in groups.
fn is_grouped(digits: &[u8], groups: &[usize]) -> bool {
    let [first, ..] = digits else { return false };
    let shape = matches!(
        groups,
        [2, 2, 2, 2]
            | [2, 2, 2, 2, 2]
            | [3, 2, 2, 2]
            | [3, 3, 3]
            | [3, 3, 2, 2]
            | [4, 4]
            | [3, 5]
            | [2, 3, 3]
            | [2, 6]
            | [3, 2, 3]
            | [2, 3, 2, 2]
            | [5, 5]
            | [3, 4, 4]
            | [2, 4, 4]
            | [2, 5, 4]
            | [5, 6]
            | [4, 3, 3]
            | [2, 8]
            | [1, 3, 3, 2, 2]
    );
    *first != 0 && shape
}

/// Dates, social security grouping, addresses and thousands.
fn is_other_number(written: &Written, groups: &[usize], digits: &[u8]) -> bool {
    let date = matches!(groups, [4, 2, 2] | [2, 2, 4] | [1 | 2, 1 | 2, 2 | 4]) && digits.len() <= 8;
    let social = matches!(groups, [3, 2, 4]);
    let dotted = written.dots
        && matches!(groups, [2, 2, 2, 2] | [3, 3, 3] | [1, 3, 3, 2, 2] | [4, 4] | [5, 5]);
    let slashed = written.slashes
        && groups.len() > 2
        && groups != [3, 3, 4]
        && !written.brackets
        && digits.first() != Some(&0);
    date || social || dotted || slashed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_forms() {
        let accepted = [
            "+1 (415) 555-2671",
            "415-555-2671",
            "(415) 555-0199 x12",
            "4155552671",
            "1-800-356-9377",
            "+44 (0)20 7946 0958",
            "020 7946 0958",
            "+33 6 12 34 56 78",
            "06.12.34.56.78",
            "0049 30 123456",
            "(030) 123456-78",
            "+91 98765 43210",
            "98765 43210",
            "138 1234 5678",
            "+5511987654321",
            "612 34 56 78",
            "415/867-5309",
            "030 209399000",
        ];
        for value in accepted {
            assert!(phone(value.as_bytes()), "{value}");
        }
        let rejected = [
            "2024-01-15",
            "15-01-2024",
            "123-45-6789",
            "1700000000",
            "0000000000",
            "1234567890",
            "192.168.100.200",
            "115-555-2671",
            "411-555-2671",
            "+999 12345678",
            "+1 415",
            "4111 1111 1111 1111",
            "555",
            "phone",
            "",
            "+",
            "1 234 567 890",
        ];
        for value in rejected {
            assert!(!phone(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn plans_are_sorted() {
        assert!(PLANS.is_sorted_by_key(|&(code, ..)| code));
    }
}
