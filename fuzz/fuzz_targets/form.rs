//! libFuzzer's entry to `form`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::form(data));
