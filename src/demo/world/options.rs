//! What world is wanted.

/// The size and the seed of the demo's world.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// What all chance comes from: the same seed gives the same world.
    pub seed: u64,
    /// How many apps; none for the freight company's own, about ninety.
    pub apps: Option<usize>,
    /// How many pods; none for as many as the apps want, 8 an app if only the apps are given.
    pub pods: Option<usize>,
    /// How many small things happen to pods each second beside the world's own life: restarts, lost readiness.
    pub churn: f64,
}

impl Options {
    /// Whether a made-up fleet of a given size is wanted, and not the freight company.
    pub fn bulk(&self) -> bool {
        self.apps.is_some() || self.pods.is_some()
    }
}
