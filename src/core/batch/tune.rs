//! Edits of a plan beyond one value: its autoscalers, relative counts, containers that stay as they are.

use std::sync::Arc;

use serde_json::Value;

use super::{Change, Count, Intent, Plan, Step, reference::Reference};
use crate::{model::AppKey, text::Clean};

impl Plan {
    /// The autoscaler of this name, raw, sets the app's replicas: it is what a change of bounds writes.
    pub fn bounded(&mut self, app: &AppKey, name: &Clean, autoscaler: Arc<Value>) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.key == *app) {
            step.hpa = name.clone();
            step.autoscaler = Some(autoscaler);
            step.settle();
        }
    }

    /// Sets the replicas of a step from its own count; returns whether the number was rounded up.
    ///
    /// # Errors
    /// The step is no app that can be scaled so, in words.
    pub fn set_count(&mut self, step: usize, count: Count) -> Result<bool, Clean> {
        let now = self.steps.get(step).and_then(|step| step.replicas_before()).unwrap_or(0);
        let (to, rounded) = count.of(now).map_err(|error| Clean::from(error.to_string()))?;
        self.set_replicas(step, to)?;
        Ok(rounded)
    }

    /// Leaves one container of a release as it is; its step waits for a tag again where no other was chosen.
    pub fn keep_image(&mut self, step: usize, container: &str) {
        let Some(step) = self.steps.get_mut(step).filter(|_| self.intent == Intent::Release) else { return };
        if let Some(Change::SetImages(images)) = &mut step.change {
            images.retain(|name, _| **name != *container);
            if images.is_empty() {
                step.change = None;
            }
            step.settle();
        }
    }
}

impl Step {
    /// The repositories of the app's own images, each once: those that a tag of the app is of.
    pub fn own_repositories(&self) -> Vec<String> {
        let images = self.images_before();
        let own = self.own_images(&images).into_iter();
        let mut repositories: Vec<String> = own.map(|image| Reference::split(&image.image).repository).collect();
        repositories.sort();
        repositories.dedup();
        repositories
    }
}
