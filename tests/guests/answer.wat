;; Answers `{"a":"bbb…"}` of {{bytes}} bytes in all, 8 at least.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "done" (func $done (param i32 i32) (result i32)))
  (func (export "run") (param i32) (result i32)
    (drop (memory.grow (i32.div_u (i32.const {{bytes}}) (i32.const 65536))))
    (memory.fill (i32.const 16384) (i32.const 98) (i32.const {{bytes}}))
    (memory.copy (i32.const 16384) (i32.const 16) (i32.const 6))
    (memory.copy (i32.add (i32.const 16382) (i32.const {{bytes}})) (i32.const 22) (i32.const 2))
    (call $done (i32.const 16384) (i32.const {{bytes}})))
  (data (i32.const 16) "{\22a\22:\22\22}"))
