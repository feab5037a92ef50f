;; Describes itself as `{{text}}`.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "nothing" (func $nothing (result i32)))
  (func (export "run") (param i32) (result i32) (call $nothing))
  (func (export "describe") (result i32)
    (i32.store (i32.const 8) (i32.const 16))
    (i32.store (i32.const 12) (i32.const {{length}}))
    (i32.const 8))
  (data (i32.const 16) "{{text}}"))
