;; Asks the host for a number {{times}} times.
(core module $guest
  (import "libc" "nothing" (func $nothing (result i32)))
  (import "host" "random-u64" (func $random (result i64)))
  (func (export "run") (param i32) (result i32)
    (local $left i32)
    (local.set $left (i32.const {{times}}))
    (loop $again
      (drop (call $random))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (call $nothing)))
