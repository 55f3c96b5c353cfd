//! Connecting, against a server of the test's own.
