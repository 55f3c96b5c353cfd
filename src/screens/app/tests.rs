//! Keys and answers in, page out.
