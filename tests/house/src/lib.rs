//! Keeps the sources as the documents say they are: who may know whom, every error code
//! listed, every requirement proved. It reads files and links nothing of the product.
#![cfg(test)]

mod architecture;
mod coverage;
mod errors;
