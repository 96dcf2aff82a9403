//! libFuzzer's entry to `questions`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::questions(data));
