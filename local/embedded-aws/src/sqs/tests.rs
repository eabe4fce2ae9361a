//! What SQS promises, as sentences.
