//! What a document looks like from above: the names of its first levels.

use super::skim::{Children, Step, blank, value_end};

/// Levels whose names are noted.
const LEVELS_MAX: usize = 4;
/// Paths that are noted. Formats are told by the names that they begin with, not by the thousandth.
const PATHS_MAX: usize = 256;
/// Longest path that is noted, in bytes.
const PATH_BYTES_MAX: usize = 128;

/// The paths of a document: names, and `0` for what the first element of an array is like.
#[derive(Debug, Default)]
pub(super) struct Outline {
    paths: Vec<String>,
}

impl Outline {
    /// The outline of the document that begins at `at`.
    pub(super) fn of(raw: &[u8], at: usize) -> Self {
        let mut outline = Self::default();
        outline.add(raw, blank(raw, at), &mut String::new(), LEVELS_MAX);
        outline
    }

    /// Whether there is something at this path: `0/mapping`.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }

    /// Whether there is something at each of these paths.
    pub(super) fn has_all(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.has(path))
    }

    /// Whether there is something at each of these paths below one of the bases; an empty base is the document itself.
    pub(super) fn has_below(&self, bases: &[&str], paths: &[&str]) -> bool {
        bases.iter().any(|base| {
            paths.iter().all(|path| match *base {
                "" => self.has(path),
                base => self.has(&format!("{base}/{path}")),
            })
        })
    }

    /// Returns the end of the value.
    fn add(&mut self, raw: &[u8], at: usize, path: &mut String, levels: usize) -> Option<usize> {
        let Some(mut children) = Children::of(raw, at).filter(|_| levels > 0) else {
            return value_end(raw, at);
        };
        while let Some((step, at)) = children.advance() {
            if self.paths.len() >= PATHS_MAX {
                return None;
            }
            let before = path.len();
            if before > 0 {
                path.push('/');
            }
            match step {
                Step::Element(0) => path.push('0'),
                // The others are like the first, or nobody's format.
                Step::Element(_) => {
                    path.truncate(before);
                    children.resume(value_end(raw, at)?);
                    continue;
                }
                Step::Member(name) => {
                    let name = raw.get(name.range()).unwrap_or_default();
                    path.push_str(&String::from_utf8_lossy(name));
                }
            }
            let end = if path.len() <= PATH_BYTES_MAX {
                self.paths.push(path.clone());
                self.add(raw, at, path, levels - 1)
            } else {
                value_end(raw, at)
            };
            path.truncate(before);
            children.resume(end?);
        }
        children.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_first_levels_are_known() {
        let raw = br#" [{"a":{"b":[{"c":[{"d":1}]}]},"x":"y"},{"z":1}]"#;
        let outline = Outline::of(raw, 0);
        for path in ["0", "0/a", "0/a/b", "0/a/b/0", "0/x"] {
            assert!(outline.has(path), "{path}");
        }
        for path in ["1", "1/z", "0/a/b/0/c", "y"] {
            assert!(!outline.has(path), "{path}");
        }
        assert!(outline.has_below(&["", "0"], &["a", "x"]));
        assert!(!outline.has_below(&["", "0/a"], &["a", "x"]));
    }

    #[test]
    fn broken_and_large_documents_have_one_too() {
        assert!(Outline::of(br#"{"a":1,"b":"#, 0).has_all(&["a", "b"]));
        assert!(Outline::of(b"", 0).paths.is_empty());
        let many: String = (0..1000).map(|n| format!("\"k{n}\":{n},")).collect();
        assert_eq!(Outline::of(format!("{{{many}").as_bytes(), 0).paths.len(), PATHS_MAX);
    }
}
