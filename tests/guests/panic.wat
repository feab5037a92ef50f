;; Logs an error as a panic hook would, and traps.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "host" "log-write" (func $log (param i32 i32 i32 i32)))
  (func $panics
    (call $log (i32.const 16) (i32.const 5) (i32.const 21) (i32.const 16))
    (unreachable))
  (func (export "run") (param i32) (result i32) (call $panics) (i32.const 0))
  (data (i32.const 16) "errorno such customer"))
