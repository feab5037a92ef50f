//! The demo: the main story, played both ways against a stand-in for the provider.
