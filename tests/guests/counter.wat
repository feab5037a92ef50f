;; Counts its calls in a global and in memory and answers both: `{"n":11}` for the first call of an instance.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "done" (func $done (param i32 i32) (result i32)))
  (global $calls (mut i32) (i32.const 48))
  (func (export "run") (param i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store8 (i32.const 21) (global.get $calls))
    (i32.store8 (i32.const 22) (i32.add (i32.load8_u (i32.const 22)) (i32.const 1)))
    (call $done (i32.const 16) (i32.const 8)))
  (data (i32.const 16) "{\22n\22:00}"))
