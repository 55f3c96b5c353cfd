//! ConfigMaps and Leases with the API server's rules.

use rolldeck_core::batch::{ConfigMap, Lease, PortError};

use super::cluster::Cluster;

impl Cluster {
    pub fn put_map(&self, map: &ConfigMap, create: bool, dry_run: bool) -> Result<String, PortError> {
        let mut world = self.world();
        let place = (map.namespace.clone(), map.name.clone());
        match world.maps.get(&place) {
            Some(_) if create => return Err(PortError::Conflict(map.name.clone())),
            None if !create => return Err(PortError::NotFound(map.name.clone())),
            Some(old) if old.immutable || old.resource_version != map.resource_version => {
                return Err(PortError::Conflict(map.name.clone()));
            }
            _ => {}
        }
        if dry_run {
            return Ok(String::new());
        }
        let version = world.next_version();
        world.maps.insert(place, ConfigMap { resource_version: version.clone(), ..map.clone() });
        Ok(version)
    }

    pub fn maps(&self, namespace: Option<&str>, selector: &str) -> Vec<ConfigMap> {
        // `a=b,c in (d,e)`: the only forms that are asked for; a set comes last.
        let (plain, set) = match selector.split_once(" in (") {
            Some((before, values)) => {
                let (plain, label) = before.rsplit_once(',').unwrap_or(("", before));
                (plain, Some((label, values.trim_end_matches(')').split(',').collect::<Vec<_>>())))
            }
            None => (selector, None),
        };
        let wanted: Vec<(&str, &str)> = plain.split(',').filter_map(|term| term.split_once('=')).collect();
        let in_set = |map: &ConfigMap| {
            let label = |(label, values): &(&str, Vec<&str>)| {
                map.labels.get(*label).is_some_and(|is| values.contains(&is.as_str()))
            };
            set.as_ref().is_none_or(label)
        };
        let matches = |map: &&ConfigMap| {
            namespace.is_none_or(|namespace| map.namespace == namespace)
                && in_set(map)
                && wanted.iter().all(|(label, value)| map.labels.get(*label).is_some_and(|is| is == value))
        };
        self.world().maps.values().filter(matches).cloned().collect()
    }

    pub fn delete_map(&self, map: &ConfigMap) -> Result<(), PortError> {
        let mut world = self.world();
        let place = (map.namespace.clone(), map.name.clone());
        let Some(known) = world.maps.get(&place) else { return Err(PortError::NotFound(map.name.clone())) };
        if !map.resource_version.is_empty() && known.resource_version != map.resource_version {
            return Err(PortError::Conflict(map.name.clone()));
        }
        world.maps.remove(&place);
        Ok(())
    }

    pub fn delete_lease(&self, lease: &Lease) -> Result<(), PortError> {
        let mut world = self.world();
        let place = (lease.namespace.clone(), lease.name.clone());
        let Some(known) = world.leases.get(&place) else { return Err(PortError::NotFound(lease.name.clone())) };
        if known.resource_version != lease.resource_version {
            return Err(PortError::Conflict(lease.name.clone()));
        }
        world.leases.remove(&place);
        Ok(())
    }

    pub fn put_lease(&self, lease: &Lease) -> Result<String, PortError> {
        let mut world = self.world();
        let place = (lease.namespace.clone(), lease.name.clone());
        let known = world.leases.get(&place).map(|lease| lease.resource_version.clone()).unwrap_or_default();
        if known != lease.resource_version {
            return Err(PortError::Conflict(lease.name.clone()));
        }
        let version = world.next_version();
        world.leases.insert(place, Lease { resource_version: version.clone(), ..lease.clone() });
        Ok(version)
    }
}
