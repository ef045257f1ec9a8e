//! Finds Hyperscan or Vectorscan for the `hyperscan` feature and links it.
//!
//! A static archive is preferred, so that the binary runs on machines without the library;
//! `LOCKGATE_HYPERSCAN_DYNAMIC=1` asks for the shared library instead.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LOCKGATE_HYPERSCAN_DYNAMIC");
    builtin::embed();
    #[cfg(feature = "hyperscan")]
    hyperscan::link();
}

/// Embeds `patterns/**/*.toml` and `classifiers/**/*.toml` as lists of name and text.
mod builtin {
    use std::fmt::Write as _;
    use std::path::{Path, PathBuf};

    pub(super) fn embed() {
        let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
        let mut code = String::new();
        for (list, folder) in
            [("RULES", "patterns"), ("LABELS", "classifiers"), ("PACKS", "classifiers/packs")]
        {
            let recursive = list == "RULES";
            println!("cargo:rerun-if-changed={folder}");
            let mut files = Vec::new();
            collect(&root.join(folder), recursive, &mut files);
            files.sort();
            writeln!(code, "pub(super) static {list}: &[(&str, &str)] = &[").expect("to a string");
            for file in files {
                let name = file.strip_prefix(&root).expect("below the root").display().to_string();
                let path = file.display().to_string();
                writeln!(code, "    ({name:?}, include_str!({path:?})),").expect("to a string");
            }
            code.push_str("];\n");
        }
        let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("set by cargo"));
        std::fs::write(out.join("builtin.rs"), code).expect("the output folder is writable");
    }

    fn collect(folder: &Path, recursive: bool, files: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                println!("cargo:rerun-if-changed={}", path.display());
                if recursive {
                    collect(&path, recursive, files);
                }
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
}

#[cfg(feature = "hyperscan")]
mod hyperscan {
    use std::path::PathBuf;

    /// `hs_compile_lit_multi` exists since 5.2.
    const VERSION_MIN: &str = "5.2";

    pub(super) fn link() {
        let library = match pkg_config::Config::new()
            .atleast_version(VERSION_MIN)
            .cargo_metadata(false)
            .probe("libhs")
        {
            Ok(library) => library,
            Err(error) => panic!(
                "the `hyperscan` feature needs libhs >= {VERSION_MIN}: run `make deps`, or install \
                 libhyperscan-dev (Debian, Ubuntu), libvectorscan-dev or vectorscan (Homebrew) and \
                 pkg-config; or build with --no-default-features. {error}"
            ),
        };
        for path in &library.link_paths {
            println!("cargo:rustc-link-search=native={}", path.display());
        }
        if dynamic_wanted() {
            println!("cargo:rustc-link-lib=dylib=hs");
            return;
        }
        match static_archive(&library.link_paths) {
            Some(directory) => {
                println!("cargo:rustc-link-search=native={}", directory.display());
                println!("cargo:rustc-link-lib=static=hs");
                let cpp = if cfg!(target_os = "macos") { "c++" } else { "stdc++" };
                println!("cargo:rustc-link-lib=dylib={cpp}");
            }
            None => println!("cargo:rustc-link-lib=dylib=hs"),
        }
    }

    fn dynamic_wanted() -> bool {
        std::env::var_os("LOCKGATE_HYPERSCAN_DYNAMIC").is_some_and(|value| value != "0")
    }

    /// pkg-config leaves out the default directories, so the multi-arch ones are tried as well.
    fn static_archive(link_paths: &[PathBuf]) -> Option<PathBuf> {
        let arch = std::env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
        let defaults = [
            format!("/usr/lib/{arch}-linux-gnu"),
            "/usr/lib64".to_owned(),
            "/usr/lib".to_owned(),
            "/usr/local/lib".to_owned(),
        ];
        link_paths
            .iter()
            .cloned()
            .chain(defaults.into_iter().map(PathBuf::from))
            .find(|directory| directory.join("libhs.a").is_file())
    }
}
