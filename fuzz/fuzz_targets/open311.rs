//! libFuzzer's entry to `open311`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::open311(data));
