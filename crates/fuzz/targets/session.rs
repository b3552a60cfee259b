#![no_main]

#[global_allocator]
static HEAP: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, copydesk_fuzz::MAX_HEAP);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| copydesk_fuzz::session::run(bytes));
