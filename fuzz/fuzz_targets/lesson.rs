//! libFuzzer's entry to `lesson`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::lesson(data));
