//! The Merkle tree of RFC 6962 over all records: roots, inclusion proofs.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The hash of a leaf, whose data comes in parts.
pub(super) fn leaf(parts: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new_with_prefix([0]);
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree of which only the perfect subtrees on its left edge are kept, the largest first: enough to grow it and to know its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// A tree of this size; `None` if it has not as many perfect subtrees.
    pub(super) fn new(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (size.count_ones() as usize == peaks.len()).then_some(Self { size, peaks })
    }

    /// Number of leaves.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    pub(super) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root; that of an empty tree is the hash of nothing.
    pub(super) fn root(&self) -> Hash {
        let Some((last, rest)) = self.peaks.split_last() else { return Sha256::digest([]).into() };
        rest.iter().rev().fold(*last, |right, left| node(left, &right))
    }

    /// The perfect subtree over these leaves, if it is one of the peaks.
    fn peak(&self, start: u64, end: u64) -> Option<Hash> {
        let mut at = 0;
        for peak in &self.peaks {
            let len = 1 << (63 - (self.size - at).leading_zeros());
            if (at, at + len) == (start, end) {
                return Some(*peak);
            }
            at += len;
        }
        None
    }
}

/// A tree of which what came before `base` is known by its peaks, and what came then by its leaves.
#[derive(Debug)]
pub(super) struct Leaves {
    pub(super) base: Tree,
    pub(super) hashes: Vec<Hash>,
}

impl Leaves {
    /// Hashes that lead from the leaf `index` to the root of the tree of `size` leaves. `None` if the leaf or the size is not here.
    pub(super) fn path(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        let here = self.base.size + self.hashes.len() as u64;
        if index < self.base.size || index >= size || size > here {
            return None;
        }
        let (mut start, mut end) = (0, size);
        let mut path = Vec::new();
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.range(middle, end)?);
                end = middle;
            } else {
                path.push(self.range(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// The hash over some leaves. Deeper than 64 it does not go, since each step halves.
    fn range(&self, start: u64, end: u64) -> Option<Hash> {
        if end <= self.base.size {
            return self.base.peak(start, end);
        }
        if end - start == 1 {
            let index = usize::try_from(start - self.base.size).ok()?;
            return self.hashes.get(index).copied();
        }
        let middle = start + split(end - start);
        Some(node(&self.range(start, middle)?, &self.range(middle, end)?))
    }
}

/// The largest power of two below `len`, which is at least 2.
const fn split(len: u64) -> u64 {
    1 << (63 - (len - 1).leading_zeros())
}

/// True if `path` leads from a leaf to a root (RFC 9162, 2.1.3.2).
pub(super) fn includes(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(step, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|i| leaf(&[&i.to_be_bytes()])).collect()
    }

    /// The definition of RFC 6962, word for word.
    fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
                node(&root(left), &root(right))
            }
        }
    }

    fn hex(hash: &Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Test vectors that implementations of Certificate Transparency share.
    #[test]
    fn published_roots() {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let expect = [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ];
        for (count, root) in expect {
            let mut tree = Tree::default();
            inputs[..count].iter().for_each(|input| tree.push(leaf(&[input])));
            assert_eq!(hex(&tree.root()), root, "{count}");
        }
    }

    #[test]
    fn roots_and_paths_are_those_of_the_definition() {
        for size in 0..70_u64 {
            let all = leaves(size);
            let mut tree = Tree::default();
            all.iter().for_each(|leaf| tree.push(*leaf));
            assert_eq!((tree.root(), tree.size()), (root(&all), size));
            assert_eq!(Tree::new(size, tree.peaks().to_vec()).as_ref(), Some(&tree));
            // Whatever was forgotten from the start, what is left can be proven.
            for base in 0..=size {
                let mut known = Tree::default();
                all[..base as usize].iter().for_each(|leaf| known.push(*leaf));
                let leaves = Leaves { base: known, hashes: all[base as usize..].to_vec() };
                for index in base..size {
                    let path = leaves.path(index, size).unwrap();
                    let leaf = all[index as usize];
                    assert!(includes(leaf, index, size, &path, tree.root()), "{index} {size}");
                    assert!(!includes(leaf, index + 1, size, &path, tree.root()));
                    assert!(!includes([7; 32], index, size, &path, tree.root()));
                    if !path.is_empty() {
                        assert!(!includes(leaf, index, size, &path[1..], tree.root()));
                    }
                    let longer = [&path[..], &[[0; 32]]].concat();
                    assert!(!includes(leaf, index, size, &longer, tree.root()));
                }
                assert_eq!(leaves.path(size, size), None);
                assert_eq!(leaves.path(base.wrapping_sub(1), size), None);
            }
        }
    }

    #[test]
    fn a_wrong_number_of_peaks_is_refused() {
        assert_eq!(Tree::new(3, vec![[0; 32]]), None);
        assert_eq!(Tree::new(0, vec![[0; 32]]), None);
    }
}
