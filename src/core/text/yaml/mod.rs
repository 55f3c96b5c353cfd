//! An object of the API as YAML, to be read, copied and saved: nothing of it is lost on the way.

mod emit;
mod quote;
#[cfg(test)]
mod tests;

pub use emit::{Yaml, YamlLine, yaml};
