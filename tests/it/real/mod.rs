//! The program against a real Kubernetes.
