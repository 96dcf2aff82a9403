//! libFuzzer's entry to `stream`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::stream(data));
