;; Calls the one more function of the host's that its frame imports, with the text at 1024 as its last argument but the place of the
;; answer. Passes a refusal on as the SDK's `?` does, with its code and its message.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "nothing" (func $nothing (result i32)))
  (import "libc" "refused" (func $refused (param i32 i32 i32 i32) (result i32)))
  (import "host" "effect" (func $effect {{params}}))
  (func (export "run") (param i32) (result i32)
    (call $effect {{arguments}} (i32.const 64))
    (if (i32.load8_u (i32.const 64))
      (then (return (call $refused
        (i32.load (i32.const 68)) (i32.load (i32.const 72)) (i32.load (i32.const 76)) (i32.load (i32.const 80))))))
    (call $nothing))
  (data (i32.const 1000) "POST")
  (data (i32.const 1024) "{{text}}"))
