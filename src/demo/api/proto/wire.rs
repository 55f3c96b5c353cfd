//! The bytes of protobuf.

/// Appends a varint.
pub fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a field that is a number.
pub fn number(out: &mut Vec<u8>, tag: u32, number: u64) {
    varint(out, u64::from(tag) << 3);
    varint(out, number);
}

/// Appends a field that is bytes or text.
pub fn bytes(out: &mut Vec<u8>, tag: u32, bytes: &[u8]) {
    varint(out, u64::from(tag) << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Begins a field that is a message; what is appended until [`end`] is its content.
pub fn begin(out: &mut Vec<u8>, tag: u32) -> usize {
    varint(out, u64::from(tag) << 3 | 2);
    out.push(0);
    out.len()
}

/// Ends the message that began at `at`.
pub fn end(out: &mut Vec<u8>, at: usize) {
    let length = out.len() - at;
    let extra = size(length as u64) - 1;
    if extra > 0 {
        out.resize(out.len() + extra, 0);
        out.copy_within(at..at + length, at + extra);
    }
    let mut left = length;
    for slot in &mut out[at - 1..at + extra] {
        *slot = (left & 0x7f) as u8 | if left >= 0x80 { 0x80 } else { 0 };
        left >>= 7;
    }
}

/// How many bytes a varint takes.
pub fn size(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}
