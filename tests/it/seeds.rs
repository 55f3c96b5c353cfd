//! The seeds of the fuzz targets, by every compiler.

use std::{fs, path::Path};

#[path = "../../fuzz/properties/mod.rs"]
mod properties;

fn each(target: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut seeds = 0;
    for seed in fs::read_dir(&folder).expect("the seeds are there") {
        let path = seed.expect("a seed").path();
        // The name of the one that breaks is seen with what it says.
        println!("{}", path.display());
        property(&fs::read(path).expect("a file"));
        seeds += 1;
    }
    assert!(seeds > 2, "{} has only {seeds}", folder.display());
}

#[test]
fn logs_hold_all_lines_of_any_bytes() {
    each("logs", properties::logs);
}

#[test]
fn what_is_drawn_of_any_bytes_is_harmless() {
    each("sanitiser", properties::sanitiser);
}

#[test]
fn a_terminal_is_whole_after_any_bytes() {
    each("emulator", properties::emulator);
}
