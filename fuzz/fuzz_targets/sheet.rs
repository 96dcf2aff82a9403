//! libFuzzer's entry to `sheet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::sheet(data));
