;; Does nothing and says so.
(core module $guest
  (import "libc" "nothing" (func $nothing (result i32)))
  (func (export "run") (param i32) (result i32) (call $nothing)))
