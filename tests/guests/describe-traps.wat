;; Traps when it is asked what it offers.
(core module $guest
  (import "libc" "nothing" (func $nothing (result i32)))
  (func (export "run") (param i32) (result i32) (call $nothing))
  (func (export "describe") (result i32) (unreachable)))
