;; Calls the one more function of the host's that its frame imports, with the text at 1024 as its last argument but the place of the
;; answer. Fails with the code of a refusal.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "nothing" (func $nothing (result i32)))
  (import "libc" "failed" (func $failed (param i32 i32) (result i32)))
  (import "host" "effect" (func $effect {{params}}))
  (func (export "run") (param i32) (result i32)
    (call $effect {{arguments}} (i32.const 64))
    (if (i32.load8_u (i32.const 64))
      (then (return (call $failed (i32.load (i32.const 68)) (i32.load (i32.const 72))))))
    (call $nothing))
  (data (i32.const 1000) "POST")
  (data (i32.const 1024) "{{text}}"))
