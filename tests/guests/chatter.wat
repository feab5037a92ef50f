;; Logs {{bytes}} bytes of "a" {{times}} times.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "nothing" (func $nothing (result i32)))
  (import "host" "log-write" (func $log (param i32 i32 i32 i32)))
  (func (export "run") (param i32) (result i32)
    (local $left i32)
    (memory.fill (i32.const 16384) (i32.const 97) (i32.const {{bytes}}))
    (local.set $left (i32.const {{times}}))
    (loop $again
      (call $log (i32.const 16) (i32.const 4) (i32.const 16384) (i32.const {{bytes}}))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (call $nothing))
  (data (i32.const 16) "info"))
