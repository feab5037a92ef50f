//! Keeps the sources as the documents say they are: who may know whom, no circles, every error code
//! listed, every requirement proved. It reads files and links nothing of the product.
#![cfg(test)]

mod architecture;
mod circles;
mod coverage;
mod errors;
