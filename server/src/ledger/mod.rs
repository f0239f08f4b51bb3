//! The append-only ledger of points and the task that writes it.
