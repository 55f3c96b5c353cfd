//! What an image does when it runs: most do their work, some are made to be trouble.

/// How a container behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// It starts, becomes ready and stays so.
    Well,
    /// It ends a few seconds after each start.
    Crashes,
    /// It runs, and its readiness probe never passes.
    NeverReady,
    /// No registry has its image.
    Missing,
    /// Its memory grows until the kernel kills it.
    Leaks,
}

/// Images of the seed fleet that misbehave though their tags do not say so.
const KNOWN: &[(&str, &str, Behaviour)] = &[
    ("customs-broker", "2.14.0-rc3", Behaviour::Crashes),
    ("customs-docs", "1.9.0-rc1", Behaviour::Missing),
    ("partner-edi", "2.39.0-rc2", Behaviour::Crashes),
    ("eta-predictor", "5.2.0-beta2", Behaviour::NeverReady),
    ("tracking-cache", "3.8.1", Behaviour::Leaks),
    ("tracking-cache", "3.8.2", Behaviour::Leaks),
];

/// What an image does: told by the end of its tag (`-crash`, `-unready`, `-missing`, `-leak`), or known of the seed fleet.
pub fn behaviour(image: &str) -> Behaviour {
    let image = image.split('@').next().unwrap_or(image);
    let path = image.rsplit('/').next().unwrap_or(image);
    let (repository, tag) = path.split_once(':').unwrap_or((path, "latest"));
    for (end, behaviour) in [
        ("-crash", Behaviour::Crashes),
        ("-unready", Behaviour::NeverReady),
        ("-missing", Behaviour::Missing),
        ("-leak", Behaviour::Leaks),
    ] {
        if tag.ends_with(end) {
            return behaviour;
        }
    }
    let known = KNOWN.iter().find(|(name, version, _)| *name == repository && *version == tag);
    known.map_or(Behaviour::Well, |(.., behaviour)| *behaviour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("harbor.freight.example/port/berth:1.2.0", Behaviour::Well)]
    #[case("harbor.freight.example:5000/berth", Behaviour::Well)]
    #[case("harbor.freight.example/port/berth:1.2.0-crash", Behaviour::Crashes)]
    #[case("berth:2-unready@sha256:00", Behaviour::NeverReady)]
    #[case("harbor.freight.example/customs/customs-docs:1.9.0-rc1", Behaviour::Missing)]
    fn a_tag_tells_what_its_image_does(#[case] image: &str, #[case] expected: Behaviour) {
        assert_eq!(behaviour(image), expected);
    }
}
