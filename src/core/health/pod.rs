//! A pod's status in kubectl's words.

use crate::{model::Pod, text::Clean};

/// The STATUS column as `kubectl get pods` words it (kubernetes/pkg/printers/internalversion/printers.go, `printPod`):
/// `Running`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`, `Completed`, `Error`, `ExitCode:3`, `Signal:9`, …
pub fn pod_status(_pod: &Pod) -> Clean {
    todo!()
}

/// Why a pod is not coming up, if it is in trouble: `CrashLoopBackOff`, `ImagePullBackOff`, `OOMKilled`,
/// `CreateContainerConfigError`, `Unschedulable`, … `None` for a pod that is fine or merely starting.
pub fn trouble(_pod: &Pod) -> Option<Clean> {
    todo!()
}
