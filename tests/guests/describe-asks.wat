;; Asks the host while it describes itself.
(core module $guest
  (import "libc" "describe" (func $describe (result i32)))
  (import "libc" "nothing" (func $nothing (result i32)))
  (import "host" "random-u64" (func $random (result i64)))
  (func (export "run") (param i32) (result i32) (call $nothing))
  (func (export "describe") (result i32) (drop (call $random)) (call $describe)))
