;; Describes itself with a number that grows from call to call.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "nothing" (func $nothing (result i32)))
  (func (export "run") (param i32) (result i32) (call $nothing))
  (func (export "describe") (result i32)
    (i32.store8 (i32.const 21) (i32.add (i32.load8_u (i32.const 21)) (i32.const 1)))
    (i32.store (i32.const 8) (i32.const 16))
    (i32.store (i32.const 12) (i32.const 7))
    (i32.const 8))
  (data (i32.const 16) "{\22n\22:0}"))
