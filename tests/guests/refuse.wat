;; Fails in its own words: code and message are both `{{text}}`.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "failed" (func $failed (param i32 i32) (result i32)))
  (func (export "run") (param i32) (result i32) (call $failed (i32.const 16) (i32.const {{length}})))
  (data (i32.const 16) "{{text}}"))
