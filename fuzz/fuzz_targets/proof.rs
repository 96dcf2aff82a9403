//! libFuzzer's entry to `proof`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::proof(data));
