//! What holds of any bytes. The fuzz targets look for bytes of which it does not, the tests replay the seeds.

mod emulator;
mod logs;
mod sanitiser;

pub use emulator::emulator;
pub use logs::logs;
pub use sanitiser::sanitiser;

/// The first byte decides something, the others are the input.
fn choice(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (*first, rest))
}
