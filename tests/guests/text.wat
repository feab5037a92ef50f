;; Answers `{{text}}` as its results, whatever that is.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "done" (func $done (param i32 i32) (result i32)))
  (func (export "run") (param i32) (result i32) (call $done (i32.const 16) (i32.const {{length}})))
  (data (i32.const 16) "{{text}}"))
