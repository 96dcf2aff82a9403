//! libFuzzer's entry to `geojson`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lianxin_fuzz::geojson(data));
