#![no_main]

#[path = "../properties/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each target is one of them")]
mod properties;

libfuzzer_sys::fuzz_target!(|data: &[u8]| properties::sanitiser(data));
