//! Bits agree on every platform only while statistics compute over `libm`: no crate may switch the standard library's
//! maths on behind our back, not even a development dependency.

#![allow(clippy::panic)]

use std::process::Command;

#[test]
fn num_traits_never_gets_its_std_feature() {
    let edges = ["--edges", "features,normal,build,dev", "--all-features", "--target", "all"];
    let crate_itself = feature_tree(&[&["--package", "leadcast"], &edges[..]].concat());
    // The property tests check the crate as it is shipped.
    let property_tests = feature_tree(&[&["--manifest-path", "checks/Cargo.toml"], &edges[..]].concat());
    for tree in [crate_itself, property_tests] {
        assert!(tree.contains("num-traits feature \"libm\""), "statrs no longer computes over libm:\n{tree}");
        assert!(!tree.contains("num-traits feature \"std\""), "num-traits/std changes bits between platforms:\n{tree}");
    }
}

#[test]
fn the_core_knows_nothing_of_javascript() {
    let tree = feature_tree(&["--package", "leadcast", "--edges", "normal", "--target", "all"]);
    for crate_name in ["wasm-bindgen", "js-sys", "getrandom", "tsify"] {
        assert!(!tree.contains(crate_name), "`{crate_name}` reached the core without the `wasm` feature:\n{tree}");
    }
}

fn feature_tree(options: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|error| panic!("cargo tree did not start: {error}"));
    assert!(output.status.success(), "cargo tree failed:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
