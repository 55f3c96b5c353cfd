//! Kubernetes quantities (`250m`, `64Mi`), read and written.
//!
//! Source of the grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go.

/// CPU in thousandths of a core, rounded up, or `None` where `text` is no quantity.
pub fn millicores(text: &str) -> Option<u64> {
    thousandths(text).map(|value| value.div_ceil(1).try_into().unwrap_or(u64::MAX))
}

/// Bytes, rounded up, or `None` where `text` is no quantity.
pub fn bytes(text: &str) -> Option<u64> {
    thousandths(text).map(|value| value.div_ceil(1000).try_into().unwrap_or(u64::MAX))
}

/// The value in thousandths, rounded up.
fn thousandths(_text: &str) -> Option<u128> {
    todo!("quantity grammar")
}
