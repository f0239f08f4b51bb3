//! The live socket: topics, subscribers, and one frame shared by all of them.
