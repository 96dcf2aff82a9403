//! libFuzzer's entry to `event`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::event(data));
