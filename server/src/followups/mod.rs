//! Newcomers and the captain who promised to call them within 72 hours.
