//! libFuzzer's entry to `word`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::word(data));
