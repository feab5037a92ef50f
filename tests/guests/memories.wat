;; Has a memory of its own of {{first}} pages beside the frame's two, and lets it grow by {{more}} pages. Gives up like a guest whose
;; allocator got no memory.
(core module $guest
  (import "libc" "nothing" (func $nothing (result i32)))
  (memory {{first}})
  (func (export "run") (param i32) (result i32)
    (if (i32.eq (memory.grow (i32.const {{more}})) (i32.const -1)) (then (unreachable)))
    (call $nothing)))
