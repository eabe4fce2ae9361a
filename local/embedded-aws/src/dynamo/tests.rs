//! What DynamoDB promises, as sentences.
