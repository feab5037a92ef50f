;; Adds the observer u1 {{times}} times, each an effect of its own. Fails at the first refusal with the refusal's code.
(core module $guest
  (import "libc" "memory" (memory 1))
  (import "libc" "nothing" (func $nothing (result i32)))
  (import "libc" "failed" (func $failed (param i32 i32) (result i32)))
  (import "host" "add-observers" (func $add (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (func (export "run") (param i32) (result i32)
    (local $left i32)
    (local.set $left (i32.const {{times}}))
    (loop $again
      (call $add
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.const 16) (i32.const 1) (i32.const 64))
      (if (i32.load8_u (i32.const 64))
        (then (return (call $failed (i32.load (i32.const 68)) (i32.load (i32.const 72))))))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (call $nothing))
  ;; At 16 the list's one text: address 24, length 2.
  (data (i32.const 16) "\18\00\00\00\02\00\00\00u1"))
