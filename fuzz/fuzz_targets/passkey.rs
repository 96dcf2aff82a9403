//! libFuzzer's entry to `passkey`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::passkey(data));
